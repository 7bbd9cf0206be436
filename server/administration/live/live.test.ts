import assert from 'node:assert/strict'
import { test } from 'node:test'
import { get, loggedIn, startFloor } from '../../../test/floor.ts'
import { openMetrics } from '../../platform/metrics.ts'
import { changeSeats } from '../../sessions/sessions.ts'
import { readSeatsOfAll, watchSeats } from './live.ts'

type List = { sessions: { accountId: string; username: string; mayEnd: boolean }[]; total: number; reachesAllTeams: boolean }
const names = ({ sessions }: List) => sessions.map(({ username }) => username).sort()

test('asvs-8.2.2 a supervisor sees the sessions of the own teams, an Administrator all; those that have outlived themselves are not there', async (t) => {
  const { system, admin, supervisor, ana, ben, north } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const lead = await loggedIn(system, supervisor)
  const agent = await loggedIn(system, ana)
  await loggedIn(system, ben)
  const all = await get<List>(boss, '/api/sessions')
  assert.deepEqual([names(all), all.total, all.reachesAllTeams], [['ana', 'ben', 'boss', 'super'], 4, true])
  assert.equal(all.sessions.find(({ username }) => username === 'boss')!.mayEnd, false, 'not the own one')
  assert.deepEqual(names(await get<List>(lead, '/api/sessions')), ['ana'])
  assert.deepEqual(names(await get<List>(boss, `/api/sessions?team=${north.id}`)), ['ana'])
  assert.deepEqual(names(await get<List>(boss, '/api/sessions?team=none')), ['boss', 'super'])
  assert.deepEqual(names(await get<List>(boss, '/api/sessions?search=ortiz')), ['ben'])
  assert.deepEqual(names(await get<List>(boss, '/api/sessions?size=1&page=2&sort=fullName')).length, 1)
  assert.equal((await agent.get('/api/sessions')).status, 403)
  assert.equal((await agent.get('/api/seats')).status, 403)
  await system.sql("update session set last_seen_at = now() - interval '121 seconds' where account_id = $1", [ben.id])
  assert.deepEqual(names(await get<List>(boss, '/api/sessions')), ['ana', 'boss', 'super'])
})

test('asvs-7.4.5 who ends a session says why, and the ended screen shows it; out of reach, with more permissions or one’s own it is refused', async (t) => {
  const { system, admin, supervisor, ana, ben } = await startFloor(t, 2)
  const boss = await loggedIn(system, admin)
  const lead = await loggedIn(system, supervisor, 1)
  const agent = await loggedIn(system, ana)
  const other = await loggedIn(system, ben)
  const end = async (accountIds: string[], reason = '') =>
    JSON.parse((await lead.sendJson('POST', '/api/sessions/end', { accountIds, reason })).body) as {
      done: number
      refused: { code: string }[]
    }
  assert.deepEqual(await end([ana.id], ' Shift is over '), { done: 1, refused: [] })
  const answer = JSON.parse((await agent.get('/api/session')).body) as { values: { reason: string; text: string } }
  assert.equal(answer.values.reason, 'ended_by_supervisor')
  assert.match(answer.values.text, /a supervisor ended your session\. .* Reason: Shift is over$/)
  assert.match((await agent.get('/login')).body, /Reason: Shift is over/)
  const refused = await end([ana.id, ben.id, supervisor.id])
  assert.deepEqual([refused.done, refused.refused.map(({ code }) => code)], [0, ['account_not_found', 'own_account']])
  assert.equal((await other.get('/home')).status, 200)
  await system.sql('update account set team_id = (select team_id from account where id = $1) where username = $2', [
    ana.id,
    'boss',
  ])
  assert.deepEqual(
    (await end([(await get<{ accountId: string }>(boss, '/api/session')).accountId])).refused[0]!.code,
    'beyond_your_permissions',
  )
  assert.equal((await other.sendJson('POST', '/api/sessions/end', { accountIds: [ana.id], reason: '' })).status, 403)
  assert.deepEqual(
    await system.sql("select detail->>'note' as note from audit_event where detail->>'reason' = 'ended_by_supervisor'"),
    [{ note: 'Shift is over' }],
  )
})

test('of many who end the same session one does, and for the others there is nothing left to do', async (t) => {
  const { system, admin, ana } = await startFloor(t, 2)
  const boss = await loggedIn(system, admin)
  await loggedIn(system, ana)
  const answers = await system.race(
    'session',
    Array.from({ length: 4 }, () => () => boss.sendJson('POST', '/api/sessions/end', { accountIds: [ana.id], reason: '' })),
  )
  assert.equal(answers.filter(({ body }) => (JSON.parse(body) as { done: number }).done === 1).length, 1)
  assert.equal((await system.sql("select id from audit_event where event = 'session_ended'")).length, 1)
})

test('the figures of the day: in use, the most at once, refused, by quarter of an hour; the same for Prometheus', async (t) => {
  const { system, admin, ana, ben, supervisor } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  await changeSeats(system.database, system.main, { seats: 3 })
  const agent = await loggedIn(system, ana)
  await loggedIn(system, ben)
  assert.equal((await system.browser().logIn(supervisor.username, supervisor.password)).status, 409)
  await agent.post('/log-out')
  const seats = await get<{
    inUse: number
    peakToday: number
    refusalsToday: number
    quarters: { peak: number; refusals: number }[]
  }>(boss, '/api/seats')
  assert.deepEqual([seats.inUse, seats.peakToday, seats.refusalsToday], [2, 3, 1])
  assert.equal(Math.max(...seats.quarters.map(({ peak }) => peak)), 3)
  assert.equal(
    seats.quarters.reduce((sum, { refusals }) => sum + refusals, 0),
    1,
  )
  const metrics = openMetrics()
  watchSeats(metrics, () => readSeatsOfAll(system.database))
  const text = await metrics.registry.metrics()
  for (const line of ['seats"} 3', 'reserve"} 1', 'in_use"} 2', 'peak_today"} 3', 'refusals_today"} 1'])
    assert.ok(text.includes(`gatehouse_seats{instance="main",figure="${line}`), text)
})

test('asvs-7.4.5 all sessions end at once but the own, those beyond reach or permission, and those that begin meanwhile', async (t) => {
  const { system, admin, supervisor, ana, ben, north } = await startFloor(t, 2)
  const boss = await loggedIn(system, admin)
  const lead = await loggedIn(system, supervisor, 1)
  const agent = await loggedIn(system, ana)
  const other = await loggedIn(system, ben)
  // Somebody of the lead's team who may more than the lead.
  const above = await system.addAccount({ username: 'above', profile: 'Administrator' })
  await system.sql('update account set team_id = $1 where id = $2', [north.id, above.id])
  const high = await loggedIn(system, above)
  const endAll = async (who: typeof boss) =>
    JSON.parse((await who.sendJson('POST', '/api/sessions/end-all', { reason: ' Fire drill ' })).body)
  const living = async (...browsers: (typeof boss)[]) =>
    Promise.all(browsers.map(async (each) => (await each.get('/api/session')).status))
  assert.equal((await agent.sendJson('POST', '/api/sessions/end-all', { reason: '' })).status, 403)

  assert.deepEqual(await endAll(lead), { done: 1 })
  assert.deepEqual(await living(agent, other, high, lead, boss), [401, 200, 200, 200, 200])
  assert.match((await agent.get('/login')).body, /Reason: Fire drill/)
  assert.deepEqual(await endAll(boss), { done: 3 })
  assert.deepEqual(await living(other, high, lead, boss), [401, 401, 401, 200])
  assert.deepEqual(
    await system.sql(
      "select a.username, e.detail, host(e.address) as address from audit_event e join session s on s.id = e.session_id join account a on a.id = s.account_id where e.event = 'session_ended' and e.actor_account_id = (select id from account where username = 'boss') order by 1",
    ),
    ['above', 'ben', 'super'].map((username) => ({
      username,
      detail: { reason: 'ended_by_supervisor', note: 'Fire drill', device: '' },
      address: '127.0.0.1',
    })),
  )
  // What begins after it was asked for lives on.
  const back = system.browser()
  await back.logIn(ana.username, ana.password)
  await system.sql("update session set started_at = now() + interval '1 second' where account_id = $1 and ended_at is null", [
    ana.id,
  ])
  assert.deepEqual(await endAll(boss), { done: 0 })
  assert.deepEqual(await living(back), [200])
})

test('of two who end all, each session is ended by one, and recorded once', async (t) => {
  const { system, admin } = await startFloor(t, 2)
  const second = await system.addAccount({ username: 'boss2', profile: 'Administrator' })
  const browsers = [await loggedIn(system, admin), await loggedIn(system, second, 1)]
  await system.sql(
    `with made as (insert into account (instance_id, username, username_key, full_name, profile_id)
       select $1, 'p' || n, 'p' || n, 'P', (select id from profile where name = 'Agent') from generate_series(1, 2500) n returning id),
     begun as (insert into session (instance_id, account_id, token_hash, address, device)
       select $1, id, sha256(id::text::bytea), '10.0.0.1', '' from made returning id, account_id)
     insert into audit_event (instance_id, event, actor_kind, account_id, session_id) select $1, 'login', 'account', account_id, id from begun`,
    [system.main.id],
  )
  // The two end each other as well; whoever is first among the first thousand.
  const answers = await system.race(
    'session',
    browsers.map((each) => () => each.sendJson('POST', '/api/sessions/end-all', { reason: '' })),
  )
  const done = answers.map(({ body }) => (JSON.parse(body) as { done?: number }).done ?? 0)
  const [ended] = await system.sql<{ events: number; sessions: number; agents: number }>(
    "select count(*)::int as events, count(distinct session_id)::int as sessions, count(*) filter (where a.username like 'p%')::int as agents from audit_event e join account a on a.id = e.account_id where event = 'session_ended'",
  )
  assert.equal(ended!.agents, 2500)
  assert.equal(ended!.events, ended!.sessions)
  assert.equal(done[0]! + done[1]!, ended!.events)
})

test('the seats of the same day of the last week are counted as those of today', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  await system.sql(
    `insert into session (instance_id, account_id, token_hash, started_at, last_seen_at, last_active_at, ended_at, end_reason, address, device)
     select instance_id, id, sha256(username::bytea), begins + interval '1 hour', begins + interval '2 hours', begins + interval '2 hours',
       begins + interval '2 hours', 'logged_out', '10.0.0.1', '' from account, (select date_trunc('day', now()) - interval '7 days' as begins) d
     where id = $1`,
    [ana.id],
  )
  await system.sql(
    "insert into audit_event (instance_id, event, actor_kind, account_id, session_id, detail) select instance_id, e, 'account', account_id, id, jsonb_build_object('reason', 'logged_out') from session, unnest('{login,session_ended}'::text[]) e where end_reason = 'logged_out'",
  )
  const lead = await loggedIn(system, supervisor)
  const { quarters } = await get<{ quarters: { from: string; peak: number }[] }>(lead, '/api/seats/week-ago')
  assert.equal(quarters.length, 96)
  assert.deepEqual(
    quarters.flatMap(({ peak }, i) => (peak > 0 ? [i] : [])),
    [4, 5, 6, 7, 8],
  )
  const today = await get<{ quarters: { peak: number }[] }>(lead, '/api/seats')
  assert.equal(Math.max(...today.quarters.map(({ peak }) => peak)), 1)
})

test('asvs-8.2.2 the sessions of an account are for whoever reaches it and may see sessions, where they are now too', async (t) => {
  const { system, admin, supervisor, ana, ben } = await startFloor(t)
  const lead = await loggedIn(system, supervisor)
  const boss = await loggedIn(system, admin)
  const agent = await loggedIn(system, ana)
  await agent.post('/log-out')
  await loggedIn(system, ana)
  await loggedIn(system, ben)
  type Sessions = { sessions: { endedAt: string | null; endReason: string | null }[] }
  const { sessions } = await get<Sessions>(lead, `/api/accounts/${ana.id}/sessions`)
  assert.deepEqual(
    sessions.map(({ endReason }) => endReason),
    [null, 'logged_out'],
  )
  assert.deepEqual((await get<Sessions>(lead, `/api/accounts/${ben.id}/sessions`)).sessions, [], 'of another team')
  assert.equal((await get<Sessions>(boss, `/api/accounts/${ben.id}/sessions`)).sessions.length, 1)
  type Seen = { session: { device: string } | null }
  assert.ok((await get<Seen>(lead, `/api/accounts/${ana.id}`)).session)
  const listed = async () => (await get<{ accounts: Seen[] }>(lead, '/api/accounts?search=ana')).accounts[0]!.session
  assert.ok(await listed())
  await system.sql("update profile set permissions = array_remove(permissions, 'sessions.view') where name = 'Supervisor'")
  assert.equal((await get<Seen>(lead, `/api/accounts/${ana.id}`)).session, null)
  assert.equal(await listed(), null)
  assert.equal((await lead.get(`/api/accounts/${ana.id}/sessions`)).status, 403)
})
