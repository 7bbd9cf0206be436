// What can hold a sign-in up is a list, and no path goes round it. The step of these tests exists only here.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { giveSheet } from '../../test/factors.ts'
import { get, loggedIn, loginChecksOf } from '../../test/floor.ts'
import { goodPassword, startNodes, type TestAccount, type TestSystem } from '../../test/nodes.ts'
import { setRules } from '../../test/set-rules.ts'
import { endAccountSession } from '../operator/end-account-session.ts'
import { html } from '../platform/page.ts'
import { type Step, steps } from './sign-in.ts'

const newPassword = 'seven lanterns beneath a slow tram'
const choice = { newPassword, newPasswordAgain: newPassword }

/** Holds up whoever is called `held…`; in the place that is asked for. */
function startWith(t: TestContext, usual: 'open_steps' | undefined, place: number): Promise<TestSystem> {
  const testStep: Step = {
    name: 'test_only',
    usual,
    hold: ({ account }) =>
      (usual === 'open_steps' ? account.openSteps.includes('test_only') : account.username.startsWith('held'))
        ? { code: 'test_only', answer: 'stops' }
        : undefined,
    page: { status: 403, show: () => ({ title: 'Held by the test', body: html`<h1>Held by the test</h1>` }) },
    mend: () => null,
  }
  return startNodes(t, 1, {}, steps.toSpliced(place, 0, testStep))
}

/** Each path that ends in a session, up to its last request. */
const paths: Record<
  string,
  (
    system: TestSystem,
  ) => Promise<{ account: TestAccount; last: () => Promise<{ status: number; body: string; location: string | undefined }> }>
> = {
  async 'a login'(system) {
    const account = await system.addAccount({ username: 'held-login' })
    return { account, last: () => system.browser().logIn(account.username, account.password) }
  },
  async 'a login with dates'(system) {
    const account = await system.addAccount({ username: 'held-dates' })
    await system.sql("update account set valid_from = '2020-01-01' where id = $1", [account.id])
    return { account, last: () => system.browser().logIn(account.username, account.password) }
  },
  async 'choosing a password'(system) {
    const account = await system.addAccount({ username: 'held-choice', password: 'initial' })
    const browser = system.browser()
    return {
      account,
      async last() {
        const answer = await browser.logIn(account.username, account.password)
        return answer.location === '/choose-password' ? browser.post('/choose-password', choice) : answer
      },
    }
  },
  async 'taking over'(system) {
    const account = await system.addAccount({ username: 'moves' })
    await loggedIn(system, account)
    const browser = system.browser()
    assert.equal((await browser.logIn(account.username, account.password)).status, 409)
    await system.sql("update account set username = 'held-mover' where id = $1", [account.id])
    return { account, last: () => browser.post('/take-over') }
  },
  async 'proving again who one is'(system) {
    const account = await system.addAccount({ username: 'proves' })
    const browser = await loggedIn(system, account)
    await system.sql("update account set username = 'held-prover', username_key = 'held-prover' where id = $1", [account.id])
    await browser.get('/login?again')
    return { account, last: () => browser.post('/login', { username: 'held-prover', password: account.password }) }
  },
}

for (const [name, path] of Object.entries(paths)) {
  for (const place of [0, steps.length]) {
    test(`a step that nobody made fast holds up ${name}, wherever it stands in the list (${place})`, async (t) => {
      const system = await startWith(t, undefined, place)
      await setRules(system, { endOtherSession: true })
      const { account, last } = await path(system)
      const sessions = () =>
        system.sql('select id, token_hash, auth_time from session where account_id = $1 and ended_at is null', [account.id])
      const before = await sessions()
      const answer = await last()
      assert.equal(answer.status, 403)
      assert.match(answer.body, /Held by the test/)
      assert.deepEqual(await sessions(), before, 'no session starts, ends or is renewed')
      const [{ reason } = { reason: '' }] = await system.sql<{ reason: string }>(
        "select detail->>'reason' as reason from audit_event where event = 'login_refused' and account_id = $1 order by id desc limit 1",
        [account.id],
      )
      assert.equal(reason, 'test_only')
    })
  }
}

for (const [name, path] of Object.entries(paths)) {
  test(`asvs-6.3.4 cve-C08 ${name} meets the second factor and, after a reset, the enrolment: no session starts or is renewed`, async (t) => {
    const system = await startNodes(t)
    await setRules(system, { endOtherSession: true })
    const { account, last } = await path(system)
    await giveSheet(system, account.id)
    const sessions = () =>
      system.sql('select id, token_hash, auth_time from session where account_id = $1 and ended_at is null', [account.id])
    const before = await sessions()
    assert.equal((await last()).location, '/second-factor')
    assert.deepEqual(await sessions(), before)
    await system.sql(
      "update factor set state = 'disabled', disabled_at = now(), disabled_reason = 'reset' where account_id = $1",
      [account.id],
    )
    const browser = system.browser()
    const [{ username }] = (await system.sql<{ username: string }>('select username from account where id = $1', [
      account.id,
    ])) as [{ username: string }]
    await system.sql('update account set username_key = username where id = $1', [account.id])
    assert.equal((await browser.logIn(username, account.password)).location, '/enrolment')
    assert.deepEqual(await sessions(), before)
  })
}

test('the usual login asks only whether a step is open for the account, and looks closer where one is', async (t) => {
  const system = await startWith(t, 'open_steps', steps.length)
  const free = await system.addAccount()
  const held = await system.addAccount()
  await system.sql("update account set open_steps = '{test_only}' where id = $1", [held.id])
  assert.equal((await system.browser().logIn(free.username, free.password)).location, '/home')
  assert.match((await system.browser().logIn(held.username, held.password)).body, /Held by the test/)
  assert.deepEqual(await system.sql('select account_id from session'), [{ account_id: free.id }])
})

test('the desk names a step that it has never heard of', async (t) => {
  const system = await startWith(t, undefined, 1)
  const admin = await system.addAccount({ profile: 'Administrator' })
  const held = await system.addAccount({ username: 'held-one' })
  const boss = await loggedIn(system, admin)
  type Checks = { outcome: string; checks: { check: string; answer: string; code: string | null }[] }
  const { outcome, checks } = await loginChecksOf<Checks>(boss, held.id)
  assert.equal(outcome, 'test_only')
  assert.deepEqual(
    checks.map(({ check }) => check),
    [
      'address',
      'attempts',
      'enabled',
      'password',
      ...steps.toSpliced(1, 0, { ...steps[0]!, name: 'test_only' }).map(({ name }) => name),
    ],
  )
  assert.deepEqual(
    checks.filter(({ answer }) => answer !== 'passes' && answer !== 'unknown').map(({ check, code }) => [check, code]),
    [['test_only', 'test_only']],
  )
})

test('dates and hours open their step, whoever sets them; and neither can be there without it', async (t) => {
  const system = await startNodes(t)
  const { id } = await system.addAccount()
  const openSteps = async () =>
    (await system.sql<{ open_steps: string[] }>('select open_steps from account where id = $1', [id]))[0]!.open_steps
  for (const [set, unset] of [
    ["valid_from = '2020-01-01'", 'valid_from = null'],
    ["valid_until = '2099-01-01'", 'valid_until = null'],
    ["login_hours = '{}'", 'login_hours = null'],
  ] as const) {
    await system.sql(`update account set ${set} where id = $1`, [id])
    assert.deepEqual(await openSteps(), ['account_window'], set)
    await system.sql("update account set open_steps = '{}' where id = $1", [id])
    assert.deepEqual(await openSteps(), ['account_window'], 'who forgets it changes nothing')
    await system.sql("update account set open_steps = '{test_only}' where id = $1", [id])
    assert.deepEqual(await openSteps(), ['test_only', 'account_window'])
    await system.sql(`update account set ${unset}, open_steps = '{}' where id = $1`, [id])
    assert.deepEqual(await openSteps(), [])
  }
  await system.sql('alter table account disable trigger account_window_opens')
  await assert.rejects(system.sql("update account set valid_until = '2020-01-01' where id = $1", [id]), /account_window_is_open/)
})

test('asvs-7.2.4 who is logged in proves again who they are: the same session, a new secret, a fresh time', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  const browser = await loggedIn(system, { username, password })
  await system.sql("update session set auth_time = auth_time - interval '1 hour', started_at = started_at - interval '1 hour'")
  const [before] = await system.sql<{ id: string; auth_time: Date }>('select id, auth_time from session')
  const copy = system.browser()
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value)

  const page = await browser.get('/login?again&next=/change-password')
  assert.match(page.body, /Is it still you\?[\s\S]*name="again"[\s\S]*readonly/)
  const wrong = await browser.post('/login', { username, password: 'wrong' })
  assert.equal(wrong.status, 401)
  assert.match(wrong.body, /name="again"/, 'it asks once more')
  assert.equal((await browser.get('/home')).status, 200, 'the session stays')
  const answer = await browser.post('/login', { username, password, next: '/change-password', again: 'yes' })
  assert.equal(answer.location, '/change-password')

  const [after] = await system.sql<{ id: string; auth_time: Date; amr: string[] }>('select id, auth_time, amr from session')
  assert.equal(after!.id, before!.id)
  assert.ok(after!.auth_time.getTime() - before!.auth_time.getTime() > 3_500_000)
  assert.deepEqual(after!.amr, ['pwd'])
  assert.equal((await browser.get('/home')).status, 200)
  assert.equal((await copy.get('/home')).status, 303, 'the secret of before is worth nothing')
  const session = await get<{ authTime: string; amr: string[] }>(browser, '/api/session')
  assert.deepEqual(session.amr, ['pwd'])
  assert.equal(new Date(session.authTime).getTime(), after!.auth_time.getTime())
  const events = await system.sql("select session_id from audit_event where event = 'proved_again' and account_id = $1", [id])
  assert.deepEqual(events, [{ session_id: before!.id }])
})

test('proving again is for whose session it is, and is a login where that has ended', async (t) => {
  const system = await startNodes(t)
  const one = await system.addAccount()
  const other = await system.addAccount()
  const browser = await loggedIn(system, one)
  await browser.get('/login?again')
  assert.equal((await browser.post('/login', { username: other.username, password: other.password, again: 'yes' })).status, 409)
  await browser.get('/login?again')
  await endAccountSession(system, system.main, one.username)
  const late = await browser.post('/login', { username: one.username, password: one.password, again: 'yes' })
  assert.equal(late.status, 403, 'its form was of that session')
  assert.equal((await browser.post('/login', { username: one.username, password: one.password })).location, '/home')
})

test('a proof that waits for a choice renews the session in which it was asked for', async (t) => {
  const system = await startNodes(t)
  const one = await system.addAccount()
  const browser = await loggedIn(system, one)
  const [{ id } = { id: '' }] = await system.sql<{ id: string }>('select id from session')
  await setRules(system, { expiryDays: 30 })
  await system.sql("update password set changed_at = now() - interval '31 days'")
  await browser.get('/login?again&next=/change-password')
  const asked = await browser.post('/login', {
    username: one.username,
    password: one.password,
    next: '/change-password',
    again: 'yes',
  })
  assert.equal(asked.location, '/choose-password')
  assert.equal((await browser.post('/choose-password', { username: one.username, ...choice })).location, '/change-password')
  assert.deepEqual(await system.sql('select id from session'), [{ id }])
})

test('a session keeps when its person proved who they are, on every path', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { endOtherSession: true })
  // Where a proof was moved to, in milliseconds from the time that the session keeps.
  const apart = async (step: string) =>
    (
      await system.sql<{ apart: number }>(
        `select round(1000 * extract(epoch from s.auth_time - (i.proofs -> 0 ->> 'at')::timestamptz))::int as apart
         from session s join sign_in i using (account_id) where s.ended_at is null and i.step = $1`,
        [step],
      )
    )[0]!.apart
  const first = await system.addAccount({ password: 'initial' })
  const browser = system.browser()
  await browser.logIn(first.username, first.password)
  await system.sql(`update sign_in set proofs = jsonb_set(proofs, '{0,at}', to_jsonb(now() - interval '10 minutes'))`)
  assert.equal((await browser.post('/choose-password', choice)).location, '/home')
  assert.ok(Math.abs(await apart('own_password')) <= 1, 'choosing a password is no proof')
  const elsewhere = system.browser()
  await elsewhere.logIn(first.username, newPassword)
  await system.sql(
    `update sign_in set proofs = jsonb_set(proofs, '{0,at}', to_jsonb(now() - interval '50 seconds')) where step = 'other_session'`,
  )
  assert.equal((await elsewhere.post('/take-over')).location, '/home')
  assert.ok(Math.abs(await apart('other_session')) <= 1)
})

test('two people’s pages in one browser: what a page names is what is changed', async (t) => {
  const system = await startNodes(t)
  const ana = await system.addAccount({ username: 'ana', password: 'initial' })
  const ben = await system.addAccount({ username: 'ben', password: 'initial' })
  const browser = system.browser()
  await browser.logIn('ana', ana.password)
  assert.match((await browser.get('/choose-password')).body, /value="ana"/)
  const anasPage = { ...browser.hidden.get('/choose-password') }
  await browser.logIn('ben', ben.password)
  assert.match((await browser.get('/choose-password')).body, /value="ben"/)

  const sent = await browser.post('/choose-password', { ...anasPage, username: 'ana', ...choice })
  assert.equal(sent.status, 409)
  assert.match(sent.body, /Another person’s page was opened here/)
  assert.deepEqual(await system.sql('select id from session'), [])
  assert.equal((await system.browser().logIn('ana', ana.password)).location, '/choose-password')
  assert.equal((await system.browser().logIn('ben', ben.password)).location, '/choose-password')
  assert.equal((await browser.post('/choose-password', { username: 'ben', ...choice })).location, '/home', 'Ben’s page goes on')

  await browser.post('/choose-password', { ...anasPage, username: 'ana', ...choice })
  assert.equal((await browser.logIn('ana', ana.password)).status, 409, 'Ben is logged in here')
  assert.match((await browser.get('/home')).body, /ben/)
})

test('a move is of the person whom its page names', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { endOtherSession: true })
  const ana = await system.addAccount({ username: 'ana', password: goodPassword })
  const ben = await system.addAccount({ username: 'ben', password: goodPassword })
  await loggedIn(system, ana)
  await loggedIn(system, ben)
  const browser = system.browser()
  assert.equal((await browser.logIn('ana', ana.password)).status, 409)
  const anasPage = { ...browser.hidden.get('/take-over') }
  assert.equal((await browser.logIn('ben', ben.password)).status, 409)
  assert.equal((await browser.post('/take-over', anasPage)).status, 409)
  assert.equal((await system.sql('select id from session where ended_at is null')).length, 2)
  assert.equal((await browser.post('/take-over', { signIn: '' })).status, 409, 'a page that names nobody')
})
