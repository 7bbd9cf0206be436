import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { addModule } from '../../../test/module.ts'
import { startNodes } from '../../../test/nodes.ts'

type Access = { id: string; name: string; signsIn: boolean; checks: { check: string; passes: boolean; by: string[] }[] }
type Preview = { access: Access; scopes: { scope: string; claims: Record<string, unknown> }[] }

async function arrange(t: TestContext) {
  const system = await startNodes(t)
  const admin = await system.addAccount({ profile: 'Administrator' })
  const ana = await system.addAccount()
  const boss = system.browser()
  await boss.logIn(admin.username, admin.password)
  await boss.get('/home')
  const get = async <T>(path: string) => {
    const { status, body } = await boss.get(path)
    return { status, body: JSON.parse(body) as T }
  }
  return { system, admin, ana, get }
}

test('what the desk explains of a person and a module is what decides there', async (t) => {
  const { system, ana, get } = await arrange(t)
  const module = await addModule(system)
  await addModule(system, {}, 'machine')
  const [{ id: team } = { id: '' }] = await system.sql<{ id: string }>(
    "insert into team (instance_id, name) values ($1, 'North') returning id",
    [system.main.id],
  )
  const browser = system.browser()
  await browser.logIn(ana.username, ana.password)
  const states = fc.record({
    on: fc.boolean(),
    enabled: fc.boolean(),
    byProfile: fc.boolean(),
    inTeam: fc.boolean(),
    byTeam: fc.boolean(),
    live: fc.boolean(),
  })
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(states, async ({ on, enabled, byProfile, inTeam, byTeam, live }) => {
      await system.sql('update module set enabled = $2 where id = $1', [module.id, on])
      await system.sql('update account set enabled = $2, team_id = $3 where id = $1', [ana.id, enabled, inTeam ? team : null])
      await system.sql('delete from module_profile where module_id = $1', [module.id])
      await system.sql('delete from module_team where module_id = $1', [module.id])
      if (byProfile)
        await system.sql(
          'insert into module_profile (instance_id, module_id, profile_id) select instance_id, $2, profile_id from account where id = $1',
          [ana.id, module.id],
        )
      if (byTeam)
        await system.sql('insert into module_team (instance_id, module_id, team_id) values ($1, $2, $3)', [
          system.main.id,
          module.id,
          team,
        ])
      await system.sql(
        "update session set last_seen_at = case when $2 then now() else now() - interval '1 hour' end where account_id = $1",
        [ana.id, live],
      )
      const { body } = await get<{ modules: Access[] }>(`/api/accounts/${ana.id}/modules`)
      assert.equal(body.modules.length, 1, 'where no person is, nobody can be missing')
      const [{ signsIn, checks }] = body.modules as [Access]
      const [{ may } = { may: false }] = await system.sql<{ may: boolean }>(
        'select may_use_module(m, a) as may from module m, account a where m.id = $1 and a.id = $2',
        [module.id, ana.id],
      )
      const passes = Object.fromEntries(checks.map((each) => [each.check, each.passes]))
      assert.equal(passes.module && passes.account && passes.given, may)
      assert.equal(signsIn, may && live && enabled)
      assert.deepEqual(checks[2]!.by, [...(byProfile ? ['Agent'] : []), ...(byTeam && inTeam ? ['North'] : [])])
      seen.add(checks.map((each) => Number(each.passes)).join(''))
    }),
    { numRuns: 60 },
  )
  await system.sql('update account set enabled = true where id = $1', [ana.id])
  assert.ok(seen.size > 8, [...seen].join())
})

test('what a module would hear of somebody is shown, and nothing is handed out', async (t) => {
  const { system, ana, get } = await arrange(t)
  const module = await addModule(system)
  await system.sql("update account set email = 'ana@example.com' where id = $1", [ana.id])
  const { body } = await get<Preview>(`/api/modules/${module.id}/people/${ana.id}`)
  const claims = Object.fromEntries(body.scopes.map((each) => [each.scope, each.claims]))
  assert.equal(claims.openid!.sub, ana.id)
  assert.equal(claims.profile!.preferred_username, ana.username)
  assert.deepEqual(claims.email, { email: 'ana@example.com', email_verified: false })
  assert.deepEqual(claims.groups, { groups: ['Agent'] })
  assert.equal(body.access.signsIn, false, 'she is not logged in')
  assert.deepEqual(await system.sql('select from module_session'), [])
  assert.deepEqual(await system.sql('select from openid_item'), [])
  await system.sql('update account set enabled = false where id = $1', [ana.id])
  assert.deepEqual((await get<Preview>(`/api/modules/${module.id}/people/${ana.id}`)).body.scopes, [])
})

test('only whoever manages modules sees the claims, and only of somebody within reach', async (t) => {
  const { system, admin, ana, get } = await arrange(t)
  const module = await addModule(system)
  const none = '00000000-0000-0000-0000-000000000000'
  assert.equal((await get(`/api/modules/${none}/people/${ana.id}`)).status, 404)
  assert.equal((await get(`/api/modules/${module.id}/people/${none}`)).status, 404)
  const permit = (permissions: string[]) =>
    system.sql(
      `with own as (insert into profile (instance_id, name, permissions) values ($1, $2, $3) returning id)
        update account set profile_id = (select id from own) where id = $4`,
      [system.main.id, crypto.randomUUID(), permissions, admin.id],
    )
  await permit(['modules.manage', 'accounts.view'])
  assert.equal((await get(`/api/modules/${module.id}/people/${ana.id}`)).status, 403, 'not without the reach of every team')
  assert.equal((await get(`/api/accounts/${ana.id}/modules`)).status, 404, 'she is out of reach')
  await permit(['accounts.view', 'accounts.all-teams'])
  assert.equal((await get(`/api/modules/${module.id}/people/${ana.id}`)).status, 403)
  assert.equal((await get(`/api/accounts/${ana.id}/modules`)).status, 200)
})
