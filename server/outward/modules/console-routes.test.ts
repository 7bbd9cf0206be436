import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { addModule, callback } from '../../../test/module.ts'
import { startNodes, type TestSystem } from '../../../test/nodes.ts'
import { record } from '../../audit/audit.ts'
import { plainModule } from './modules.ts'

async function withAdministrator(t: TestContext) {
  const system = await startNodes(t)
  const account = await system.addAccount({ profile: 'Administrator' })
  const browser = system.browser()
  await browser.logIn(account.username, account.password)
  await browser.get('/home')
  const ask = async <T>(method: string, path: string, body?: object) => {
    const answer = method === 'GET' ? await browser.get(path) : await browser.sendJson(method as 'POST', path, body)
    return { status: answer.status, body: (answer.body === '' ? undefined : JSON.parse(answer.body)) as T }
  }
  const list = async () => (await ask<{ modules: Listed[]; choices: Choices; mayManage: boolean }>('GET', '/api/modules')).body
  return { system, browser, ask, list, account }
}
type Named = { id: string; name: string }
type Choices = { profiles: Named[]; teams: Named[] }
type Listed = typeof plainModule & {
  id: string
  name: string
  version: number
  secrets: { id: string; hint: string }[]
  logouts: object
  lastUsedAt: string | null
}
type Created = { id: string; clientId: string; secret: string | null; code?: string; faults?: { field: string; code: string }[] }

const fields = { ...plainModule, name: 'CRM', redirectAddresses: [callback] }
const events = (system: TestSystem) =>
  system.sql<{ event: string; detail: Record<string, unknown> }>(
    "select event, detail from audit_event where event like 'module%' order by id",
  )

test('a module is registered, changed and removed; each is in the audit, and nothing of a secret is', async (t) => {
  const { system, ask, list } = await withAdministrator(t)
  const made = await ask<Created>('POST', '/api/modules', { kind: 'web', ...fields })
  assert.equal(made.status, 201)
  assert.match(made.body.clientId, /^m-[0-9a-f]{16}$/)
  const { modules, choices, mayManage } = await list()
  assert.equal(mayManage, true)
  assert.deepEqual(
    choices.profiles.map(({ name }) => name),
    ['Administrator', 'Agent', 'Supervisor'],
  )
  const [module] = modules
  assert.deepEqual(
    { profiles: module!.profiles, teams: module!.teams, lastUsedAt: module!.lastUsedAt, logouts: module!.logouts },
    { profiles: [], teams: [], lastUsedAt: null, logouts: { delivered: 0, waiting: 0, failed: 0 } },
    'at first nobody may use it',
  )
  assert.ok(made.body.secret!.startsWith(module!.secrets[0]!.hint))

  const agent = choices.profiles.find(({ name }) => name === 'Agent')!.id
  const change = { ...fields, name: 'Sales', profiles: [agent], version: module!.version }
  assert.equal((await ask('PUT', `/api/modules/${module!.id}`, change)).status, 204)
  assert.equal((await ask('PUT', `/api/modules/${module!.id}`, change)).status, 409, 'somebody else has changed it meanwhile')
  assert.deepEqual((await list()).modules[0]!.profiles, [agent])
  assert.equal((await ask('DELETE', `/api/modules/${module!.id}`)).status, 204)
  assert.equal((await ask('DELETE', `/api/modules/${module!.id}`)).status, 404)
  const recorded = await events(system)
  assert.deepEqual(
    recorded.map(({ event }) => event),
    ['module_created', 'module_changed', 'module_removed'],
  )
  assert.deepEqual(recorded[1]!.detail.changed, { name: 'Sales', profiles: [agent] })
  assert.ok(!JSON.stringify(recorded).includes(made.body.secret!))
})

test('two secrets are valid while one is exchanged, never three, on any number of nodes; and one is taken back', async (t) => {
  const { ask, list } = await withAdministrator(t)
  const { body } = await ask<Created>('POST', '/api/modules', { kind: 'web', ...fields })
  const answers = await Promise.all(Array.from({ length: 4 }, () => ask<Created>('POST', `/api/modules/${body.id}/secrets`)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409])
  assert.equal(answers.find(({ status }) => status === 409)!.body.code, 'too_many_secrets')
  const [first] = (await list()).modules[0]!.secrets
  assert.equal((await ask('DELETE', `/api/modules/${body.id}/secrets/${first!.id}`)).status, 204)
  assert.equal((await ask('DELETE', `/api/modules/${body.id}/secrets/${first!.id}`)).status, 404)
  const page = await ask<Created>('POST', '/api/modules', { kind: 'page', ...fields, name: 'Page' })
  assert.equal(page.body.secret, null)
  const refused = await ask<Created>('POST', `/api/modules/${page.body.id}/secrets`)
  assert.deepEqual([refused.status, refused.body.code], [409, 'module_keeps_no_secret'])
})

test('whoever manages modules needs the permission and the reach of every team; whoever sees them only sees', async (t) => {
  const { system, account, ask, list } = await withAdministrator(t)
  const { body } = await ask<Created>('POST', '/api/modules', { kind: 'web', ...fields })
  const version = (await list()).modules[0]!.version
  const permit = (permissions: string[]) =>
    system.sql(
      `with own as (insert into profile (instance_id, name, permissions) values ($1, $2, $3) returning id)
        update account set profile_id = (select id from own) where id = $4`,
      [system.main.id, crypto.randomUUID(), permissions, account.id],
    )
  const changes: [string, string, object?][] = [
    ['POST', '/api/modules', { kind: 'web', ...fields, name: 'Another' }],
    ['PUT', `/api/modules/${body.id}`, { ...fields, version }],
    ['POST', `/api/modules/${body.id}/secrets`],
    ['DELETE', `/api/modules/${body.id}`],
  ]
  for (const permissions of [
    ['modules.view', 'accounts.all-teams'],
    ['modules.view', 'modules.manage'],
  ]) {
    await permit(permissions)
    assert.equal((await list()).mayManage, false)
    assert.equal((await ask('GET', `/api/modules/${body.id}/logouts`)).status, 200)
    assert.equal((await ask('GET', `/api/modules/${body.id}/refusals`)).status, 200)
    for (const [method, path, said] of changes)
      assert.equal((await ask(method, path, said)).status, 403, `${method} ${path} with ${permissions}`)
  }
  await permit(['modules.manage', 'accounts.all-teams'])
  assert.equal((await ask('GET', '/api/modules')).status, 403)
})

test('what a module was refused is shown once, with how often; an address that could be registered can be taken over', async (t) => {
  const { system, ask } = await withAdministrator(t)
  const module = await addModule(system)
  const other = await addModule(system)
  const refuse = (moduleId: string, error: string, offered: string) =>
    system.database.in(system.main, (tx) =>
      record(tx, { event: 'module_refused', actor: { kind: 'visitor' }, detail: { moduleId, error, offered } }),
    )
  for (let i = 0; i < 3; i += 1) await refuse(module.id, 'invalid_redirect_uri', `${callback}/`)
  await refuse(module.id, 'invalid_redirect_uri', 'http://evil.example/')
  await refuse(module.id, 'invalid_redirect_uri', callback)
  await refuse(module.id, 'invalid_client', '')
  await refuse(other.id, 'invalid_redirect_uri', 'https://other.example.com/')
  type Refusals = { refusals: { error: string; offered: string; times: number; mayTakeOver: boolean }[] }
  const { body } = await ask<Refusals>('GET', `/api/modules/${module.id}/refusals`)
  assert.deepEqual(
    body.refusals.map(({ error, offered, times, mayTakeOver }) => [error, offered, times, mayTakeOver]),
    [
      ['invalid_client', '', 1, false],
      ['invalid_redirect_uri', callback, 1, false],
      ['invalid_redirect_uri', 'http://evil.example/', 1, false],
      ['invalid_redirect_uri', `${callback}/`, 3, true],
    ],
  )
  assert.equal((await ask('GET', '/api/modules/00000000-0000-0000-0000-000000000000/refusals')).status, 404)
})
