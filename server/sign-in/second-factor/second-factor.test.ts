// A right password of somebody who has a second factor opens the question for it, and nothing else.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { codeOf, demand, giveSheet, giveTotp, loggedInWith, typeCode, upToFactor } from '../../../test/factors.ts'
import { startNodes, type TestSystem } from '../../../test/nodes.ts'
import { setRules } from '../../../test/set-rules.ts'
import { inBase32, newTotpSecret, stepAt, totpCode, usualTotp } from '../../authenticators/factors/totp.ts'

const liveSessions = (system: TestSystem) =>
  system.sql<{ id: string; amr: string[] }>('select id, amr from session where ended_at is null')

test('nist-3.1.4 one-time codes are those of RFC 6238, and those of an independent program', async () => {
  const secret = Buffer.from('12345678901234567890')
  for (const [seconds, code] of [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ] as const) {
    const shape = { digits: 8, stepSeconds: 30 }
    assert.equal(totpCode(secret, stepAt(new Date(seconds * 1000), shape), shape), code)
  }
  try {
    execFileSync('oathtool', ['--version'])
  } catch {
    return
  }
  for (let i = 0; i < 20; i += 1) {
    const own = newTotpSecret()
    const at = new Date(Date.UTC(2026, 0, 1) + i * 7_777_777_777)
    const theirs = execFileSync('oathtool', ['--totp', '--base32', `--now=@${at.getTime() / 1000}`, inBase32(own)], {
      encoding: 'utf8',
    })
    assert.equal(totpCode(own, stepAt(at, usualTotp), usualTotp), theirs.trim())
  }
})

test('asvs-6.3.3 a right password alone opens no session of somebody who has a second factor; with a code of the sheet it does', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  const codes = await giveSheet(system, account.id)
  assert.equal(codes.length, 60)
  const browser = await upToFactor(system, account)
  assert.equal((await browser.get('/home')).location, '/login?next=%2Fhome')
  const page = await browser.get('/second-factor')
  assert.match(page.body, /Code number 1 of your sheet/)
  assert.match(page.body, /60 codes are left/)
  const wrong = await typeCode(browser, 'code_sheet', codes[1]!)
  assert.equal(wrong.status, 401, 'the second code is not the one that is asked for')
  assert.match(wrong.body, /This is not the code with number 1/)
  assert.deepEqual(await liveSessions(system), [])
  const right = await typeCode(browser, 'code_sheet', codes[0]!.toLowerCase().replace('-', ' '))
  assert.equal(right.location, '/home')
  const [session] = await liveSessions(system)
  assert.deepEqual(session!.amr, ['mfa', 'otp', 'pwd'])
  await browser.get('/home')
  await browser.post('/log-out')
  assert.match((await (await upToFactor(system, account)).get('/second-factor')).body, /Code number 2 of your sheet/)
})

test('asvs-6.5.1 nist-3.1.4.2 each code works once, however many nodes get it at the same moment', async (t) => {
  const system = await startNodes(t, 3, { DATABASE_CONNECTIONS: '12' })
  for (const kind of ['totp', 'code_sheet'] as const) {
    const account = await system.addAccount()
    const code = kind === 'totp' ? codeOf(await giveTotp(system, account.id)) : (await giveSheet(system, account.id))[0]!
    const browsers = []
    for (let i = 0; i < 9; i += 1) browsers.push(await upToFactor(system, account, i % 3))
    const answers = await system.race(
      'account',
      browsers.map((browser) => () => typeCode(browser, kind, code)),
    )
    // Whoever comes second meets a used code; were it taken, they would meet the other session.
    assert.equal(answers.filter(({ location }) => location === '/home').length, 1, kind)
    assert.ok(
      answers.every(({ status }) => status === 303 || status === 401 || status === 429),
      kind,
    )
    const events = await system.sql("select id from audit_event where event = 'login' and account_id = $1", [account.id])
    assert.equal(events.length, 1)
  }
})

test('asvs-6.5.5 asvs-6.5.8 a code is good for its half minute and the one beside it; the drift of a clock is kept, and a node’s clock is not asked', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  const secret = await giveTotp(system, account.id)
  for (const [steps, takes] of [
    [-2, false],
    [2, false],
    [-1, true],
    [-1, false],
    [0, true],
    [0, false],
  ] as const) {
    const browser = await upToFactor(system, account)
    const answer = await typeCode(browser, 'totp', codeOf(secret, steps))
    assert.equal(answer.location === '/home', takes, `${steps}`)
    if (!takes) continue
    await browser.get('/home')
    await browser.post('/log-out')
  }
  // A token whose clock runs ahead more and more stays usable, for it is used.
  await system.sql('update totp_secret set last_step = 0, drift = 3')
  const browser = await upToFactor(system, account)
  assert.equal((await typeCode(browser, 'totp', codeOf(secret, 4))).location, '/home')
  assert.deepEqual(await system.sql('select drift from totp_secret'), [{ drift: 4 }])
})

test('asvs-6.6.3 nist-3.2.2 no more guesses are looked at than the rule says, of all kinds together, on three nodes at once', async (t) => {
  const system = await startNodes(t, 3, { DATABASE_CONNECTIONS: '14' })
  await setRules(system, { waitsFrom: 8, mostFailures: 8 })
  const account = await system.addAccount()
  const secret = await giveTotp(system, account.id)
  await giveSheet(system, account.id)
  const browsers = []
  for (let i = 0; i < 12; i += 1) browsers.push(await upToFactor(system, account, i % 3))
  const answers = await system.race(
    'factor_attempt',
    browsers.map((browser, i) => () => typeCode(browser, i % 2 === 0 ? 'totp' : 'code_sheet', '000000')),
    1,
  )
  assert.equal(answers.filter(({ status }) => status === 401).length, 8)
  assert.equal(answers.filter(({ status }) => status === 429).length, 4)
  await system.sql('update factor_attempt set wait_until = null')
  const late = await upToFactor(system, account)
  const right = await typeCode(late, 'totp', codeOf(secret))
  assert.equal(right.status, 429, 'a right one is not looked at either')
  assert.match(right.body, /none is taken any more/)
  await giveSheet(system, account.id)
  assert.equal((await typeCode(await upToFactor(system, account), 'totp', codeOf(secret))).location, '/home')
})

test('a stranger who has the password makes only strangers wait: a browser that knows its person goes on', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  const codes = await giveSheet(system, account.id)
  const own = await loggedInWith(system, account, 'code_sheet', codes[0]!)
  await own.post('/log-out')
  for (let i = 0; i < 2; i += 1) {
    const stranger = await upToFactor(system, account)
    for (let n = 0; n < 4; n += 1) await typeCode(stranger, 'code_sheet', '0000-0000')
  }
  const stranger = await upToFactor(system, account)
  assert.equal((await typeCode(stranger, 'code_sheet', codes[1]!)).status, 429)
  assert.equal((await own.logIn(account.username, account.password)).location, '/second-factor')
  await own.get('/second-factor')
  assert.equal((await typeCode(own, 'code_sheet', codes[1]!)).location, '/home')
})

test('asvs-6.3.5 five wrong codes end a sign-in, the person is told by mail once, and the password must be typed again', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount({ email: 'ana@example.com' })
  const codes = await giveSheet(system, account.id)
  await system.sql('delete from message')
  await setRules(system, { waitsFrom: 100 })
  const browser = await upToFactor(system, account)
  for (let i = 0; i < 5; i += 1) assert.equal((await typeCode(browser, 'code_sheet', '0000-0000')).status, 401)
  assert.equal((await typeCode(browser, 'code_sheet', codes[0]!)).status, 403)
  assert.deepEqual(await system.sql('select kind from message'), [{ kind: 'factor_refused' }])
  assert.equal((await system.sql("select id from audit_event where event = 'factor_refused'")).length, 5)
})

test('cve-C04 asvs-6.3.8 nothing before the right password tells who has a second factor', async (t) => {
  const system = await startNodes(t)
  const has = await system.addAccount()
  const hasNone = await system.addAccount()
  await giveSheet(system, has.id)
  const answers = []
  for (const username of [has.username, hasNone.username, 'nobody']) {
    const browser = system.browser()
    const { status, body, headers } = await browser.logIn(username, 'wrong')
    const { date: _, 'content-length': __, ...others } = headers
    answers.push({ status, headers: others, body: body.replace(/name="formToken" value="[^"]+"/, '').replaceAll(username, '') })
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0])
  const stranger = system.browser()
  await stranger.get('/login')
  assert.equal((await stranger.get('/second-factor')).status, 403)
  assert.equal((await stranger.post('/second-factor', { kind: 'totp', code: '1' })).status, 403)
})

test('cve-C07 a code answers its own account, its own sign-in and what is asked for; another person’s page is refused', async (t) => {
  const system = await startNodes(t)
  const ana = await system.addAccount()
  const ben = await system.addAccount()
  const ofAna = await giveSheet(system, ana.id)
  const ofBen = await giveSheet(system, ben.id)
  const secret = await giveTotp(system, ana.id)
  const browser = await upToFactor(system, ana)
  assert.equal((await typeCode(browser, 'code_sheet', ofBen[0]!)).status, 401)
  assert.equal(
    (await typeCode(browser, 'code_sheet', codeOf(secret))).status,
    401,
    'the kind that is asked for is the kind that is checked',
  )
  assert.equal((await browser.post('/second-factor', { kind: 'none', code: ofAna[0]! })).status, 400)
  assert.equal((await browser.post('/second-factor', { kind: 'totp', code: '' })).status, 401)
  const other = await upToFactor(system, ben)
  const foreign = await other.post('/second-factor', {
    kind: 'code_sheet',
    code: ofBen[0]!,
    signIn: browser.hidden.get('/second-factor')!.signIn!,
  })
  assert.equal(foreign.status, 409)
  const { instance } = await system.addInstance('other', 'other.example.com')
  const rows = await system.database.in(instance, (tx) => tx.selectFrom('factor').select('id').execute())
  assert.deepEqual(rows, [])
})

test('a code does not open what was begun before new credentials, and a disabled account hears nothing', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  const codes = await giveSheet(system, account.id)
  const browser = await upToFactor(system, account)
  await system.sql('update account set credential_version = credential_version + 1')
  assert.equal((await typeCode(browser, 'code_sheet', codes[0]!)).status, 403)
  const other = await upToFactor(system, account)
  await system.sql('update account set enabled = false where id = $1', [account.id])
  assert.equal((await typeCode(other, 'code_sheet', codes[0]!)).status, 403)
  assert.deepEqual(await liveSessions(system), [])
})

test('asvs-6.5.2 the database holds no code and no secret that can be read', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  const codes = await giveSheet(system, account.id)
  const secret = await giveTotp(system, account.id)
  const dump = JSON.stringify([
    ...(await system.sql(
      "select encode(hashes, 'escape') as a, encode(hashes, 'hex') as b, encode(salt, 'hex') as c from code_sheet",
    )),
    ...(await system.sql("select encode(sealed_secret, 'hex') as a, encode(sealed_secret, 'escape') as b from totp_secret")),
    ...(await system.sql('select detail from audit_event')),
  ])
  for (const code of codes) assert.ok(!dump.includes(code) && !dump.includes(code.replace('-', '')))
  for (const form of [secret.toString('hex'), inBase32(secret)]) assert.ok(!dump.includes(form))
  assert.match(codes[0]!, /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/, 'forty random bits')
  assert.equal(secret.length, 20)
})

test('whose profile asks for none is not asked, and is asked again once it does', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  await giveSheet(system, account.id)
  await demand(system, 'Agent', 'off')
  const browser = system.browser()
  assert.equal((await browser.logIn(account.username, account.password)).location, '/home')
  await browser.get('/home')
  await browser.post('/log-out')
  await demand(system, 'Agent', 'offered')
  await upToFactor(system, account)
})

test('proving again who one is asks for the factor too, and keeps the session', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  const codes = await giveSheet(system, account.id)
  const browser = await loggedInWith(system, account, 'code_sheet', codes[0]!)
  const [before] = await liveSessions(system)
  await system.sql("update session set auth_time = now() - interval '1 hour', started_at = now() - interval '1 hour'")
  await browser.get('/login?again&next=/change-password')
  const { username, password } = account
  const asked = await browser.post('/login', { username, password, next: '/change-password', again: 'yes' })
  assert.equal(asked.location, '/second-factor')
  await browser.get('/second-factor')
  assert.equal((await typeCode(browser, 'code_sheet', codes[1]!)).location, '/change-password')
  assert.deepEqual(await liveSessions(system), [before])
})
