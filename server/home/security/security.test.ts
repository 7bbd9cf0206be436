// My security: what changes a factor takes a proof that is minutes old, by a factor where there is one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../../test/browser.ts'
import { codeOf, giveSheet, giveTotp, loggedInWith, typeCode } from '../../../test/factors.ts'
import { loggedIn } from '../../../test/floor.ts'
import { goodPassword, startNodes, type TestAccount, type TestSystem } from '../../../test/nodes.ts'

const proveAgain = '/login?again&next=/security'
const shownCodes = (body: string) => [...body.matchAll(/<li>([0-9A-Z]{4}-[0-9A-Z]{4})<\/li>/g)].map(([, code]) => code!)
const factorId = async (system: TestSystem, kind: string) =>
  (await system.sql<{ id: string }>("select id from factor where kind = $1 and state = 'live'", [kind]))[0]!.id
const age = (system: TestSystem) =>
  system.sql("update session set auth_time = now() - interval '5 minutes', started_at = now() - interval '6 minutes'")

async function addSheet(browser: Browser): Promise<{ codes: string[]; location: string | undefined }> {
  const codes = shownCodes((await browser.post('/security/begin', { kind: 'code_sheet' })).body)
  const { location } = await browser.post('/security/finish', { kind: 'code_sheet', code: codes[0]! })
  return { codes, location }
}

test('asvs-6.3.7 one sets a factor up, renames and removes it, and is told by mail of each', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount({ email: 'ana@example.com' })
  const browser = await loggedIn(system, account)
  assert.match((await browser.get('/security')).body, /no second step yet/)
  const { codes, location } = await addSheet(browser)
  assert.equal(location, '/security?done=added')
  assert.match((await browser.get('/security')).body, /Code sheet[\s\S]*59 of 60/)
  await browser.post('/log-out')
  const next = await loggedInWith(system, account, 'code_sheet', codes[1]!)
  await next.get('/security')
  const id = await factorId(system, 'code_sheet')
  assert.equal(
    (await next.post('/security/rename', { factor: id, name: '  My\u0007 sheet <b>' })).location,
    '/security?done=renamed',
  )
  assert.match((await next.get('/security')).body, /<h2>My sheet &lt;b&gt;<\/h2>/)
  assert.equal((await next.post('/security/remove', { factor: id })).location, '/security?done=removed')
  const kinds = await system.sql<{ kind: string }>('select kind from message order by created_at')
  assert.deepEqual(
    kinds.map(({ kind }) => kind),
    ['factor_added', 'factor_removed'],
  )
  assert.deepEqual(
    await system.sql('select state, disabled_reason from factor'),
    [{ state: 'disabled', disabled_reason: 'removed' }],
    'it stays on record',
  )
  await next.post('/log-out')
  const after = await loggedIn(system, account)
  assert.match((await after.get('/security')).body, /You had a second step before/)
  assert.equal((await after.post('/security/begin', { kind: 'totp' })).status, 403, 'the password alone binds no first one again')
})

test('asvs-7.5.1 asvs-7.5.3 cve-C21 a session whose proof is five minutes old, or of the password alone, changes no factor and no password', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  const codes = await giveSheet(system, account.id)
  const browser = await loggedInWith(system, account, 'code_sheet', codes[0]!)
  await browser.get('/security')
  const id = await factorId(system, 'code_sheet')
  const tries: [string, Record<string, string>][] = [
    ['/security/begin', { kind: 'totp' }],
    ['/security/finish', { kind: 'totp', code: '000000' }],
    ['/security/remove', { factor: id }],
    ['/security/rename', { factor: id, name: 'x' }],
  ]
  const refusesAll = async () => {
    for (const [url, fields] of tries) assert.equal((await browser.post(url, fields)).location, proveAgain, url)
    assert.equal((await browser.get('/change-password')).location, '/login?again&next=/change-password')
    const change = { currentPassword: account.password, newPassword: 'seven lanterns beneath a slow tram' }
    const answer = await browser.post('/change-password', { ...change, newPasswordAgain: change.newPassword })
    assert.equal(answer.location, '/login?again&next=/change-password')
  }
  await age(system)
  await refusesAll()
  await system.sql("update session set auth_time = now(), amr = '{pwd}'")
  await refusesAll()
  await browser.get(proveAgain)
  const { username, password } = account
  assert.equal((await browser.post('/login', { username, password, next: '/security', again: 'yes' })).location, '/second-factor')
  await browser.get('/second-factor')
  assert.equal((await typeCode(browser, 'code_sheet', codes[1]!)).location, '/security')
  await browser.get('/security')
  assert.equal((await browser.post('/security/begin', { kind: 'totp' })).location, '/security/set-up?kind=totp')
  assert.match((await browser.get('/security/set-up?kind=totp')).body, /<svg class="qr"[\s\S]*class="letters"/)
})

test('cve-C14 nobody’s factor is changed from the session of another, and no set-up is finished in another session', async (t) => {
  const system = await startNodes(t)
  const [ana, ben] = [await system.addAccount(), await system.addAccount()] as [TestAccount, TestAccount]
  const codes = await giveSheet(system, ana.id)
  const id = await factorId(system, 'code_sheet')
  await loggedInWith(system, ana, 'code_sheet', codes[0]!)
  const browser = await loggedIn(system, ben)
  await browser.get('/security')
  for (const url of ['/security/remove', '/security/rename'])
    assert.equal((await browser.post(url, { factor: id, ...(url.endsWith('rename') && { name: 'mine' }) })).status, 404, url)
  const made = shownCodes((await browser.post('/security/begin', { kind: 'code_sheet' })).body)
  await browser.post('/log-out')
  const again = await loggedIn(system, ben)
  await again.get('/security')
  assert.equal((await again.post('/security/finish', { kind: 'code_sheet', code: made[0]! })).status, 422)
  assert.deepEqual(await system.sql("select account_id from factor where state = 'live'"), [{ account_id: ana.id }])
})

test('a new sheet voids the one before only once its first code was typed', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  const old = await giveSheet(system, account.id)
  const browser = await loggedInWith(system, account, 'code_sheet', old[0]!)
  await browser.get('/security')
  const made = shownCodes((await browser.post('/security/begin', { kind: 'code_sheet' })).body)
  assert.equal((await browser.post('/security/finish', { kind: 'code_sheet', code: old[1]! })).status, 422)
  await browser.post('/log-out')
  const still = await loggedInWith(system, account, 'code_sheet', old[1]!)
  await still.get('/security')
  const { codes } = await addSheet(still)
  assert.notDeepEqual(codes, made)
  await still.post('/log-out')
  const last = await loggedInWith(system, account, 'code_sheet', codes[1]!)
  assert.equal((await last.get('/home')).status, 200)
  assert.deepEqual(await system.sql("select disabled_reason from factor where state = 'disabled'"), [
    { disabled_reason: 'replaced' },
  ])
})

test('an app whose clock is minutes off is taken when it is set up, said, and good from then on', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  await giveTotp(system, account.id)
  await system.sql('delete from factor')
  const browser = await loggedIn(system, account)
  await browser.get('/security')
  await browser.post('/security/begin', { kind: 'totp' })
  const letters = /<code class="letters">([A-Z2-7 ]+)</
    .exec((await browser.get('/security/set-up?kind=totp')).body)![1]!
    .replaceAll(' ', '')
  const bits = [...letters]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const secret = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)))
  assert.equal((await browser.post('/security/finish', { kind: 'totp', code: codeOf(secret, 12) })).status, 422)
  const done = await browser.post('/security/finish', { kind: 'totp', code: codeOf(secret, 8) })
  assert.equal(done.location, '/security?done=added&minutes=4')
  assert.match((await browser.get(done.location!)).body, /4 minutes off/)
  await browser.post('/log-out')
  await loggedInWith(system, account, 'totp', codeOf(secret, 9))
  assert.notEqual(goodPassword, '')
})
