import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountGroups } from '../../../contracts/account-groups.ts'
import type { Browser } from '../../../test/browser.ts'
import { fields, get, loggedIn, startFloor } from '../../../test/floor.ts'
import { until } from '../../../test/nodes.ts'
import { namesOf } from '../../rules/rules.ts'
import { startOfShift } from './read-floor.ts'

type Floor = {
  teams: {
    name: string | null
    people: number
    inNow: number
    inYesterday: number
    inWeekAgo: number
    supervisorsIn: { id: string }[]
  }[]
  refusals: { cause: string; times: number }[]
  shiftStart: { logins: number[]; weekAgo: number[] } | null
}
type List = { accounts: { username: string }[]; total: number }

const groupsOf = async (browser: Browser) => {
  const { groups } = await get<{ groups: { group: string; count: number }[] }>(browser, '/api/accounts/groups')
  return Object.fromEntries(groups.filter(({ count }) => count > 0).map(({ group, count }) => [group, count]))
}
const peopleOf = async (browser: Browser, group: string) =>
  (await get<List>(browser, `/api/accounts?group=${group}`)).accounts.map(({ username }) => username).sort()

test('asvs-8.2.2 the floor counts who is in by team, now and at the same time of earlier days; a supervisor’s is that of the own teams', async (t) => {
  const { system, admin, supervisor, ana, ben } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const lead = await loggedIn(system, supervisor)
  const agent = await loggedIn(system, ana)
  await loggedIn(system, ben)
  const earlier = async (id: string, from: string, to: string) =>
    system.sql(
      `with s as (
         insert into session (instance_id, account_id, token_hash, address, device, started_at, ended_at, end_reason)
         values ($1, $2, sha256(gen_random_uuid()::text::bytea), '192.0.2.1', '', now() - $3::interval, now() - $4::interval, 'logged_out')
         returning id, instance_id, account_id, started_at, ended_at)
       insert into audit_event (instance_id, event, actor_kind, account_id, session_id, at, detail)
       select instance_id, 'login', 'account', account_id, id, started_at, '{}'::jsonb from s
       union all select instance_id, 'session_ended', 'account', account_id, id, ended_at, '{"reason": "logged_out"}' from s`,
      [system.main.id, id, from, to],
    )
  await earlier(ana.id, '25 hours', '23 hours')
  await earlier(ana.id, '7 days 1 hour', '6 days 23 hours')
  await earlier(ben.id, '23 hours', '22 hours')
  const { teams } = await get<Floor>(boss, '/api/floor')
  const [first, second, none] = teams.map(({ name, people, inNow, inYesterday, inWeekAgo, supervisorsIn }) => [
    name,
    people,
    inNow,
    inYesterday,
    inWeekAgo,
    supervisorsIn.map(({ id }) => id),
  ])
  assert.deepEqual(first, ['North', 1, 1, 1, 1, [supervisor.id]])
  assert.deepEqual(second, ['South', 1, 1, 0, 0, []])
  assert.deepEqual(none?.slice(0, 3), [null, teams[2]!.people, 2])
  const own = await get<Floor>(lead, '/api/floor')
  assert.deepEqual(
    own.teams.map(({ name, inNow }) => [name, inNow]),
    [['North', 1]],
  )
  assert.equal(
    own.shiftStart!.logins.reduce((sum, each) => sum + each, 0),
    1,
    'the login of ana and of nobody else',
  )
  assert.equal((await agent.get('/api/floor')).status, 403)
  // One whose sessions nobody may see is no part of what they hear.
  await system.sql("update profile set permissions = array_remove(permissions, 'sessions.view') where name = 'Supervisor'")
  assert.equal((await lead.get('/api/floor')).status, 403)
})

test('each figure is the number of people that its list shows, and who was helped is counted no more', async (t) => {
  const { system, admin, supervisor, ana, ben } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const lead = await loggedIn(system, supervisor)
  for (let i = 0; i < 2; i += 1) await system.browser().logIn('ana', 'wrong')
  await system.browser().logIn('ben', 'wrong')
  await loggedIn(system, ben)
  const found = await groupsOf(boss)
  assert.deepEqual([found.refused_wrong_password, found.in_now], [1, 3], 'ben got in meanwhile')
  for (const who of [boss, lead])
    for (const group of accountGroups) {
      const { total } = await get<List>(who, `/api/accounts?group=${group}`)
      assert.equal((await groupsOf(who))[group] ?? 0, total, group)
    }
  assert.deepEqual(await peopleOf(boss, 'refused_wrong_password'), ['ana'])
  assert.deepEqual(await peopleOf(boss, 'in_now'), ['ben', 'boss', 'super'])
  assert.deepEqual((await get<Floor>(boss, '/api/floor')).refusals, [{ cause: 'wrong_password', times: 3 }])

  // Within reach, and no further.
  assert.deepEqual(await peopleOf(lead, 'refused_wrong_password'), ['ana'])
  assert.deepEqual(await peopleOf(lead, 'in_now'), [])
  assert.deepEqual((await get<Floor>(lead, '/api/floor')).refusals, [{ cause: 'wrong_password', times: 2 }])
  const slips = await lead.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })
  assert.equal(slips.status, 200)
  assert.equal((await groupsOf(lead)).refused_wrong_password, undefined, 'the slip mends it')

  await system.sql("update password set initial_expires_at = now() + interval '1 second' where account_id = $1", [ana.id])
  assert.deepEqual(await peopleOf(lead, 'expires_today'), ['ana'])
  await system.sql("update password set initial_expires_at = now() + interval '2 days' where account_id = $1", [ana.id])
  assert.deepEqual(await peopleOf(lead, 'expires_today'), [])
  assert.deepEqual(await peopleOf(lead, 'never_logged_in'), ['ana'])
})

test('asvs-8.2.2 who may not see sessions hears of no group that tells of them, and cannot ask for it, by list or by export', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  const lead = await loggedIn(system, supervisor)
  await loggedIn(system, ana)
  await system.sql(
    "update profile set permissions = array_append(array_remove(permissions, 'sessions.view'), 'accounts.export') where name = 'Supervisor'",
  )
  const { groups } = await get<{ groups: { group: string }[] }>(lead, '/api/accounts/groups')
  assert.deepEqual(
    groups.map(({ group }) => group),
    ['expires_today', 'never_logged_in'],
  )
  for (const group of ['in_now', 'refused_wrong_password']) {
    assert.equal((await lead.get(`/api/accounts?group=${group}`)).status, 403, group)
    assert.equal((await lead.sendJson('POST', '/api/accounts/export', { group })).status, 403, group)
  }
  assert.equal((await lead.get('/api/accounts?group=never_logged_in')).status, 200)
})

test('the start of the shift is the busiest hour of the day so far, beside the same minutes a week ago', () => {
  const since = new Date('2026-03-02T00:00:00Z')
  const at = (minute: number, logins: number, daysAgo = 0) => ({ daysAgo, minute, logins })
  const minutes = [at(30, 5), at(480, 40), at(485, 60), at(539, 9), at(700, 80), at(484, 7, 7), at(30, 900, 7)]
  const found = startOfShift({ since, minuteNow: 800, minutes })!
  assert.equal(found.from.toISOString(), '2026-03-02T08:00:00.000Z')
  assert.deepEqual([found.logins[0], found.logins[5], found.logins[59], found.logins.length], [40, 60, 9, 60])
  assert.deepEqual([found.weekAgo[4], found.weekAgo.length], [7, 60])
  assert.equal(startOfShift({ since, minuteNow: 490, minutes: [at(488, 3)] })!.logins.at(-1), 0)
  assert.equal(startOfShift({ since, minuteNow: 490, minutes: [at(488, 3, 7)] }), undefined)
})

test('each step of the first day is ticked by a fact, and the language and the time zone are set here', async (t) => {
  const { system, admin, profiles, north, supervisor } = await startFloor(t)
  await system.sql('delete from team_supervisor')
  await system.sql('update account set team_id = null')
  await system.sql('delete from team')
  const boss = await loggedIn(system, admin)
  await system.sql('delete from account where profile_id <> $1', [profiles.Administrator])
  await system.sql("update account set enabled = false where username <> 'boss'")
  assert.ok(north.id && supervisor.id)
  type FirstDay = { steps: { step: string; done: boolean }[]; hasSupervisor: boolean }
  const open = async () => (await get<FirstDay>(boss, '/api/first-day')).steps.filter(({ done }) => !done).map(({ step }) => step)
  const all = ['settings', 'second_administrator', 'mail', 'rules', 'teams', 'people', 'slips', 'supervisor']
  assert.deepEqual(await open(), all)
  const isDone = async (step: string, act: () => Promise<{ status: number }>) => {
    const { status } = await act()
    assert.ok(status < 300, `${step}: ${status}`)
    all.splice(all.indexOf(step), 1)
    assert.deepEqual(await open(), all, step)
  }
  const make = (username: string, profileId: string, credentials = 'none') =>
    boss.sendJson('POST', '/api/accounts', { username, enabled: true, credentials, ...fields(profileId) })

  const settings = (body: unknown) => boss.sendJson('PUT', '/api/instance', body)
  assert.equal((await settings({ language: 'xx', timeZone: 'UTC' })).status, 422)
  assert.equal((await settings({ language: 'en', timeZone: 'Mars/Olympus' })).status, 422)
  // That nothing has to be changed is a fact too, once somebody says so.
  await isDone('settings', () => settings({ language: 'en', timeZone: 'UTC' }))
  await isDone('second_administrator', () => make('second', profiles.Administrator))
  await isDone('mail', () => boss.sendJson('POST', '/api/mail/test', { email: 'somebody@example.com' }))
  const { version, values } = await get<{ version: number; values: Record<string, unknown> }>(boss, '/api/rules')
  const area = { area: 'passwords', version, reasons: {} } as const
  const kept = Object.fromEntries(namesOf('passwords').map((name) => [name, values[name]]))
  await isDone('rules', () => boss.sendJson('PUT', '/api/rules', { ...area, values: kept }))
  await isDone('teams', () => boss.sendJson('POST', '/api/teams', { name: 'North', supervisors: [] }))
  await isDone('people', () => make('carla', profiles.Agent))
  await isDone('slips', () => make('dora', profiles.Agent, 'slip'))
  const lead = await system.addAccount({ username: 'lead', profile: 'Supervisor' })
  await system.sql('update account set last_login_at = null where id = $1', [lead.id])
  assert.deepEqual(await open(), ['supervisor'])
  assert.equal((await get<FirstDay>(boss, '/api/first-day')).hasSupervisor, true)
  await system.sql("update instance set created_at = now() - interval '91 days'")
  assert.deepEqual(await open(), [], 'an instance that is older has no first day')
  await system.sql('update instance set created_at = now()')
  assert.deepEqual(await open(), ['supervisor'])
  const led = await loggedIn(system, lead)
  assert.deepEqual(await open(), [])
  assert.equal((await led.get('/api/first-day')).status, 403)

  assert.equal((await settings({ language: 'es', timeZone: 'America/Montevideo' })).status, 204)
  // A node goes on for a moment with what it knows of an instance.
  type Choices = { instance: { language: string; timeZone: string } }
  await until(async () => {
    const { instance } = await get<Choices>(boss, '/api/accounts/choices')
    return instance.language === 'es' && instance.timeZone === 'America/Montevideo'
  })
  const [{ detail }] = (await system.sql<{ detail: { changes: unknown } }>(
    "select detail from audit_event where event = 'instance_changed' order by id desc limit 1",
  )) as [{ detail: { changes: unknown } }]
  assert.deepEqual(detail.changes, {
    language: { from: 'en', to: 'es' },
    timeZone: { from: 'UTC', to: 'America/Montevideo' },
  })
  assert.equal((await led.sendJson('PUT', '/api/instance', { language: 'en', timeZone: 'UTC' })).status, 403)
})
