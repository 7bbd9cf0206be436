import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goodPassword, startNodes } from '../../test/nodes.ts'
import { giveNewPassword } from '../operator/give-new-password.ts'
import { setEnabled } from '../operator/set-enabled.ts'

test('asvs-6.4.1 an initial password opens only the choice of a lasting one, which then logs in', async (t) => {
  const system = await startNodes(t)
  const browser = system.browser()

  const first = await browser.logIn('admin', system.admin.initialPassword, '/change-password')
  assert.equal(first.location, '/choose-password')
  assert.equal((await browser.get('/home')).location, '/login?next=%2Fhome')

  const form = await browser.get('/choose-password')
  assert.equal(form.status, 200)
  const chosen = await browser.post('/choose-password', { newPassword: goodPassword, newPasswordAgain: goodPassword })
  assert.equal(chosen.location, '/change-password', 'leads to the page that was first asked for')
  const home = await browser.get('/home')
  assert.equal(home.status, 200)
  assert.match(home.body, /Administrator/)

  const other = await system.browser().logIn('admin', goodPassword)
  assert.equal(other.status, 409)
  assert.match(other.body, /The user is already logged in/)
  assert.equal((await browser.post('/log-out')).location, '/login?bye')
  assert.equal((await system.browser().logIn('ADMIN', goodPassword)).location, '/home')
  assert.equal(
    (await system.browser().logIn('admin', system.admin.initialPassword)).status,
    401,
    'the initial password is used up',
  )
})

test('cve-C04 asvs-6.3.8 unknown, wrong, disabled, without password, empty and over-long: one status, one text, the same bytes', async (t) => {
  const system = await startNodes(t)
  const { username: known } = await system.addAccount()
  const { username: without } = await system.addAccount({ password: 'none' })
  const { username: initial } = await system.addAccount({ password: 'initial' })
  const disabled = await system.addAccount()
  await setEnabled(system, system.main, disabled.username, false, 'left')
  const attempts: [string, string][] = [
    ['nobody', 'wrong'],
    [known, 'wrong'],
    [known, ''],
    ['', 'wrong'],
    ['', ''],
    [known, 'x'.repeat(5000)],
    [known, '😀'.repeat(1025)],
    [without, 'wrong'],
    [without, ''],
    [initial, 'wrong'],
    [disabled.username, disabled.password],
    ['a b', 'wrong'],
    ['a'.repeat(3000), 'wrong'],
    ['\u0000', '\u0000'],
  ]
  const answers = []
  for (const [username, password] of attempts) {
    const browser = system.browser()
    const answer = await browser.logIn(username, password)
    const body = answer.body.replace(/name="formToken" value="[^"]+"/, '').replace(/name="username" value="[^"]*"/, '')
    const { date, 'content-length': length, ...headers } = answer.headers
    answers.push({ status: answer.status, body, headers, cookies: [...browser.cookies.keys()] })
  }
  for (const [i, answer] of answers.entries()) assert.deepEqual(answer, answers[0], JSON.stringify(attempts[i]).slice(0, 60))
  assert.equal(answers[0]!.status, 401)
  assert.match(answers[0]!.body, /Incorrect username or password/)
  const reasons = await system.sql<{ reason: string }>(
    "select distinct detail->>'reason' as reason from audit_event where event = 'login_refused' order by 1",
  )
  assert.deepEqual(
    reasons.map(({ reason }) => reason),
    ['disabled', 'no_password', 'unknown_username', 'wrong_password'],
    'the audit knows which',
  )
})

test('after a right password, an account outside its dates or hours is told from when on, in its own time zone, and in its language', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  await system.sql("update account set valid_from = current_date + 2, time_zone = 'America/Montevideo' where id = $1", [id])
  const early = await system.browser().logIn(username, password)
  assert.equal(early.status, 403)
  assert.match(early.body, /Your account is not valid yet/)
  assert.match(early.body, /You can log in from .*00:00 GMT-3 on/)
  assert.equal((await system.browser().logIn(username, 'wrong')).status, 401, 'nobody else learns of it')
  await system.sql('update account set valid_from = null, valid_until = current_date - 2 where id = $1', [id])
  assert.match((await system.browser().logIn(username, password)).body, /Your account is no longer valid/)
  await system.sql("update account set valid_until = null, login_hours = '{}' where id = $1", [id])
  assert.match((await system.browser().logIn(username, password)).body, /Outside your login hours/)
  assert.deepEqual(await system.sql('select id from session'), [])
})

test('asvs-6.4.1 cve-C29 an initial password expires to the second, and says so to whom has it', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount({ password: 'initial' })
  const left = async () =>
    (
      await system.sql<{ hours: number }>(
        'select extract(epoch from initial_expires_at - now())::int / 3600 as hours from password where account_id = $1',
        [id],
      )
    )[0]!.hours
  assert.ok([71, 72].includes(await left()))
  await system.sql("update password set initial_expires_at = now() + interval '1 minute' where account_id = $1", [id])
  assert.equal((await system.browser().logIn(username, password)).location, '/choose-password')
  await system.sql('update password set initial_expires_at = now() where account_id = $1', [id])
  const late = await system.browser().logIn(username, password)
  assert.equal(late.status, 403)
  assert.match(late.body, /The initial password has expired/)
})

test('asvs-6.4.1 the initial password cannot be kept as the lasting one, however it is typed', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount({ password: 'initial' })
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/choose-password')
  for (const same of [password, password.toLowerCase(), password.replaceAll('-', '')]) {
    const refused = await browser.post('/choose-password', { newPassword: same, newPasswordAgain: same })
    assert.equal(refused.status, 422)
    assert.match(refused.body, /data-code="unchanged" data-state="broken"/)
  }
})

test('asvs-2.3.1 cve-C02 the choice of a password is for whom has just shown the initial one, for a quarter of an hour', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount({ password: 'initial' })
  const stranger = system.browser()
  await stranger.get('/login')
  const choice = { newPassword: goodPassword, newPasswordAgain: goodPassword }
  for (const cookie of [undefined, 'A'.repeat(43), 'x']) {
    if (cookie !== undefined) stranger.cookies.set('__Host-gatehouse-pending', cookie)
    assert.equal((await stranger.get('/choose-password')).status, 403)
    assert.equal((await stranger.post('/choose-password', choice)).status, 403)
    assert.ok([401, 403].includes((await stranger.postJson('/api/password-check', { newPassword: 'x' })).status))
  }
  const late = system.browser()
  await late.logIn(username, password)
  await late.get('/choose-password')
  await system.sql('update sign_in set expires_at = now()')
  assert.equal((await late.post('/choose-password', choice)).status, 403)
  assert.equal(
    (await system.browser().logIn(username, password)).location,
    '/choose-password',
    'the initial password still works',
  )
})

test('cve-C12 whatever was begun with the old credentials is worth nothing once there are new ones', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount({ password: 'initial' })
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/choose-password')
  const { initialPassword } = await giveNewPassword(system, system.main, username)
  assert.equal(
    (await browser.post('/choose-password', { newPassword: goodPassword, newPasswordAgain: goodPassword })).status,
    403,
  )
  assert.equal((await browser.logIn(username, password)).status, 401)
  assert.equal((await browser.logIn(username, initialPassword)).location, '/choose-password')
})

test('nist-5.1 asvs-7.4.3 a new initial password ends the session', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await giveNewPassword(system, system.main, username)
  assert.equal((await browser.get('/home')).status, 303)
  assert.match((await browser.get('/login')).body, /you were given a new initial password/)
})

test('asvs-16.3.1 logins and their refusals are in the audit, with reason, address and device', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  const browser = system.browser()
  browser.headers = {
    'user-agent':
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  }
  await browser.logIn(username, 'wrong')
  await browser.logIn(username, password)
  await system.browser().logIn(username, password)
  const rows = await system.sql<{ event: string; reason: string | null; actor_kind: string; address: string; device: string }>(
    "select event, detail->>'reason' as reason, actor_kind, host(address) as address, detail->>'device' as device from audit_event where account_id = $1 order by id",
    [id],
  )
  const device = 'Chrome, Windows'
  assert.deepEqual(rows, [
    { event: 'login_refused', reason: 'wrong_password', actor_kind: 'visitor', address: '127.0.0.1', device },
    { event: 'login', reason: null, actor_kind: 'account', address: '127.0.0.1', device },
    { event: 'login_refused', reason: 'already_logged_in', actor_kind: 'account', address: '127.0.0.1', device: '' },
  ])
  const refused = await system.browser().logIn(username, password)
  assert.match(refused.body, /<dd>Chrome, Windows<\/dd>/)
})

test('cve-C12 cve-C13 what an account loses between the proof and the session counts, and leaves no session behind', async (t) => {
  const system = await startNodes(t)
  const changes = {
    'enabled = false': 401,
    'credential_version = credential_version + 1': 401,
    'valid_until = current_date - 2': 403,
    'valid_from = current_date + 2': 403,
    "login_hours = '{}'": 403,
  }
  for (const [change, status] of Object.entries(changes)) {
    const { id, username, password } = await system.addAccount()
    const browser = system.browser()
    await browser.get('/login')
    // The login has proven its password and waits for the account, which is being changed at this moment.
    const [answer] = await system.race('account', [() => browser.post('/login', { username, password })], 1, [
      `update account set ${change} where id = '${id}'`,
    ])
    assert.equal(answer!.status, status, change)
    assert.equal(browser.cookies.has('__Host-gatehouse-session'), false)
    assert.deepEqual(await system.sql('select id from session where account_id = $1', [id]), [], change)
    assert.deepEqual(await system.sql('select last_login_at from account where id = $1', [id]), [{ last_login_at: null }])
  }
})

test('a login of an account with dates and hours goes the long way and ends alike', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  await system.sql('update account set valid_from = current_date - 2, valid_until = current_date + 2 where id = $1', [id])
  const browser = system.browser()
  assert.equal((await browser.logIn(username, password)).location, '/home')
  assert.deepEqual(
    await system.sql(
      'select a.last_login_at is not null as touched, l.failures, l.in_flight, d.failures as of_device from account a join login_attempt l on l.account_id = a.id join known_device d on d.account_id = a.id where a.id = $1',
      [id],
    ),
    [{ touched: true, failures: 0, in_flight: 0, of_device: 0 }],
  )
  assert.equal((await system.browser().logIn(username, password)).status, 409)
})

for (const [what, statement] of [
  ['its quarter of an hour is over', "update sign_in set expires_at = now() - interval '1 second'"],
  ['the account has other credentials', 'update account set credential_version = credential_version + 1 where id = $1'],
  ['the account is disabled', 'update account set enabled = false where id = $1'],
  ['somebody has taken the step', 'update sign_in set used_at = now()'],
] as const)
  test(`cve-C12 asvs-2.3.1 what comes between the look at a step and the step counts: ${what}`, async (t) => {
    const system = await startNodes(t)
    const { id, username, password } = await system.addAccount({ password: 'initial' })
    const browser = system.browser()
    await browser.logIn(username, password)
    await browser.get('/choose-password')
    const rows = () => system.sql('select hash, initial_hash from password where account_id = $1', [id])
    const before = await rows()
    const choose = () => browser.post('/choose-password', { newPassword: goodPassword, newPasswordAgain: goodPassword })
    // It has looked, judged and hashed, and waits for the account.
    const [answer] = await system.race('account', [choose], 1, [statement.replace('$1', `'${id}'`)])
    assert.equal(answer!.status, 403)
    assert.deepEqual(await rows(), before)
    assert.deepEqual(await system.sql('select from session'), [])
  })
