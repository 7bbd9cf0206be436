import assert from 'node:assert/strict'
import { test } from 'node:test'
import { get, loggedIn, startFloor } from '../../test/floor.ts'
import { openMetrics } from '../platform/metrics.ts'
import { changeSeats } from '../sessions/sessions.ts'
import { readSeatsOfAll } from './live.ts'

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
  metrics.watchSeats(() => readSeatsOfAll(system.database))
  const text = await metrics.registry.metrics()
  for (const line of ['seats"} 3', 'reserve"} 1', 'in_use"} 2', 'peak_today"} 3', 'refusals_today"} 1'])
    assert.ok(text.includes(`gatehouse_seats{instance="main",figure="${line}`), text)
})
