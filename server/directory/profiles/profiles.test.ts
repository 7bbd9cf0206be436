import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permissions } from '../../../contracts/permissions.ts'
import type { Browser } from '../../../test/browser.ts'
import { type Body, get, loggedIn, startFloor } from '../../../test/floor.ts'

type Listed = { id: string; name: string; builtIn: boolean; accounts: number; version: number; own: boolean; mayChange: boolean }

const list = async (browser: Browser) => (await get<{ profiles: Listed[] }>(browser, '/api/profiles')).profiles
const create = (browser: Browser, name: string, permissions: string[] = []) =>
  browser.sendJson('POST', '/api/profiles', { name, permissions })
const code = ({ body }: { body: string }) => JSON.parse(body).code as string
const faults = ({ body }: { body: string }) => JSON.parse(body).faults as Body[]

async function created(browser: Browser, name: string, permissions: string[] = []): Promise<string> {
  const answer = await create(browser, name, permissions)
  assert.equal(answer.status, 201, answer.body)
  return JSON.parse(answer.body).id
}

test('a profile is created, given, changed and removed, and each is in the audit', async (t) => {
  const { system, admin, ana } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  const id = await created(browser, '  Team   lead ', ['teams.view', 'accounts.view'])
  await browser.sendJson('POST', '/api/accounts/assign-profile', { accountIds: [ana.id], profileId: id })
  const found = (await list(browser)).find((each) => each.id === id)
  assert.deepEqual(found, {
    id,
    name: 'Team lead',
    builtIn: false,
    permissions: ['accounts.view', 'teams.view'],
    accounts: 1,
    version: 1,
    own: false,
    mayChange: true,
  })
  const change = { name: 'Lead', permissions: ['accounts.view', 'audit.view'], version: 1 }
  assert.equal((await browser.sendJson('PUT', `/api/profiles/${id}`, change)).status, 204)
  const kept = await browser.sendJson('DELETE', `/api/profiles/${id}`)
  assert.deepEqual([kept.status, code(kept), JSON.parse(kept.body).values], [409, 'profile_in_use', { accounts: 1 }])
  const { Agent } = Object.fromEntries((await list(browser)).map((profile) => [profile.name, profile.id]))
  await browser.sendJson('POST', '/api/accounts/assign-profile', { accountIds: [ana.id], profileId: Agent })
  assert.equal((await browser.sendJson('DELETE', `/api/profiles/${id}`)).status, 204)
  assert.equal(code(await browser.sendJson('DELETE', `/api/profiles/${id}`)), 'profile_not_found')
  const events = await system.sql<{ event: string; detail: Body }>(
    "select event, detail - 'device' - 'profileId' as detail from audit_event where event like 'profile%' order by at",
  )
  assert.deepEqual(events, [
    { event: 'profile_created', detail: { name: 'Team lead', permissions: ['accounts.view', 'teams.view'] } },
    {
      event: 'profile_changed',
      detail: { name: { from: 'Team lead', to: 'Lead' }, added: ['audit.view'], removed: ['teams.view'] },
    },
    { event: 'profile_removed', detail: { name: 'Lead', permissions: ['accounts.view', 'audit.view'] } },
  ])
})

test('asvs-8.3.2 a changed profile holds from the next request of whoever is logged in with it', async (t) => {
  const { system, admin, ana } = await startFloor(t, 2)
  const browser = await loggedIn(system, admin)
  const id = await created(browser, 'Watcher', ['accounts.all-teams', 'accounts.view'])
  await browser.sendJson('POST', '/api/accounts/assign-profile', { accountIds: [ana.id], profileId: id })
  const person = await loggedIn(system, ana, 1)
  assert.equal((await person.get('/api/accounts')).status, 200)
  const change = { name: 'Watcher', permissions: [], version: 1 }
  assert.equal((await browser.sendJson('PUT', `/api/profiles/${id}`, change)).status, 204)
  assert.equal((await person.get('/api/accounts')).status, 403)
})

test('a name that cannot be taken is named at its field: empty, too long, unseen characters, taken, or that of a built-in one', async (t) => {
  const { system, admin } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  const id = await created(browser, 'Équipe')
  const other = await created(browser, 'Other')
  const cases: [string, string][] = [
    ['  ', 'required'],
    ['x'.repeat(61), 'name_too_long'],
    ['a\u0007b', 'name_unseen_character'],
    ['Administrator\u200b', 'name_unseen_character'],
    ['a\u202eb', 'name_unseen_character'],
    ['ÉQUIPE', 'name_taken'],
    ['ｏｔｈｅｒ', 'name_taken'],
    ['administrator', 'name_reserved'],
    ['Administrador', 'name_reserved'],
    ['ＡＧＥＮＴＥ', 'name_reserved'],
  ]
  for (const [name, fault] of cases) {
    const answers = [await create(browser, name)]
    if (name !== 'ｏｔｈｅｒ')
      answers.push(await browser.sendJson('PUT', `/api/profiles/${other}`, { name, permissions: [], version: 1 }))
    for (const answer of answers)
      assert.deepEqual([answer.status, faults(answer)], [422, [{ field: 'name', code: fault }]], JSON.stringify(name))
  }
  const sameAgain = { name: 'équipe', permissions: [], version: 1 }
  assert.equal((await browser.sendJson('PUT', `/api/profiles/${id}`, sameAgain)).status, 204, 'its own name is not taken')
  await created(browser, '😀'.repeat(60))
  assert.equal((await create(browser, 'x', ['accounts.everything'])).status, 400)
})

test('the built-in profiles and the own one stay as they are', async (t) => {
  const { system, admin, ana } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  for (const { id, builtIn, own, mayChange, version } of await list(browser)) {
    assert.deepEqual([builtIn, mayChange], [true, false])
    const changed = await browser.sendJson('PUT', `/api/profiles/${id}`, { name: 'Mine', permissions: [], version })
    assert.deepEqual([changed.status, code(changed)], [409, 'built_in_profile'], String(own))
    assert.equal(code(await browser.sendJson('DELETE', `/api/profiles/${id}`)), 'built_in_profile')
  }
  const keeper = Object.keys(permissions)
  const id = await created(browser, 'Keeper', keeper)
  await browser.sendJson('POST', '/api/accounts/assign-profile', { accountIds: [ana.id], profileId: id })
  const person = await loggedIn(system, ana)
  const mine = (await list(person)).find(({ own }) => own)
  assert.deepEqual([mine?.id, mine?.mayChange], [id, false])
  for (const permissions of [[], keeper]) {
    const changed = await person.sendJson('PUT', `/api/profiles/${id}`, { name: 'Keeper', permissions, version: 1 })
    assert.equal(code(changed), 'own_profile')
  }
  assert.equal(code(await person.sendJson('DELETE', `/api/profiles/${id}`)), 'own_profile')
})

test('a profile holds for everybody, so only who reaches every team manages profiles; others see those of their reach', async (t) => {
  const { system, admin, supervisor } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  const local = await created(browser, 'Local', ['profiles.view', 'profiles.manage'])
  await browser.sendJson('POST', '/api/accounts/assign-profile', { accountIds: [supervisor.id], profileId: local })
  const person = await loggedIn(system, supervisor)
  const counts = Object.fromEntries((await list(person)).map(({ name, accounts }) => [name, accounts]))
  assert.deepEqual(counts, { Administrator: 0, Supervisor: 0, Agent: 1, Local: 0 }, 'the agent of the own team alone')
  assert.equal(code(await create(person, 'More')), 'not_permitted')
  const { permissions: catalogue } = await get<{ permissions: { key: string; area: string; mayGive: boolean }[] }>(
    person,
    '/api/permissions',
  )
  assert.deepEqual(
    catalogue.map(({ key }) => key),
    Object.keys(permissions),
  )
  assert.deepEqual(
    catalogue.filter(({ mayGive }) => mayGive).map(({ key, area }) => `${area}: ${key}`),
    ['profiles: profiles.view', 'profiles: profiles.manage'],
  )
})

test('of two who change the same profile the second hears of the first, and of two with the same name one gets it', async (t) => {
  const { system, admin } = await startFloor(t, 2)
  const browser = await loggedIn(system, admin)
  const id = await created(browser, 'Lead')
  const change = (name: string, permissions: string[]) =>
    browser.sendJson('PUT', `/api/profiles/${id}`, { name, permissions, version: 1 })
  const changes = await system.race('profile', [() => change('Lead', ['audit.view']), () => change('Lead', ['rules.view'])])
  assert.deepEqual(changes.map(({ status }) => status).sort(), [204, 409])
  const same = await system.race('profile', [() => create(browser, 'Night'), () => create(browser, 'NIGHT')])
  assert.deepEqual(same.map(({ status }) => status).sort(), [201, 422])
})

test('a profile that is removed while somebody is given it is either gone or kept, and nobody gets a 500', async (t) => {
  const { system, admin, ana } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  for (let i = 0; i < 4; i += 1) {
    const id = await created(browser, `Brief ${i}`)
    const give = () => browser.sendJson('POST', '/api/accounts/assign-profile', { accountIds: [ana.id], profileId: id })
    const remove = () => browser.sendJson('DELETE', `/api/profiles/${id}`)
    // Both are in the middle of it: one waits for the lock of the audit, the other for the account or for the profile.
    const starts = i % 2 === 0 ? [give, remove] : [remove, give]
    const answers = await system.race('audit_event', starts)
    const [given, removed] = i % 2 === 0 ? answers : answers.toReversed()
    const got = JSON.parse(given!.body) as { done: number; refused: { code: string }[] }
    assert.equal(given!.status, 200, given!.body)
    assert.deepEqual(got.done === 1 ? [removed!.status, got.refused] : [removed!.status, got.refused[0]!.code], [
      got.done === 1 ? 409 : 204,
      got.done === 1 ? [] : 'fields_refused',
    ])
  }
})
