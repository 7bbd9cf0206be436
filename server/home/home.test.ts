import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startNodes } from '../../test/nodes.ts'
import { replaceByInitialPassword } from '../authenticators/passwords/passwords.ts'
import { lockAccount } from '../directory/accounts/accounts.ts'
import { giveNewPassword } from '../operator/give-new-password.ts'

const next = 'seven lamps burn in the attic'

test('asvs-6.2.2 asvs-6.2.3 a password is changed with the current one, which then is worth nothing', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/change-password')
  for (const current of ['', 'wrong', password.toUpperCase()]) {
    const refused = await browser.post('/change-password', {
      currentPassword: current,
      newPassword: next,
      newPasswordAgain: next,
    })
    assert.equal(refused.status, 422)
    assert.match(refused.body, /id="wrong-current"[^>]*>The current password is not right/)
    assert.ok(!refused.body.includes(next))
  }
  const before = browser.cookies.get('__Host-gatehouse-session')!
  const changed = await browser.post('/change-password', { currentPassword: password, newPassword: next, newPasswordAgain: next })
  assert.equal(changed.location, '/home?done=password')
  assert.notEqual(browser.cookies.get('__Host-gatehouse-session'), before)
  const thief = system.browser()
  thief.cookies.set('__Host-gatehouse-session', before)
  assert.equal((await thief.get('/api/session')).status, 401, 'asvs-7.2.4: the secret of before the change is worth nothing')
  assert.match((await browser.get('/home?done=password')).body, /Your password is changed/)
  await browser.post('/log-out')
  assert.equal((await browser.logIn(username, password)).status, 401)
  assert.equal((await browser.logIn(username, next)).location, '/home')
})

test('cve-C09 wrong current passwords count like wrong ones at the login', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/change-password')
  for (let i = 0; i < 5; i += 1)
    await browser.post('/change-password', { currentPassword: `guess ${i}`, newPassword: next, newPasswordAgain: next })
  const waiting = await browser.post('/change-password', { currentPassword: password, newPassword: next, newPasswordAgain: next })
  assert.equal(waiting.status, 422, 'the right one has to wait')
})

test('asvs-6.2.1 a refused new password names every rule that it breaks, and changes nothing', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/change-password')
  const change = (newPassword: string, again = newPassword) =>
    browser.post('/change-password', { currentPassword: password, newPassword, newPasswordAgain: again })
  const broken = (body: string) => [...body.matchAll(/data-code="(\w+)" data-state="broken"/g)].map((match) => match[1])
  assert.deepEqual(broken((await change('123456')).body), ['too_short', 'common'])
  assert.deepEqual(broken((await change(password)).body), ['unchanged'])
  assert.deepEqual(broken((await change('x'.repeat(1025))).body), ['too_long'])
  assert.match((await change(next, `${next} `)).body, /typed differently the second time/)
  assert.deepEqual(await system.sql("select event from audit_event where event = 'password_changed'"), [])
  const check = await browser.postJson('/api/password-check', { newPassword: 'qwertyuiopasdfghjkl' })
  assert.deepEqual(JSON.parse(check.body), { faults: ['guessable'] })
})

test('cve-C12 a password change that races a new initial password: one of them counts, and the other is worth nothing', async (t) => {
  const system = await startNodes(t, 2, { HASH_CONCURRENCY: '8' })
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/change-password')
  const change = () => browser.post('/change-password', { currentPassword: password, newPassword: next, newPasswordAgain: next })
  const renew = () => giveNewPassword(system, system.main, username)
  const [, given] = (await system.race<unknown>('account', [change, renew])) as [unknown, { initialPassword: string }]
  await system.sql('delete from login_attempt')
  const initial = await system.browser().logIn(username, given.initialPassword)
  await system.sql('delete from login_attempt')
  const chosen = await system.browser().logIn(username, next)
  assert.deepEqual(
    [initial.location === '/choose-password', chosen.status === 401],
    [true, true],
    'the initial password came last or voided the change',
  )
  assert.equal((await system.browser().logIn(username, password)).status, 401)
})

test('a language that a person chooses is theirs in every browser', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/change-language')
  await browser.post('/change-language', { language: 'pt' })
  assert.match((await browser.get('/home')).body, /<html lang="pt">/)
  await browser.post('/log-out')
  assert.match((await browser.get('/login')).body, /<html lang="pt">/, 'this browser remembers')
  const other = system.browser()
  assert.match((await other.get('/login')).body, /<html lang="en">/)
  await other.logIn(username, password)
  assert.match((await other.get('/home')).body, /<html lang="pt">/)
})

test('a built-in profile is named in the person’s language, an own one as it was typed', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  const profile = async () => /Perfil<\/dt><dd>([^<]+)/.exec((await browser.get('/home')).body)?.[1]
  await browser.get('/change-language')
  await browser.post('/change-language', { language: 'pt' })
  assert.equal(await profile(), 'Agente')
  await system.sql(
    "with own as (insert into profile (instance_id, name, permissions) values ($1, 'Agent Smith', '{}') returning id) update account set profile_id = (select id from own) where id = $2",
    [system.main.id, id],
  )
  assert.equal(await profile(), 'Agent Smith')
})

test('without scripts a page that stays open shows that it does, and puts off no idle end', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  const page = await browser.get('/home')
  const [, path] = /<noscript><meta http-equiv="refresh" content="40;url=([^"]+)"><\/noscript>/.exec(page.body)!
  await system.sql(
    "update session set last_seen_at = now() - interval '80 seconds', last_active_at = now() - interval '80 seconds'",
  )
  const still = await browser.get(path!)
  assert.equal(still.status, 200)
  assert.match(still.body, /http-equiv="refresh"/, 'and goes on')
  const [row] = await system.sql<{ seen: number; active: number }>(
    'select extract(epoch from now() - last_seen_at)::int as seen, extract(epoch from now() - last_active_at)::int as active from session',
  )
  assert.ok(row!.seen < 40 && row!.active >= 80, JSON.stringify(row))
})

test('a program that keeps passwords finds where one is changed', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  const found = await browser.get('/.well-known/change-password')
  assert.deepEqual([found.status, found.location], [303, '/change-password'])
  assert.equal((await browser.get('/change-password')).location, '/login?next=%2Fchange-password')
  await browser.logIn(username, password)
  assert.equal((await browser.get('/.well-known/change-password')).location, '/change-password')
  // By this programs tell whether an answer of the site means anything. Source: W3C, Detecting the reliability of HTTP status codes.
  const nothing = await browser.get('/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200')
  assert.equal(nothing.status, 404)
})

test('without scripts a form that stayed open for longer than the session says why, and goes on after the login with what was chosen', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/change-language')
  await system.sql("update session set last_seen_at = now() - interval '10 minutes'")
  const late = await browser.post('/change-language', { language: 'pt' })
  assert.deepEqual([late.status, late.location], [303, '/login?next=%2Fchange-language%3Flanguage%3Dpt'])
  const login = await browser.get(late.location!)
  assert.match(login.body, /role="status"[^>]*>[^<]*no sign of life/i)
  const next = browser.hidden.get('/login')!.next!
  const back = await browser.post('/login', { username, password, next })
  assert.equal(back.location, '/change-language?language=pt')
  assert.match((await browser.get(back.location!)).body, /value="pt" checked/)
  assert.equal((await browser.post('/change-language', { language: 'pt' })).location, '/home')

  // What was typed into a password field never comes back, and the way to the form does.
  await browser.get('/change-password')
  await system.sql("update session set last_seen_at = now() - interval '10 minutes' where ended_at is null")
  const change = { currentPassword: password, newPassword: next, newPasswordAgain: next }
  const lost = await browser.post('/change-password', change)
  assert.equal(lost.location, '/login?next=%2Fchange-password')
  for (const value of Object.values(change)) assert.ok(!lost.location!.includes(encodeURIComponent(value)))
  // A mere button has nothing to come back to.
  assert.equal((await browser.post('/log-out')).location, '/login')
})

test('asvs-7.2.4 a session that is ended while its password is being changed changes nothing', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/change-password')
  const hashes = () => system.sql('select hash from password where account_id = $1', [id])
  const before = await hashes()
  const change = () => browser.post('/change-password', { currentPassword: password, newPassword: next, newPasswordAgain: next })
  const end = [
    `select set_config('gatehouse.instance_id', '${system.main.id}', true)`,
    "select end_sessions(array(select id from session where ended_at is null), '{ended_by_operator}', 'operator', null, null, null, '{}')",
  ]
  const [answer] = await system.race('password', [change], 1, end)
  assert.ok(answer!.status === 401 || answer!.location?.startsWith('/login'), `${answer!.status} ${answer!.location}`)
  assert.deepEqual(await hashes(), before)
  assert.deepEqual(await system.sql("select from audit_event where event = 'password_changed'"), [])
})

test('cve-C12 of two changes that know the same current password one counts', async (t) => {
  const system = await startNodes(t, 2, { HASH_CONCURRENCY: '8' })
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/change-password')
  const change = (newPassword: string) => () =>
    browser.post('/change-password', { currentPassword: password, newPassword, newPasswordAgain: newPassword })
  const answers = await system.race('password', [change(next), change(`${next}, twice`)], 2)
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 422])
  assert.equal((await system.sql("select from audit_event where event = 'password_changed'")).length, 1)
})

test('asvs-6.4.1 an initial password opens the choice of another, and no change by a session', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/change-password')
  // A session that lives on cannot be: this is what is held besides.
  const { initialPassword } = await system.database.in(system.main, async (tx) =>
    replaceByInitialPassword(tx, system, (await lockAccount(tx, id))!),
  )
  const change = { currentPassword: initialPassword, newPassword: next, newPasswordAgain: next }
  const answer = await browser.post('/change-password', change)
  assert.equal(answer.status, 422)
  assert.match(answer.body, /The current password is not right/)
})
