// What a permission can be turned into. The requests are those of somebody who has the permission, and tries.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permissions } from '../../contracts/permissions.ts'
import { fields, get, loggedIn, loginChecksOf } from '../../test/floor.ts'
import { addImporter, call, rowsOf, run, startFloor, upload } from '../../test/import-floor.ts'
import type { TestSystem } from '../../test/nodes.ts'
import { worth } from '../directory/profiles/profiles.ts'

/** Ana, of the first team, and somebody who supervises it with these permissions. */
async function startWith(t: Parameters<typeof startFloor>[0], allowed: string[], email: string | null = 'ana@example.com') {
  const { system, north, browser: boss } = await startFloor(t)
  const ana = await system.addAccount({ username: 'ana', ...(email !== null && { email }) })
  await system.sql('update account set team_id = $1 where id = $2', [north.id, ana.id])
  const actor = await addImporter(system, north.id, allowed, 'actor')
  return { system, north, ana, actor, boss }
}

const noticesOf = (system: TestSystem) =>
  system.sql<{ kind: string; to_address: string }>('select kind, to_address from message where notice order by kind')
const bothTold = [
  { kind: 'email_changed', to_address: 'ana@example.com' },
  { kind: 'email_changed_here', to_address: 'thief@example.com' },
]
const addressOf = async (system: TestSystem, id: string) =>
  (await system.sql<{ email: string | null }>('select email from account where id = $1', [id]))[0]!.email

async function saidOf(system: TestSystem, id: string) {
  const [{ full_name, profile_id, team_id, version, email }] = (await system.sql<{
    full_name: string
    profile_id: string
    team_id: string
    version: number
    email: string | null
  }>('select * from account where id = $1', [id])) as [never]
  return { ...fields(profile_id, { teamId: team_id, email }), fullName: full_name as string, version }
}

test('asvs-8.2.1 cve-C15 who may change accounts does not take one over through its address: not by the screen', async (t) => {
  for (const before of ['ana@example.com', null]) {
    const { system, ana, actor } = await startWith(t, ['accounts.view', 'accounts.update'], before)
    const said = await saidOf(system, ana.id)
    const answer = await actor.sendJson('PUT', `/api/accounts/${ana.id}`, { ...said, email: 'thief@example.com' })
    assert.equal(answer.status, 403)
    assert.equal((JSON.parse(answer.body) as { code: string }).code, 'address_takes_new_password')
    const taken = await actor.sendJson('PUT', `/api/accounts/${ana.id}`, { ...said, email: null })
    assert.equal(taken.status, before === null ? 204 : 403)
    const anew = { ...(await saidOf(system, ana.id)), fullName: 'Ana M. Souza' }
    assert.equal((await actor.sendJson('PUT', `/api/accounts/${ana.id}`, anew)).status, 204, 'what else is said can be changed')
    assert.equal(await addressOf(system, ana.id), before)
  }
})

test('asvs-8.2.1 nor by an import, whose dry run says so; who may give passwords changes it, and both addresses are told', async (t) => {
  const allowed = ['accounts.view', 'accounts.import', 'accounts.update']
  const { system, north, ana, actor } = await startWith(t, allowed)
  const file = 'Username,Full Name,Email,Phone\nana,Ana Souza,thief@example.com,\n'
  const choice = { mapping: ['username', 'fullName', 'email', 'phone'], hasHeader: true, onExisting: 'update' }
  const checked = await upload(actor, file)
  await call(actor, 'PUT', `/api/imports/${checked.id}`, choice)
  const [row] = await rowsOf(actor, checked)
  assert.deepEqual([row!.verdict, row!.problems.map(({ code }) => code)], ['refused', ['address_takes_new_password']])
  assert.equal((await run(actor, checked)).outcomes.refused, 1)
  assert.equal(await addressOf(system, ana.id), 'ana@example.com')

  const chief = await addImporter(system, north.id, [...allowed, 'accounts.new-password'], 'chief')
  const second = await upload(chief, file)
  await call(chief, 'PUT', `/api/imports/${second.id}`, choice)
  assert.equal((await run(chief, second)).outcomes.changed, 1)
  assert.deepEqual(await noticesOf(system), bothTold)

  // Taking it back changes the address again.
  await system.sql(
    "update profile set permissions = array_remove(permissions, 'accounts.new-password') where name = 'Profile of chief'",
  )
  await call(chief, 'POST', `/api/imports/${second.id}/undo`, {}, 403)
  assert.equal(await addressOf(system, ana.id), 'thief@example.com')
  await system.sql("update profile set permissions = permissions || '{accounts.new-password}' where name = 'Profile of chief'")
  await call(chief, 'POST', `/api/imports/${second.id}/undo`, {})
  assert.equal(await addressOf(system, ana.id), 'ana@example.com')
  assert.equal((await noticesOf(system)).length, 4)
})

test('asvs-8.2.1 an import is taken back with what it took to run it', async (t) => {
  const { system, ana, actor } = await startWith(t, ['accounts.view', 'accounts.import', 'accounts.update'])
  const checked = await upload(actor, 'Username,Full Name\nana,Ana Changed\n')
  await call(actor, 'PUT', `/api/imports/${checked.id}`, {
    mapping: ['username', 'fullName'],
    hasHeader: true,
    onExisting: 'update',
  })
  assert.equal((await run(actor, checked)).outcomes.changed, 1)
  await system.sql("update profile set permissions = '{accounts.view,accounts.import}' where name = 'Profile of actor'")
  await call(actor, 'POST', `/api/imports/${checked.id}/undo`, {}, 403)
  const [{ full_name } = { full_name: '' }] = await system.sql<{ full_name: string }>(
    'select full_name from account where id = $1',
    [ana.id],
  )
  assert.equal(full_name, 'Ana Changed')
})

test('an import that changes many addresses tells all of them, in a few statements', async (t) => {
  const { system, browser } = await startFloor(t)
  const people = 700
  await system.sql(
    `insert into account (instance_id, username, username_key, full_name, email, profile_id)
     select p.instance_id, 'p' || n, 'p' || n, 'Person', 'p' || n || '@example.com', p.id
     from profile p, generate_series(1, $1::int) n where p.name = 'Agent'`,
    [people],
  )
  const rows = Array.from({ length: people }, (_, n) => `p${n + 1},Person,new${n + 1}@example.com`)
  const checked = await upload(browser, `Username,Full Name,Email\n${rows.join('\n')}\n`)
  await call(browser, 'PUT', `/api/imports/${checked.id}`, {
    mapping: ['username', 'fullName', 'email'],
    hasHeader: true,
    onExisting: 'update',
  })
  assert.equal((await run(browser, checked)).outcomes.changed, people)
  const [{ count, addresses } = { count: 0, addresses: 0 }] = await system.sql<{ count: number; addresses: number }>(
    'select count(*)::int, count(distinct to_address)::int as addresses from message where notice',
  )
  assert.deepEqual([count, addresses], [2 * people, 2 * people])
})

test('asvs-8.2.1 who may answer requests gives nobody a password with that alone: anybody can ask for anybody', async (t) => {
  const { system, ana, actor } = await startWith(t, ['accounts.view', 'requests.answer'])
  await system.sql('update account set email = null where id = $1', [ana.id])
  await system.work()
  await system.browser().get('/forgot-password')
  const asking = system.browser()
  await asking.get('/forgot-password')
  await asking.post('/forgot-password', { username: 'ana' })
  type Requests = { requests: { id: string }[] }
  let requests: Requests['requests'] = []
  while (requests.length === 0) requests = (await get<Requests>(actor, '/api/recovery-requests')).requests
  const url = `/api/recovery-requests/${requests[0]!.id}`
  assert.equal((await actor.sendJson('POST', `${url}/answer`)).status, 403)
  await system.sql("update profile set permissions = permissions || '{accounts.new-password}' where name = 'Profile of actor'")
  assert.equal((await actor.sendJson('POST', `${url}/answer`)).status, 200)
})

test('asvs-8.2.1 the desk says since when and where somebody is logged in to whoever may see sessions, and to nobody else', async (t) => {
  const { system, ana, actor } = await startWith(t, ['accounts.view'])
  await loggedIn(system, ana)
  type People = { people: { session: unknown; states: { state: string; at: string | null }[] }[] }
  type Checks = { checks: { check: string; at: string | null; words: string | null }[] }
  const look = async () => {
    const { people } = await get<People>(actor, '/api/desk?search=ana')
    const { checks } = await loginChecksOf<Checks>(actor, ana.id)
    const { at, words } = checks.find(({ check }) => check === 'other_session')!
    const state = people[0]!.states.find(({ state }) => state === 'logged_in')!
    return [people[0]!.session, state.at, at, words].map((each) => each !== null)
  }
  assert.deepEqual(await look(), [false, false, false, false])
  await system.sql("update profile set permissions = permissions || '{sessions.view}' where name = 'Profile of actor'")
  assert.deepEqual(await look(), [true, true, true, true])
})

test('every permission says what it is worth', () => {
  assert.deepEqual(Object.keys(worth), Object.keys(permissions))
  for (const [permission, text] of Object.entries(worth)) assert.ok(text.length > 10, permission)
})
