// Passkeys: as the second factor, as the whole login, and every answer that no key of theirs would give.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../../test/browser.ts'
import { demand, giveSheet, loggedInWith } from '../../../test/factors.ts'
import { loggedIn } from '../../../test/floor.ts'
import { startNodes, type TestAccount, type TestSystem } from '../../../test/nodes.ts'
import { Authenticator, askedOf, type Tampering } from '../../../test/passkey.ts'

const origin = 'http://localhost:8080'
type Asked = { challenge: string; rpId: string }
type AskedNew = { challenge: string; rp: { id: string }; user: { id: string }; pubKeyCredParams: { alg: number }[] }

/** Sets a key up under My security. */
async function addKey(browser: Browser, key: Authenticator, how: Tampering = {}) {
  await browser.get('/security')
  await browser.post('/security/begin', { kind: 'passkey' })
  const asked = askedOf<AskedNew>((await browser.get('/security/set-up?kind=passkey')).body)
  return browser.post('/security/passkey', { answer: key.create(asked, origin, how) })
}

async function withKey(system: TestSystem, account?: TestAccount) {
  const person = account ?? (await system.addAccount())
  const browser = await loggedIn(system, person)
  const key = new Authenticator()
  assert.equal((await addKey(browser, key)).location, '/security?done=added')
  await browser.post('/log-out')
  return { person, key }
}

async function upToKey(system: TestSystem, { username, password }: TestAccount) {
  const browser = system.browser()
  assert.equal((await browser.logIn(username, password)).location, '/second-factor')
  const { body } = await browser.get('/second-factor')
  const { signIn } = await system
    .sql<{ id: string }>('select id from sign_in order by created_at desc limit 1')
    .then(([row]) => ({ signIn: row!.id }))
  return {
    browser,
    asked: askedOf<Asked>(body),
    post: (answer: string) => browser.post('/second-factor/passkey', { signIn, answer }),
  }
}

async function byKey(browser: Browser, key: Authenticator, how: Tampering = {}, challenge?: string) {
  await browser.get('/login')
  const asked = JSON.parse((await browser.get('/api/passkey-options')).body) as Asked
  return browser.post('/login/passkey', { answer: key.get({ ...asked, ...(challenge && { challenge }) }, origin, how) })
}

const live = (system: TestSystem) => system.sql<{ amr: string[] }>('select amr from session where ended_at is null')

test('a key is set up, asked for after the password, and its touch is enough there', async (t) => {
  const system = await startNodes(t)
  const { person, key } = await withKey(system)
  const { post, asked } = await upToKey(system, person)
  assert.equal((await post(key.get(asked, origin, { verified: false, handle: undefined }))).location, '/home')
  assert.deepEqual(await live(system), [{ amr: ['mfa', 'pop', 'pwd'] }])
})

test('nist-3.1.7 a passkey is the whole login: no name is typed, no password hashed, and steps are asked all the same', async (t) => {
  const system = await startNodes(t)
  const { person, key } = await withKey(system)
  await system.sql('delete from login_attempt')
  const browser = system.browser()
  assert.equal((await byKey(browser, key)).location, '/home')
  assert.deepEqual(await live(system), [{ amr: ['mfa', 'pop'] }])
  assert.deepEqual(await system.sql('select username_hash from login_attempt'), [])
  await browser.get('/home')
  await browser.post('/log-out')
  await system.sql("update account set valid_until = '2020-01-01' where id = $1", [person.id])
  assert.match((await byKey(system.browser(), key)).body, /no longer valid/)
  await system.sql('update account set valid_until = null, enabled = false where id = $1', [person.id])
  assert.equal((await byKey(system.browser(), key)).status, 401)
})

test('asvs-6.7.2 cve-C07 what no key of theirs would answer is refused: at the login, after the password, and when one is set up', async (t) => {
  const system = await startNodes(t)
  const { person, key } = await withKey(system)
  const other = await withKey(system)
  const wrongs: [string, Tampering][] = [
    ['another site', { origin: 'https://evil.example' }],
    ['another host name', { rpId: 'evil.example' }],
    ['another challenge', { challenge: Buffer.alloc(54, 1).toString('base64url') }],
    ['nobody there', { present: false }],
    ['a foreign signature', { foreign: true }],
  ]
  for (const [what, how] of [
    ...wrongs,
    ['no PIN', { verified: false }],
    ['no handle', { handle: undefined }],
    ['another handle', { handle: 'AAAA' }],
  ] as [string, Tampering][])
    assert.equal((await byKey(system.browser(), key, how)).status, 401, `login: ${what}`)
  for (const [what, how] of wrongs.filter(([what]) => what !== 'another challenge')) {
    const { post, asked } = await upToKey(system, person)
    assert.equal((await post(key.get(asked, origin, how))).status, 401, `factor: ${what}`)
  }
  const { post, asked } = await upToKey(system, person)
  assert.equal((await post(other.key.get(asked, origin))).status, 401, 'the key of another person')
  for (const answer of ['', '{}', 'null', '[]', '{"id":"x","response":{}}', 'x'.repeat(20_000)])
    assert.equal((await (await upToKey(system, person)).post(answer)).status, 401)
  assert.deepEqual(await live(system), [])

  const fresh = await loggedIn(system, await system.addAccount())
  for (const [what, how] of wrongs.filter(([what]) => what !== 'a foreign signature'))
    assert.equal((await addKey(fresh, new Authenticator(), how)).status, 422, `set-up: ${what}`)
  assert.equal((await addKey(fresh, key)).status, 422, 'a key that somebody has')
})

test('cve-C07 asvs-6.7.2 a challenge is answered once, for ten minutes, and for what it was made for', async (t) => {
  const system = await startNodes(t, 2)
  const { person, key } = await withKey(system)
  const browser = system.browser()
  await browser.get('/login')
  const asked = JSON.parse((await browser.get('/api/passkey-options')).body) as Asked
  const answers = [key.get(asked, origin), key.get(asked, origin)]
  const raced = await system.race(
    'used_challenge',
    answers.map((answer) => () => browser.post('/login/passkey', { answer })),
    1,
  )
  assert.deepEqual(raced.map(({ status, location }) => location ?? status).sort(), ['/home', 401].sort())
  await browser.get('/home')
  await browser.post('/log-out')

  const stranger = system.browser(1)
  await stranger.get('/login')
  await system.browser().get('/login')
  assert.equal((await byKey(stranger, key, {}, asked.challenge)).status, 401, 'of another browser')
  const waiting = await upToKey(system, person)
  assert.equal((await byKey(system.browser(), key, {}, waiting.asked.challenge)).status, 401, 'one for a sign-in opens no login')
  const login = JSON.parse((await waiting.browser.get('/api/passkey-options')).body) as Asked
  assert.equal(
    (await waiting.post(key.get({ ...waiting.asked, challenge: login.challenge }, origin))).status,
    401,
    'nor the reverse',
  )
  const late = await upToKey(system, person)
  const { newChallenge } = await import('../../authenticators/factors/challenge.ts')
  const [{ id } = { id: '' }] = await system.sql<{ id: string }>(
    'select id from sign_in where used_at is null order by created_at desc limit 1',
  )
  const made = (minutes: number) =>
    newChallenge(
      system.keys,
      { instance: system.main, use: 'second_factor', subject: id },
      new Date(Date.now() + minutes * 60_000),
    )
  for (const minutes of [-11, 6])
    assert.equal((await late.post(key.get({ ...late.asked, challenge: made(minutes) }, origin))).status, 401, `${minutes}`)
  assert.equal((await late.post(key.get({ ...late.asked, challenge: made(-9) }, origin))).location, '/home')
})

test('a counter that does not grow disables the key, and a forged one does not', async (t) => {
  const system = await startNodes(t)
  const { person, key } = await withKey(system)
  const first = await upToKey(system, person)
  assert.equal((await first.post(key.get(first.asked, origin, { counter: 10 }))).location, '/home')
  await first.browser.get('/home')
  await first.browser.post('/log-out')
  const forged = await upToKey(system, person)
  assert.equal((await forged.post(key.get(forged.asked, origin, { counter: 1, foreign: true }))).status, 401)
  assert.equal(
    (await system.sql("select id from factor where state = 'live'")).length,
    1,
    'nobody disables a key without having it',
  )
  const copied = await upToKey(system, person)
  assert.equal((await copied.post(key.get(copied.asked, origin, { counter: 10 }))).status, 401)
  assert.deepEqual(await system.sql('select state, disabled_reason from factor'), [
    { state: 'disabled', disabled_reason: 'copied' },
  ])
  const events = await system.sql(
    "select id from audit_event where event = 'factor_refused' and detail->>'reason' = 'copied_key'",
  )
  assert.equal(events.length, 1)
})

test('whose profile takes passkeys only is asked for one, and sets one up where there is none', async (t) => {
  const system = await startNodes(t)
  await demand(system, 'Agent', 'passkey', { grace_logins: 0 })
  const account = await system.addAccount()
  const browser = system.browser()
  assert.equal((await browser.logIn(account.username, account.password)).location, '/enrolment')
  const page = await browser.get('/enrolment')
  assert.doesNotMatch(page.body, /Make a code sheet/)
  assert.equal((await browser.post('/enrolment/begin', { kind: 'passkey' })).location, '/enrolment?kind=passkey')
  const asked = askedOf<AskedNew>((await browser.get('/enrolment?kind=passkey')).body)
  assert.deepEqual(
    asked.pubKeyCredParams.map(({ alg }) => alg),
    [-8, -7, -257],
  )
  assert.equal(asked.rp.id, 'localhost')
  const key = new Authenticator()
  const { signIn } = browser.hidden.get('/enrolment/begin')!
  assert.equal((await browser.post('/enrolment/passkey', { signIn: signIn!, answer: 'x' })).status, 422)
  assert.equal(
    (await browser.post('/enrolment/passkey', { signIn: signIn!, answer: key.create(asked, origin) })).location,
    '/home',
  )
  await browser.get('/home')
  await browser.post('/log-out')
  const codes = await giveSheet(system, account.id)
  await assert.rejects(loggedInWith(system, account, 'code_sheet', codes[0]!))
  assert.equal((await byKey(system.browser(), key)).location, '/home')
})

test('asvs-6.3.8 what the login page asks of passkeys is the same for everybody', async (t) => {
  const system = await startNodes(t)
  await withKey(system)
  const browser = system.browser()
  await browser.get('/login')
  const [one, two] = [
    JSON.parse((await browser.get('/api/passkey-options')).body),
    JSON.parse((await browser.get('/api/passkey-options')).body),
  ]
  assert.notEqual(one.challenge, two.challenge)
  assert.deepEqual({ ...one, challenge: '' }, { ...two, challenge: '' })
  assert.deepEqual(one.allowCredentials, [])
})
