// What the Administrator sets, as the people see it who log in and choose passwords.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../../test/browser.ts'
import { goodPassword, startNodes, type TestSystem } from '../../../test/nodes.ts'
import { setRules } from '../../../test/set-rules.ts'
import { tidyAll } from '../../../test/tidy.ts'

const broken = (body: string) => [...body.matchAll(/data-code="(\w+)" data-state="broken"/g)].map((match) => match[1])
const demanded = (body: string) => [...body.matchAll(/<li data-code="(\w+)"/g)].map((match) => match[1])

async function choose(browser: Browser, newPassword: string) {
  await browser.get('/choose-password')
  return browser.post('/choose-password', { newPassword, newPasswordAgain: newPassword })
}

async function change(browser: Browser, currentPassword: string, newPassword: string) {
  await browser.get('/change-password')
  return browser.post('/change-password', { currentPassword, newPassword, newPasswordAgain: newPassword })
}

/** Makes the password of everybody look as old as this. */
async function age(system: TestSystem, interval: string): Promise<void> {
  await system.sql('update password set changed_at = changed_at - $1::interval where hash is not null', [interval])
}

test('asvs-6.2.1 asvs-6.2.5 length and kinds of characters hold at the first choice, at a change, and while one types', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { minimumLength: 8, minimumDigits: 2, minimumUppercase: 1, minimumSymbols: 1, minimumLowercase: 1 })
  const { username, password } = await system.addAccount({ password: 'initial' })
  const browser = system.browser()
  await browser.logIn(username, password)
  const page = await choose(browser, 'wlnt')
  assert.deepEqual(demanded(page.body), [
    'too_short',
    'lowercase',
    'uppercase',
    'digits',
    'symbols',
    'common',
    'personal',
    'guessable',
  ])
  assert.match(page.body, /At least 8 characters/)
  assert.deepEqual(broken(page.body), ['too_short', 'uppercase', 'digits', 'symbols'])
  const check = await browser.postJson('/api/password-check', { newPassword: 'wlnt' })
  assert.deepEqual(JSON.parse(check.body).faults, ['too_short', 'uppercase', 'digits', 'symbols'])
  const chosen = 'Wq7 zt4h m'
  assert.equal((await choose(browser, chosen)).location, '/home')
  await browser.get('/home')
  assert.deepEqual(broken((await change(browser, chosen, 'walnut drifts over copper')).body), ['uppercase', 'digits'])
})

test('asvs-6.2.4 the guesses that a password withstands can be asked higher', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { minimumLength: 8, guessesPower: 15 })
  const { username, password } = await system.addAccount({ password: 'initial' })
  const browser = system.browser()
  await browser.logIn(username, password)
  assert.deepEqual(broken((await choose(browser, 'walnutdrift')).body), ['guessable'])
  assert.equal((await choose(browser, goodPassword)).location, '/home')
})

test('former passwords are not taken again: by a change, after an initial password, and no more of them are kept than needed', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { formerPasswords: 2 })
  const { id, username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  const passwords = [password, ...['one', 'two', 'three'].map((each) => `${each} copper lamp burns in the attic`)]
  for (const [i, next] of passwords.slice(1).entries())
    assert.equal((await change(browser, passwords[i]!, next)).status, 303, next)
  const now = passwords[3]!
  const page = await change(browser, now, passwords[2]!)
  assert.deepEqual(broken(page.body), ['used_before'])
  assert.match(page.body, /Not one of your last 2 passwords/)
  assert.deepEqual(broken((await change(browser, now, passwords[1]!)).body), ['used_before'])
  assert.deepEqual(broken((await change(browser, now, now)).body), ['unchanged'])
  assert.deepEqual(await system.sql('select count(*)::int as kept from password_history'), [{ kept: 2 }])

  // A new initial password forgets nothing.
  const { giveNewPassword } = await import('../../operator/give-new-password.ts')
  const { initialPassword } = await giveNewPassword(system, system.main, username)
  const other = system.browser()
  await other.logIn(username, initialPassword)
  assert.deepEqual(broken((await choose(other, now)).body), ['used_before'])
  assert.equal((await choose(other, passwords[0]!)).location, '/home', 'the one of before the last two is free again')

  await setRules(system, { formerPasswords: 0 })
  await tidyAll(system)
  assert.deepEqual(await system.sql('select hash from password_history where account_id = $1', [id]), [])
})

test('fault-F19 the comparison with former passwords waits in the hash queue, one hash at a time, and holds no connection', async (t) => {
  const system = await startNodes(t)
  const { openHashQueue } = await import('./hash-queue.ts')
  const { prepareNewPassword, PasswordRefused } = await import('./passwords.ts')
  const { findRules, openRuleBook } = await import('../../rules/rules.ts')
  const { openDatabase } = await import('../../platform/database.ts')
  await setRules(system, { formerPasswords: 24 })
  const { id, username } = await system.addAccount()
  const [row] = await system.sql<{ hash: string }>('select hash from password where account_id = $1', [id])
  for (let i = 0; i < 10; i += 1)
    await system.sql('insert into password_history (instance_id, account_id, hash) values ($1, $2, $3)', [
      system.main.id,
      id,
      i === 0 ? row!.hash : row!.hash.replace(/.{5}$/, 'AAAAA'),
    ])
  await system.sql('update password set hash = $1 where account_id = $2', [row!.hash.replace(/.{5}$/, 'AAAAQ'), id])

  const queue = openHashQueue(2, 100)
  let turns = 0
  // The only connection there is: work that held one while it hashes could not ask for another.
  const database = openDatabase(system.address, 1, () => {})
  t.after(() => database.close())
  const watched = {
    ...queue,
    run: <T>(place: { lane: string; key: string }, work: () => Promise<T>) =>
      queue.run(place, async () => {
        turns += 1
        const [result] = await Promise.all([work(), database.in(system.main, findRules)])
        return result
      }),
    running: 0,
    waiting: 0,
  }
  const needs = {
    database,
    hashQueue: watched,
    rules: openRuleBook(database),
    breached: undefined,
    guesses: { estimate: async () => 1e12, close: async () => {} },
  }
  const owner = { username, fullName: 'Ana Souza', instanceName: 'main' }
  await assert.rejects(
    prepareNewPassword(needs, system.main, owner, goodPassword, id, false),
    (error) => error instanceof PasswordRefused && error.faults[0]!.code === 'used_before',
  )
  // The present hash, and ten former ones, of which the oldest matches.
  assert.equal(turns, 11)
})

test('asvs-6.2.10 by default a password is good for ten years and more', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  await age(system, '3660 days')
  const browser = system.browser()
  assert.equal((await browser.logIn(username, password)).location, '/home')
  assert.doesNotMatch((await browser.get('/home')).body, /expires on/)
})

test('an expired password opens only the choice of another one; seven days before, home says so', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { expiryDays: 30 })
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await age(system, '22 days 23 hours')
  await browser.logIn(username, password)
  assert.doesNotMatch((await browser.get('/home')).body, /expires on/)
  await age(system, '2 hours')
  assert.match((await browser.get('/home')).body, /Your password expires on .* <a href="\/change-password">/)
  await age(system, '7 days')
  await browser.post('/log-out')

  assert.equal((await browser.logIn(username, password)).location, '/choose-password')
  assert.equal((await browser.get('/api/session')).status, 401, 'no session yet')
  assert.match((await browser.get('/choose-password')).body, /Your password has expired/)
  assert.deepEqual(broken((await choose(browser, password)).body), ['unchanged'])
  assert.equal((await choose(browser, 'seven lanterns beneath a slow tram')).location, '/home')
  assert.deepEqual(await system.sql("select detail->>'instead_of' as instead from audit_event where event = 'password_chosen'"), [
    { instead: 'expired' },
  ])
  await browser.get('/home')
  await browser.post('/log-out')
  assert.equal((await browser.logIn(username, 'seven lanterns beneath a slow tram')).location, '/home')
})

test('nist-3.1.1.2 everybody is asked for a new password: at the next login, once, and sessions live on', async (t) => {
  const system = await startNodes(t, 2)
  const admin = await system.addAccount({ profile: 'Administrator' })
  const { username, password } = await system.addAccount()
  const working = system.browser()
  await working.logIn(username, password)
  const boss = system.browser()
  await boss.logIn(admin.username, admin.password)
  await boss.get('/home')
  const asked = await boss.sendJson('POST', '/api/rules/expire-passwords')
  assert.equal(asked.status, 204, asked.body)
  assert.ok(JSON.parse((await boss.get('/api/rules')).body).passwordsChosenAfter)
  assert.equal((await working.get('/home')).status, 200)
  await working.post('/log-out')
  await boss.post('/log-out')

  // Another node, which has not read the rules yet.
  for (const [name, old] of [
    [username, password],
    [admin.username, admin.password],
  ] as const) {
    const browser = system.browser(1)
    assert.equal((await browser.logIn(name, old)).location, '/choose-password', name)
    assert.equal((await choose(browser, `${name} lanterns beneath a slow tram`)).location, '/home')
    await browser.get('/home')
    await browser.post('/log-out')
    assert.equal((await browser.logIn(name, `${name} lanterns beneath a slow tram`)).location, '/home', 'once')
  }
  assert.equal((await system.sql("select id from audit_event where event = 'passwords_expired'")).length, 1)
})
