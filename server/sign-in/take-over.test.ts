import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { startNodes, type TestAccount, type TestSystem } from '../../test/nodes.ts'
import { setRules } from '../../test/set-rules.ts'
import { endAccountSession } from '../operator/end-account-session.ts'
import { changeSeats } from '../sessions/sessions.ts'

const wide = { HASH_CONCURRENCY: '18', DATABASE_CONNECTIONS: '22' }
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

/** A browser that was shown the session of its person elsewhere, and may move it. */
async function shown(system: TestSystem, { username, password }: TestAccount, node = 0): Promise<Browser> {
  const browser = system.browser(node)
  browser.headers = { 'user-agent': firefox }
  const answer = await browser.logIn(username, password)
  assert.equal(answer.status, 409)
  assert.match(answer.body, /Log out there and log in here/)
  return browser
}

async function someoneLoggedIn(system: TestSystem): Promise<{ person: TestAccount; first: Browser }> {
  const person = await system.addAccount()
  const first = system.browser()
  assert.equal((await first.logIn(person.username, person.password, '/change-password')).location, '/change-password')
  return { person, first }
}

const liveOnes = (system: TestSystem) => system.sql<{ id: string }>('select id from session where ended_at is null')

test('a session is moved only where the Administrator allows it, also when the button was shown before', async (t) => {
  const system = await startNodes(t)
  const { person, first } = await someoneLoggedIn(system)
  const answer = await system.browser().logIn(person.username, person.password)
  assert.equal(answer.status, 409)
  assert.doesNotMatch(answer.body, /log in here/)
  await setRules(system, { endOtherSession: true })
  const browser = await shown(system, person)
  await setRules(system, { endOtherSession: false })
  assert.equal((await browser.post('/take-over')).status, 409)
  assert.equal((await first.get('/home')).status, 200)
})

test('the other screen hears that the session was moved, when and to what device, and the person can say that it was not them', async (t) => {
  const system = await startNodes(t, 2)
  await setRules(system, { endOtherSession: true })
  const { person, first } = await someoneLoggedIn(system)
  const second = await shown(system, person, 1)
  assert.equal((await second.post('/take-over')).location, '/home')
  assert.equal((await second.get('/home')).status, 200)

  const api = await first.get('/api/session')
  assert.equal(api.status, 401)
  const { values } = JSON.parse(api.body) as { values: { reason: string; text: string } }
  assert.equal(values.reason, 'moved')
  assert.match(values.text, /moved to another device\. That was on .* on Firefox.*, at the address 127\.0\.0\.1/)
  assert.equal((await first.get('/home')).location, '/login?next=%2Fhome')
  assert.match((await first.get('/login')).body, /moved to another device[\s\S]*This was not me/)
  assert.equal((await first.post('/not-me')).location, '/login?told')
  assert.match((await first.get('/login?told')).body, /Your supervisors find it on your account/)
  assert.doesNotMatch((await first.get('/login')).body, /This was not me/)
  await first.post('/not-me')
  assert.equal((await system.sql("select id from audit_event where event = 'session_move_disputed'")).length, 1)
  assert.equal((await second.get('/home')).status, 200)
  const stranger = system.browser()
  await stranger.get('/login')
  assert.equal((await stranger.post('/not-me')).location, '/login?told')
})

test('that it was not me is said once, however often the button is pressed at the same moment', async (t) => {
  const system = await startNodes(t, 2)
  await setRules(system, { endOtherSession: true })
  const { person, first } = await someoneLoggedIn(system)
  assert.equal((await (await shown(system, person, 1)).post('/take-over')).location, '/home')
  assert.match((await first.get('/login')).body, /This was not me/)
  await system.race('session', [() => first.post('/not-me'), () => first.post('/not-me'), () => first.post('/not-me')])
  assert.equal((await system.sql("select id from audit_event where event = 'session_move_disputed'")).length, 1)
})

test('cve-C07 the button works once, for a minute, with the same credentials, and only in the browser that was shown it', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { endOtherSession: true })
  const { person, first } = await someoneLoggedIn(system)
  const late = await shown(system, person)
  await system.sql("update sign_in set expires_at = expires_at - interval '61 seconds'")
  assert.match((await late.post('/take-over')).body, /This login has expired/)
  const other = await shown(system, person)
  await system.sql('update account set credential_version = credential_version + 1')
  assert.match((await other.post('/take-over')).body, /This login has expired/)
  const stranger = system.browser()
  await stranger.get('/login')
  assert.match((await stranger.post('/take-over')).body, /This login has expired/)
  assert.equal((await first.get('/home')).status, 200)

  const twice = await shown(system, person)
  const copy = system.browser()
  for (const [name, value] of twice.cookies) copy.cookies.set(name, value)
  copy.formToken = twice.formToken
  copy.hidden = new Map(twice.hidden)
  const answers = await system.race('sign_in', [() => twice.post('/take-over'), () => copy.post('/take-over')], 1)
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 403])
  assert.equal((await liveOnes(system)).length, 1)
})

test('cve-C07 the token of a move does not choose a password, and that of a choice does not move', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { endOtherSession: true })
  const { person } = await someoneLoggedIn(system)
  const mover = await shown(system, person)
  const chosen = { newPassword: 'walnut drifts over 7 copper rails', newPasswordAgain: 'walnut drifts over 7 copper rails' }
  assert.equal((await mover.post('/choose-password', { ...chosen, username: person.username })).status, 403)
  const fresh = await system.addAccount({ password: 'initial' })
  const chooser = system.browser()
  await chooser.logIn(fresh.username, fresh.password)
  assert.equal((await chooser.post('/take-over')).status, 403)
  assert.equal((await liveOnes(system)).length, 1)
})

test('a session that has ended or was replaced meanwhile is not ended for another one: the login looks anew', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { endOtherSession: true })
  const { person, first } = await someoneLoggedIn(system)
  const slow = await shown(system, person)
  const quick = await shown(system, person)
  assert.equal((await quick.post('/take-over')).location, '/home')
  const again = await slow.post('/take-over')
  assert.equal(again.status, 409)
  assert.match(again.body, /Firefox/)
  assert.equal((await quick.get('/home')).status, 200)
  assert.equal((await slow.post('/take-over')).location, '/home', 'now it was shown this one')
  assert.equal((await quick.get('/home')).status, 303)
  assert.equal((await first.get('/home')).status, 303)

  const next = await shown(system, person)
  await endAccountSession(system, system.main, person.username)
  assert.equal((await next.post('/take-over')).location, '/home')
  assert.equal((await liveOnes(system)).length, 1)
})

test('cve-C35 a session that is moved hands its seat on: nobody takes it in between, and nobody needs another one', async (t) => {
  const system = await startNodes(t, 2, wide)
  await setRules(system, { endOtherSession: true })
  const people = []
  for (let i = 0; i < 6; i += 1) people.push(await someoneLoggedIn(system))
  await changeSeats(system.database, system.main, { seats: 6 })
  const movers: Browser[] = []
  for (const { person } of people) movers.push(await shown(system, person, movers.length % 2))
  const others: Browser[] = []
  for (let i = 0; i < 6; i += 1) others.push(system.browser(i % 2))
  const strangers = await Promise.all(
    others.map(async (browser) => {
      await browser.get('/login')
      return { browser, account: await system.addAccount() }
    }),
  )
  const answers = await system.race(
    'session',
    [
      ...movers.map((browser) => () => browser.post('/take-over')),
      ...strangers.map(
        ({ browser, account: { username, password } }) =>
          () =>
            browser.post('/login', { username, password }),
      ),
    ],
    6,
  )
  assert.equal(answers.slice(0, 6).filter(({ location }) => location === '/home').length, 6)
  assert.equal(answers.slice(6).filter(({ body }) => /All seats are in use/.test(body)).length, 6)
  assert.equal((await liveOnes(system)).length, 6)
})

test('cve-C35 a move whose session ended when all seats were taken meets the same limit as any login', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { endOtherSession: true })
  const { person, first } = await someoneLoggedIn(system)
  await changeSeats(system.database, system.main, { seats: 1 })
  const mover = await shown(system, person)
  await first.get('/home')
  await first.post('/log-out')
  const other = await system.addAccount()
  assert.equal((await system.browser().logIn(other.username, other.password)).location, '/home')
  const answer = await mover.post('/take-over')
  assert.equal(answer.status, 409)
  assert.match(answer.body, /All seats are in use/)
})
