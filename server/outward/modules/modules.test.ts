import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { allLanguages } from '../../../contracts/languages.ts'
import { get, loggedIn, startFloor } from '../../../test/floor.ts'
import { plainModule } from './modules.ts'

const body = { ...plainModule, kind: 'web', name: 'CRM', redirectAddresses: ['https://crm.example.com/callback'] }

test('an Administrator registers, changes and removes a module, and its secret is shown once', async (t) => {
  const { system, admin, profiles } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const made = await boss.sendJson('POST', '/api/modules', { ...body, profiles: [profiles.Agent] })
  assert.equal(made.status, 201, made.body)
  const { id, secret } = JSON.parse(made.body) as { id: string; secret: string }
  const listed = await get<{ modules: Record<string, unknown>[]; issuer: string }>(boss, '/api/modules')
  assert.equal(listed.issuer, 'http://localhost:8080')
  assert.equal(listed.modules[0]!.name, 'CRM')
  assert.ok(!JSON.stringify(listed).includes(secret), 'never again')
  const change = { ...body, kind: undefined, name: 'Customers', profiles: [], version: 1 }
  assert.equal((await boss.sendJson('PUT', `/api/modules/${id}`, change)).status, 204)
  assert.equal((await boss.sendJson('PUT', `/api/modules/${id}`, change)).status, 409, 'somebody else has changed it')
  assert.equal((await boss.sendJson('POST', `/api/modules/${id}/secrets`)).status, 201)
  assert.equal((await boss.sendJson('DELETE', `/api/modules/${id}`)).status, 204)
  assert.equal((await boss.sendJson('DELETE', `/api/modules/${id}`)).status, 404)
  const audit = await system.sql<{ event: string; detail: object }>(
    "select event, detail from audit_event where event like 'module%' order by id",
  )
  assert.deepEqual(
    audit.map(({ event }) => event),
    ['module_created', 'module_changed', 'module_secret_given', 'module_removed'],
  )
  assert.ok(!JSON.stringify(audit).includes(secret))
})

test('a landing that another module takes over stands in the audit of both', async (t) => {
  const { system, admin, profiles } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const fields = { ...body, address: 'https://crm.example.com/', profiles: [profiles.Agent], landing: [profiles.Agent] }
  for (const name of ['First', 'Second'])
    assert.equal((await boss.sendJson('POST', '/api/modules', { ...fields, name })).status, 201)
  const audit = await system.sql<{ event: string; detail: { name: string; changed?: object } }>(
    "select event, detail from audit_event where event like 'module%' order by id",
  )
  assert.deepEqual(
    audit.map(({ event, detail }) => [event, detail.name, detail.changed]),
    [
      ['module_created', 'First', undefined],
      ['module_created', 'Second', undefined],
      ['module_changed', 'First', { landing: [] }],
    ],
  )
})

test('every fault of a module has its words in every language', () => {
  const sources = ['addresses', 'manage-modules']
    .map((name) => readFileSync(new URL(`${name}.ts`, import.meta.url), 'utf8'))
    .join()
  const codes = [...sources.matchAll(/'((?:address|not|landing|profile|team|name)_[a-z_]+)'/g)].map(([, code]) => code!)
  assert.ok(codes.length > 8)
  for (const language of allLanguages) {
    const texts = JSON.parse(readFileSync(`locales/${language}/faults.json`, 'utf8')) as Record<string, string>
    assert.deepEqual(
      [...new Set(codes)].filter((code) => !(code in texts) && !['module_not_found'].includes(code)),
      [],
      language,
    )
  }
})

test('what cannot be taken is named, field by field', async (t) => {
  const { system, admin, north } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const faultsOf = async (more: object) => {
    const answer = await boss.sendJson('POST', '/api/modules', { ...body, ...more })
    assert.equal(answer.status, 422, answer.body)
    return Object.fromEntries(
      (JSON.parse(answer.body).faults as { field: string; code: string }[]).map(({ field, code }) => [field, code]),
    )
  }
  assert.deepEqual(await faultsOf({ name: ' ', redirectAddresses: [], address: 'http://crm.example.com', logoutAddress: 'x' }), {
    name: 'required',
    redirectAddresses: 'required',
    address: 'address_not_https',
    logoutAddress: 'address_invalid',
  })
  assert.deepEqual(await faultsOf({ kind: 'machine' }), { redirectAddresses: 'not_of_this_kind' })
  assert.deepEqual(await faultsOf({ kind: 'page', withoutPkce: true }), { withoutPkce: 'not_of_this_kind' })
  assert.deepEqual(await faultsOf({ profiles: [north.id], teams: [admin.id] }), {
    profiles: 'profile_unknown',
    teams: 'team_unknown',
  })
  assert.equal((await boss.sendJson('POST', '/api/modules', body)).status, 201)
  assert.deepEqual(await faultsOf({ name: ' ｃｒｍ ' }), { name: 'name_taken' })
})

test('managing modules takes the reach of every team, and seeing them shows no secret', async (t) => {
  const { system, supervisor, admin } = await startFloor(t)
  const some = await loggedIn(system, supervisor)
  assert.equal((await some.get('/api/modules')).status, 403)
  await system.sql(
    "update profile set permissions = permissions || array['modules.view', 'modules.manage'] where name = 'Supervisor'",
  )
  assert.equal((await some.sendJson('POST', '/api/modules', body)).status, 403)
  const boss = await loggedIn(system, admin)
  const { id } = JSON.parse((await boss.sendJson('POST', '/api/modules', body)).body) as { id: string }
  assert.equal((await get<{ mayManage: boolean }>(some, '/api/modules')).mayManage, false)
  for (const [method, url] of [
    ['DELETE', `/api/modules/${id}`],
    ['POST', `/api/modules/${id}/secrets`],
  ] as const)
    assert.equal((await some.sendJson(method, url)).status, 403, url)
})

test('two who register the same name at once: one of them is told', async (t) => {
  const { system, admin } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const answers = await system.race(
    'module',
    [1, 2].map(() => () => boss.sendJson('POST', '/api/modules', body)),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 422])
})
