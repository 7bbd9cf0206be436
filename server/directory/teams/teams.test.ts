import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../../test/browser.ts'
import { type Body, get, loggedIn, startFloor } from '../../../test/floor.ts'

type Listed = {
  id: string
  name: string
  version: number
  members: number
  supervisors: { id: string; fullName: string; mayChange: boolean; mayView: boolean }[]
}

const list = (browser: Browser) => get<{ teams: Listed[]; mayManage: boolean; self: Body }>(browser, '/api/teams')
const create = (browser: Browser, name: string, supervisors: string[] = []) =>
  browser.sendJson('POST', '/api/teams', { name, supervisors })
const change = (browser: Browser, { id, version }: { id: string; version: number }, name: string, supervisors: string[]) =>
  browser.sendJson('PUT', `/api/teams/${id}`, { name, supervisors, version })
const code = ({ body }: { body: string }) => JSON.parse(body).code as string
const faults = ({ body }: { body: string }) => JSON.parse(body).faults as Body[]

/** The floor, with a Supervisor who may also manage the teams that they supervise. */
async function startManagedFloor(...[t, nodes]: Parameters<typeof startFloor>) {
  const floor = await startFloor(t, nodes)
  await floor.system.sql(
    "insert into profile (instance_id, name, permissions) select instance_id, 'Lead', permissions || array['teams.manage'] from profile where name = 'Supervisor'",
  )
  await floor.system.sql("update account set profile_id = (select id from profile where name = 'Lead') where id = $1", [
    floor.supervisor.id,
  ])
  return floor
}

test('a team is created with its supervisors, renamed, given others, and removed when nobody is in it', async (t) => {
  const { system, admin, supervisor, ana, ben, north } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  const made = await create(browser, ' East  wing ', [supervisor.id, ana.id])
  assert.equal(made.status, 201, made.body)
  const { id, warnings } = JSON.parse(made.body)
  assert.deepEqual(warnings, [{ accountId: ana.id, code: 'supervisor_without_view' }], 'an agent sees no accounts')
  const team = (await list(browser)).teams.find((each) => each.id === id)!
  assert.deepEqual([team.name, team.members, team.version], ['East wing', 0, 1])
  const views = Object.fromEntries(team.supervisors.map(({ id, mayView }) => [id, mayView]))
  assert.deepEqual(views, { [supervisor.id]: true, [ana.id]: false })
  assert.equal((await change(browser, team, 'East', [supervisor.id])).body, '{"warnings":[]}')
  assert.equal(code(await change(browser, team, 'West', [])), 'changed_meanwhile')
  await browser.sendJson('POST', '/api/accounts/assign-team', { accountIds: [ben.id], teamId: id })
  const kept = await browser.sendJson('DELETE', `/api/teams/${id}`)
  assert.deepEqual([kept.status, code(kept), JSON.parse(kept.body).values], [409, 'team_not_empty', { members: 1 }])
  await browser.sendJson('POST', '/api/accounts/assign-team', { accountIds: [ben.id], teamId: north.id })
  assert.equal((await browser.sendJson('DELETE', `/api/teams/${id}`)).status, 204)
  assert.equal(code(await browser.sendJson('DELETE', `/api/teams/${id}`)), 'team_not_found')
  const events = await system.sql<{ event: string; account_id: string | null }>(
    "select event, account_id from audit_event where event like 'team%' order by at, event, account_id = $1",
    [ana.id],
  )
  assert.deepEqual(
    events.map(({ event, account_id }) => [event, account_id]),
    [
      ['team_created', null],
      ['team_supervisor_added', supervisor.id],
      ['team_supervisor_added', ana.id],
      ['team_changed', null],
      ['team_supervisor_removed', ana.id],
      ['team_removed', null],
      ['team_supervisor_removed', supervisor.id],
    ],
  )
})

test('asvs-8.2.3 a supervisor sees the own teams only, and whoever reaches all sees all', async (t) => {
  const { system, supervisor, admin } = await startFloor(t)
  const seen = async (person: typeof admin) => {
    const { teams, mayManage, self } = await list(await loggedIn(system, person))
    return [teams.map(({ name, members }) => `${name} ${members}`), mayManage, self]
  }
  assert.deepEqual(await seen(supervisor), [['North 1'], false, { id: supervisor.id, mustSupervise: true }])
  assert.deepEqual(await seen(admin), [['North 1', 'South 1'], true, { id: admin.id, mustSupervise: false }])
})

test('who does not reach every team manages the own ones only, and makes supervisors only of accounts within reach', async (t) => {
  const { system, supervisor, admin, ana, ben, north, south } = await startManagedFloor(t)
  const person = await loggedIn(system, supervisor)
  const mine = { id: north.id, version: 1 }
  for (const answer of [
    await change(person, { id: south.id, version: 1 }, 'South', [supervisor.id]),
    await person.sendJson('DELETE', `/api/teams/${south.id}`),
  ])
    assert.deepEqual([answer.status, code(answer)], [404, 'team_not_found'])
  const refused = async (answer: Promise<{ status: number; body: string }>) => faults(await answer)[0]
  const out = { field: 'supervisors', code: 'supervisor_unknown' }
  assert.deepEqual(await refused(change(person, mine, 'North', [supervisor.id, ben.id])), out)
  assert.deepEqual(await refused(change(person, mine, 'North', [supervisor.id, crypto.randomUUID()])), out)
  const missing = { field: 'supervisors', code: 'yourself_missing' }
  assert.deepEqual(await refused(change(person, mine, 'North', [ana.id])), missing)
  assert.deepEqual(await refused(create(person, 'Mine', [])), missing)
  await system.sql('insert into team_supervisor (instance_id, team_id, account_id) values ($1, $2, $3)', [
    system.main.id,
    north.id,
    admin.id,
  ])
  assert.deepEqual(await refused(change(person, mine, 'North', [supervisor.id])), {
    field: 'supervisors',
    code: 'supervisor_out_of_reach',
  })
  assert.equal((await change(person, mine, 'Norte', [supervisor.id, ana.id, admin.id])).status, 200, 'whoever is there may stay')
  const { id } = JSON.parse((await create(person, 'Mine', [supervisor.id, ana.id])).body)
  const { teams } = await list(person)
  assert.deepEqual(
    teams.map(({ name }) => name),
    ['Mine', 'Norte'],
  )
  assert.equal((await person.sendJson('DELETE', `/api/teams/${id}`)).status, 204)
})

test('cve-C15 nobody makes a supervisor of, or takes a team from, an account that has a permission they lack', async (t) => {
  const { system, supervisor, admin, north } = await startManagedFloor(t)
  await system.sql('update account set team_id = $1 where id = $2', [north.id, admin.id])
  const person = await loggedIn(system, supervisor)
  const mine = { id: north.id, version: 1 }
  const given = await change(person, mine, 'North', [supervisor.id, admin.id])
  assert.deepEqual([given.status, code(given)], [403, 'beyond_your_permissions'])
  await system.sql('insert into team_supervisor (instance_id, team_id, account_id) values ($1, $2, $3)', [
    system.main.id,
    north.id,
    admin.id,
  ])
  const taken = await change(person, mine, 'North', [supervisor.id])
  assert.deepEqual([taken.status, code(taken)], [403, 'beyond_your_permissions'])
})

test('a name that cannot be taken, and supervisors that are not there, are both named at once', async (t) => {
  const { system, admin, north } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  const answer = await create(browser, ' ', [crypto.randomUUID()])
  assert.deepEqual(faults(answer), [
    { field: 'name', code: 'required' },
    { field: 'supervisors', code: 'supervisor_unknown' },
  ])
  for (const taken of [await create(browser, 'SOUTH'), await change(browser, { id: north.id, version: 1 }, 'ｓｏｕｔｈ', [])])
    assert.deepEqual([taken.status, faults(taken)], [422, [{ field: 'name', code: 'name_taken' }]])
})

test('of two who change the same team the second hears of the first, and nobody waits for the other for ever', async (t) => {
  const { system, admin, ana, ben, north } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  const team = { id: north.id, version: 1 }
  const answers = await system.race('account', [
    () => change(browser, team, 'One', [ana.id, ben.id]),
    () => change(browser, team, 'Two', [ben.id, ana.id]),
  ])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
  const supervisors = await system.sql('select account_id from team_supervisor where team_id = $1', [north.id])
  assert.equal(supervisors.length, 2)
})

test('a team that is removed while somebody is put into it is either gone or kept, and nobody gets a 500', async (t) => {
  const { system, admin, ana } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  for (let i = 0; i < 4; i += 1) {
    const { id } = JSON.parse((await create(browser, `Brief ${i}`)).body)
    const put = () => browser.sendJson('POST', '/api/accounts/assign-team', { accountIds: [ana.id], teamId: id })
    const remove = () => browser.sendJson('DELETE', `/api/teams/${id}`)
    const answers = await system.race('audit_event', i % 2 === 0 ? [put, remove] : [remove, put])
    const [given, removed] = i % 2 === 0 ? answers : answers.toReversed()
    const got = JSON.parse(given!.body) as { done: number }
    assert.deepEqual([given!.status, removed!.status], [200, got.done === 1 ? 409 : 204], `${given!.body} ${removed!.body}`)
  }
})

test('asvs-16.2.1 whoever gains or loses a team has it in the audit, each by itself', async (t) => {
  const { system, admin, ana, ben, north, supervisor } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  const told = async () =>
    (
      await system.sql<{ event: string; account_id: string | null }>(
        "select event, account_id from audit_event where event like 'team%' order by id",
      )
    ).map(({ event, account_id }) => [event, account_id])
  assert.equal((await change(browser, { id: north.id, version: 1 }, 'North', [ana.id, ben.id])).status, 200)
  const changed = [
    ['team_changed', null],
    ['team_supervisor_removed', supervisor.id],
    ['team_supervisor_added', ana.id],
    ['team_supervisor_added', ben.id],
  ]
  assert.deepEqual(await told(), changed)
  const { id } = JSON.parse((await create(browser, 'Brief', [ana.id])).body)
  await browser.sendJson('DELETE', `/api/teams/${id}`)
  assert.deepEqual((await told()).slice(changed.length), [
    ['team_created', null],
    ['team_supervisor_added', ana.id],
    ['team_supervisor_removed', ana.id],
    ['team_removed', null],
  ])
})
