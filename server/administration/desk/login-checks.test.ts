import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { get, loggedIn, loginChecksOf, startFloor } from '../../../test/floor.ts'
import { goodPassword } from '../../../test/nodes.ts'
import { setRules } from '../../../test/set-rules.ts'
import { replaceByInitialPassword, setPassword } from '../../authenticators/passwords/passwords.ts'
import { attemptKey } from '../../authenticators/passwords/prove-password.ts'
import { lockAccount } from '../../directory/accounts/accounts.ts'
import { changeSeats } from '../../sessions/sessions.ts'

type Checks = {
  outcome: string
  checks: {
    check: string
    answer: string
    code: string | null
    at: string | null
    words: string | null
    mend: { act: string; permitted: boolean } | null
  }[]
  ownBrowserIsFree: boolean
  mayGivePassword: boolean
}

/** What a login answers, and what the audit says of it, where the desk says this. */
const meets: Record<string, { status: number; says: string }> = {
  attempts_used_up: { status: 401, says: 'waiting' },
  locked: { status: 401, says: 'waiting' },
  disabled: { status: 401, says: 'disabled' },
  no_password: { status: 401, says: 'no_password' },
  not_yet_valid: { status: 403, says: 'not_yet_valid' },
  no_longer_valid: { status: 403, says: 'no_longer_valid' },
  outside_hours: { status: 403, says: 'outside_hours' },
  initial_password_expired: { status: 403, says: 'initial_password_expired' },
  initial_password: { status: 303, says: 'initial_password' },
  password_expired: { status: 303, says: 'password_expired' },
  already_logged_in: { status: 409, says: 'already_logged_in' },
  no_seat: { status: 409, says: 'no_seat' },
  logs_in: { status: 303, says: 'login' },
}

const days = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const rarely = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, ...others.map((other) => ({ weight: 1, arbitrary: fc.constant(other) })))

const states = fc.record({
  failures: rarely(0, 4, 99, 100),
  waitMinutes: rarely<number | null>(null, -1, 10),
  enabled: rarely(true, false),
  password: rarely('lasting', 'old', 'initial', 'late initial', 'given', 'late given', 'none'),
  validFrom: rarely<string | null>(null, days(-2), days(2)),
  validUntil: rarely<string | null>(null, days(-1), days(3)),
  hours: rarely<'always' | 'all day' | 'never'>('always', 'all day', 'never'),
  session: rarely<'none' | 'live' | 'silent' | 'idle'>('none', 'live', 'silent', 'idle'),
  seats: rarely<number | null>(null, 0, 1, 2, 3),
})

test('what the desk says is what a login with the right password meets: random states of an account', async (t) => {
  const { system, admin, supervisor, ana, ben } = await startFloor(t)
  await setRules(system, { expiryDays: 30 })
  const boss = await loggedIn(system, admin)
  await loggedIn(system, supervisor)
  await loggedIn(system, ben)
  const [{ hash } = { hash: '' }] = await system.sql<{ hash: string }>('select hash from password where account_id = $1', [
    ana.id,
  ])
  const allDay = JSON.stringify(
    Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]])),
  )
  // What somebody else waits for says nothing of her.
  await system.sql(
    "insert into login_attempt (instance_id, username_hash, failures, wait_until) values ($1, 'x', 9, now() + interval '1 day')",
    [system.main.id],
  )
  const seen = new Map<string, number>()

  /** Brings the account into a state, and returns the password that is right for it. */
  async function arrange(state: typeof states extends fc.Arbitrary<infer State> ? State : never): Promise<string> {
    let right = goodPassword
    await system.sql(
      'with gone as (delete from session where account_id = $1 returning id) delete from audit_event where session_id in (select id from gone)',
      [ana.id],
    )
    await system.database.in(system.main, async (tx) => {
      const account = (await lockAccount(tx, ana.id))!
      if (/initial/.test(state.password)) right = (await replaceByInitialPassword(tx, system, account)).initialPassword
      else await setPassword(tx, system, account, hash)
    })
    if (/late/.test(state.password))
      await system.sql(
        "update password set initial_expires_at = now() - interval '1 minute' where initial_hash is not null and account_id = $1",
        [ana.id],
      )
    if (/given/.test(state.password))
      await system.sql(
        `update password set changed_at = null, must_change_by = now() + make_interval(mins => $2) where account_id = $1`,
        [ana.id, state.password === 'given' ? 5 : -5],
      )
    if (state.password === 'old')
      await system.sql("update password set changed_at = now() - interval '31 days' where account_id = $1", [ana.id])
    if (state.password === 'none') await system.sql('delete from password where account_id = $1', [ana.id])
    if (state.failures > 0)
      await system.sql(
        `insert into login_attempt (instance_id, username_hash, account_id, failures, wait_until) values ($1, $2, $3, $4, now() + make_interval(mins => $5))`,
        [system.main.id, attemptKey(system.keys, 'ana'), ana.id, state.failures, state.waitMinutes],
      )
    await system.sql('update account set enabled = $2, valid_from = $3, valid_until = $4, login_hours = $5 where id = $1', [
      ana.id,
      state.enabled,
      state.validFrom,
      state.validUntil,
      { always: null, 'all day': allDay, never: '{}' }[state.hours],
    ])
    if (state.session !== 'none') {
      await system.sql(
        "insert into session (instance_id, account_id, token_hash, address, device) values ($1, $2, sha256(gen_random_uuid()::text::bytea), '192.0.2.1', 'Firefox')",
        [system.main.id, ana.id],
      )
      const silent = { silent: 'last_seen_at', idle: 'last_active_at' }[state.session as 'silent' | 'idle']
      if (silent) await system.sql(`update session set ${silent} = now() - interval '1 day' where account_id = $1`, [ana.id])
    }
    // Two others are logged in besides the Administrator, who looks.
    await changeSeats(system.database, system.main, { seats: state.seats === null ? null : 2 + state.seats })
    return right
  }

  const counts =
    'select (select count(*) from audit_event)::int as audit, (select count(*) from session)::int as sessions, (select coalesce(sum(failures), 0) from login_attempt)::int as failures, (select at_most from seat_count) as seats'
  await fc.assert(
    fc.asyncProperty(states, async (state) => {
      const password = await arrange(state)
      const before = await system.sql(counts)
      const { outcome, checks } = await loginChecksOf<Checks>(boss, ana.id)
      assert.deepEqual(await system.sql(counts), before, 'looking changes nothing')
      const { people } = await get<{ people: { id: string; states: { state: string }[] }[] }>(boss, '/api/desk?search=ana')
      const person = people.find(({ id }) => id === ana.id)
      const answer = await system.browser().logIn('ana', password)
      const [event] = await system.sql<{ event: string; reason: string | null }>(
        "select event, detail->>'reason' as reason from audit_event where account_id = $1 and event like 'login%' order by at desc, id desc limit 1",
        [ana.id],
      )
      const { status, says } = meets[outcome]!
      assert.deepEqual([answer.status, event!.reason ?? event!.event], [status, says], JSON.stringify({ state, outcome, checks }))
      // At a glance: what is first in the way, but for a missing password, which hides behind what is wrong with the account.
      const glance = person!.states[0]?.state ?? 'logs_in'
      if (outcome !== 'no_password' && state.password !== 'none')
        assert.equal(glance === 'logged_in' ? 'already_logged_in' : glance, outcome)
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    }),
    { numRuns: Number(process.env.RUNS ?? 60), seed: 7 },
  )
  await system.sql('update account set enabled = true where id = $1', [ana.id])
  assert.deepEqual(
    Object.keys(meets).filter((each) => !seen.has(each)),
    [],
    'each outcome is met',
  )
})

test('asvs-8.2.2 the desk shows and mends within reach only, each with the permission that it takes', async (t) => {
  const { system, supervisor, admin, ana, ben, north } = await startFloor(t)
  const lead = await loggedIn(system, supervisor)
  const agent = await loggedIn(system, ana)
  const found = async (search: string) =>
    (await get<{ people: { username: string; mayAct: boolean }[] }>(lead, `/api/desk?search=${search}`)).people
  assert.deepEqual(
    (await found('an')).map(({ username }) => username),
    ['ana'],
  )
  assert.deepEqual(await found('ben'), [])
  assert.equal((await lead.get('/api/desk?search=a')).status, 400, 'from two letters on')
  assert.equal((await agent.get('/api/desk?search=an')).status, 403)
  assert.equal((await lead.sendJson('POST', `/api/accounts/${ben.id}/login-checks`)).status, 404)
  await agent.post('/log-out')
  await system.sql('update account set enabled = false, disabled_reason = $2 where id = $1', [ana.id, 'on leave'])
  const { checks, mayGivePassword, outcome } = await loginChecksOf<Checks>(lead, ana.id)
  const enabled = checks.find(({ check }) => check === 'enabled')!
  assert.deepEqual(
    [outcome, enabled.words, enabled.mend, mayGivePassword],
    ['disabled', 'on leave', { act: 'enable', permitted: false }, true],
  )
  await system.sql('update account set team_id = $1 where id = $2', [north.id, admin.id])
  const [other] = await found('boss')
  assert.equal(other!.mayAct, false)
  assert.equal((await loginChecksOf<Checks>(lead, admin.id)).mayGivePassword, false)
  for (const [id, code] of [
    [ben.id, 'account_not_found'],
    [admin.id, 'beyond_your_permissions'],
    [supervisor.id, 'own_account'],
  ])
    assert.equal(JSON.parse((await lead.sendJson('POST', `/api/accounts/${id}/unlock`)).body).code, code)
  assert.equal((await lead.sendJson('POST', `/api/accounts/${ana.id}/extend-validity`, { days: 1 })).status, 403)
})

test('a wait of the address is told as far as it is known: for the one from which is asked', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  const lead = await loggedIn(system, supervisor)
  const address = async () => {
    const { checks, outcome } = await loginChecksOf<Checks>(lead, ana.id)
    assert.equal(outcome, 'logs_in')
    return checks[0]!
  }
  assert.equal((await address()).code, 'address_unknown')
  await system.sql(
    "insert into address_attempt (instance_id, address, window_started_at, wrong) values ($1, '127.0.0.1', date_bin('10 minutes', now(), timestamptz '2000-01-01'), 300)",
    [system.main.id],
  )
  const { answer, code, at } = await address()
  assert.deepEqual([answer, code], ['stops', 'address_waits'])
  assert.ok(new Date(at!).getTime() - Date.now() <= 600_000)
})
