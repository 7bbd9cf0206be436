// Nobody gives, or acts on what has, a permission that they lack; and nobody acts beyond their reach. On every path that writes,
// for every permission of the catalogue. A route that is new and not in write-paths.ts fails here.
// Sources: CVE-2026-94000 and CVE-2026-97177; ASVS 5.0, 8.2.1 to 8.2.3.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Permission } from '../contracts/permissions.ts'
import { allBut, catalogue, refusal, startMatrix } from './permission-matrix.ts'
import { elsewhere, type Target, type WritePath, writePaths } from './write-paths.ts'

const named = ({ route, about }: WritePath, permission: string) => `${route}, about the ${about}, without ${permission}`

/** What a route needs beside its own permission: a profile holds for every team. */
const needs = (route: string) => (route.includes('/api/profiles') ? ['accounts.all-teams'] : [])

test('every route of the API that writes is in the matrix', async (t) => {
  const { system } = await startMatrix(t)
  const served = system.routes.filter(
    ({ method, policy }) => policy.answers === 'json' && policy.form === 'ours' && !['GET', 'HEAD'].includes(method),
  )
  const inMatrix = new Set([...writePaths.map(({ route }) => route), ...elsewhere])
  assert.deepEqual([...inMatrix].sort(), served.map(({ method, url }) => `${method} ${url}`).sort())
})

test('cve-C15 asvs-8.2.2 whoever has everything but one permission neither gives it nor acts on what has it, on any path', async (t) => {
  const { system, actorHas, target, send, state } = await startMatrix(t)
  const paths = writePaths.filter(({ about }) => about !== 'team')
  for (const permission of catalogue) {
    const it = await target({ has: [permission] })
    await actorHas(allBut(permission))
    const before = await state()
    for (const path of paths) {
      const { policy } = system.routes.find(({ method, url }) => `${method} ${url}` === path.route)!
      const says = [policy.permission, ...needs(path.route)].includes(permission)
        ? 'not_permitted'
        : (path.says ?? 'beyond_your_permissions')
      assert.equal(refusal(await send(path, it)), says, named(path, permission))
      assert.equal(await state(), before, `${named(path, permission)}: something was changed`)
    }
  }
  // The same requests by somebody who has that permission too are done, or the refusals above would prove nothing.
  await actorHas(catalogue)
  for (const path of paths) {
    const it = await target({ has: ['audit.view'] })
    const before = await state()
    const answer = await send(path, it)
    // What nobody does to themselves stays refused.
    const own = path.says ?? (path.url?.(it).endsWith(it.self.id) ? 'own_account' : undefined)
    assert.equal(refusal(answer), own, `${path.route}, ${path.about}: ${answer.body}`)
    assert.equal((await state()) === before, own !== undefined, `${path.route}, ${path.about}`)
  }
})

test('asvs-8.2.1 without the permission that a route names it does nothing, whatever else one has', async (t) => {
  const { system, browser, actorHas, target, send, state } = await startMatrix(t)
  const it = await target()
  const guarded = system.routes.filter(({ method, policy }) => method !== 'HEAD' && policy.permission !== undefined)
  assert.ok(guarded.length > 15)
  for (const { method, url, policy } of guarded) {
    await actorHas(allBut(policy.permission!))
    const before = await state()
    const path = writePaths.find(({ route }) => route === `${method} ${url}`)
    const plain = url.replace(/:\w+/g, it.account.id)
    const answer = path
      ? await send(path, it)
      : method === 'GET'
        ? await browser.get(plain)
        : await browser.sendJson(method as 'POST', plain)
    assert.equal(answer.status, 403, `${method} ${url}`)
    if (policy.answers === 'json') assert.equal(refusal(answer), 'not_permitted', `${method} ${url}`)
    assert.equal(await state(), before, `${method} ${url}`)
  }
})

test('asvs-8.2.3 what is out of reach might as well not be there, on every path', async (t) => {
  const { browser, actorHas, target, send, state } = await startMatrix(t)
  const paths = writePaths.filter(({ about }) => about === 'account' || about === 'team')
  await actorHas(allBut('accounts.all-teams'))
  const it = await target({ isAway: true })
  const before = await state()
  for (const path of paths) {
    assert.equal(refusal(await send(path, it)), path.saysOutOfReach ?? 'account_not_found', `${path.route}, ${path.about}`)
    assert.equal(await state(), before, `${path.route}, ${path.about}: something was changed`)
  }
  assert.equal((await browser.get(`/api/accounts/${it.account.id}`)).status, 404)
  const listed = [
    await browser.get('/api/accounts?size=500'),
    await browser.get('/api/accounts/choices'),
    await browser.get('/api/teams'),
  ]
  assert.ok(!listed[0]!.body.includes(it.account.id))
  for (const { body } of listed.slice(1)) assert.ok(!body.includes(`"id":"${it.team.id}"`))
  // What is within reach is done, or the refusals above would prove nothing.
  for (const path of paths) {
    const near = await target()
    assert.equal(refusal(await send(path, near)), undefined, `${path.route}, ${path.about}`)
  }
})

test('cve-C15 no sequence of requests leads to a permission that one lacks', async (t) => {
  const { system, actorHas, target, send } = await startMatrix(t)
  /** Whoever has the permission, and what decides who gets in as them. */
  const holders = async (permission: Permission) =>
    JSON.stringify(
      await system.sql(
        `select p.id as profile, p.permissions, a.id as account, a.enabled, a.team_id, encode(w.initial_hash, 'hex') as initial,
           array(select state from message m where m.account_id = a.id order by id) as messages,
           array(select team_id from team_supervisor s where s.account_id = a.id order by team_id) as supervises
         from profile p left join account a on a.profile_id = p.id left join password w on w.account_id = a.id
         where $1 = any (p.permissions) order by p.id, a.id`,
        [permission],
      ),
    )
  for (const permission of catalogue) {
    await actorHas(allBut(permission))
    const [one, other] = [await target({ has: [permission] }), await target({ has: [permission] })]
    const before = await holders(permission)
    const targets = [one, other]
    // Any of the targets where another one was meant: the own account for a strange one, a harmless profile for a strong one.
    const mixed = fc.record({
      path: fc.constantFrom(...writePaths),
      account: fc.constantFrom(...targets.flatMap(({ account, plainAccount, self }) => [account, plainAccount, self])),
      plainAccount: fc.constantFrom(...targets.flatMap(({ account, plainAccount, self }) => [account, plainAccount, self])),
      profile: fc.constantFrom(
        ...targets.flatMap(({ profile, plainProfile, ownProfile }) => [profile, plainProfile, ownProfile]),
      ),
      plainProfile: fc.constantFrom(...targets.flatMap(({ profile, plainProfile }) => [profile, plainProfile])),
      permission: fc.constantFrom<Permission>(permission, 'audit.view', 'accounts.view'),
    })
    for (const { path, ...swapped } of fc.sample(mixed, 25)) {
      const versions = await system.sql<{ id: string; version: number }>(
        'select id, version from account union all select id, version from profile union all select id, version from team',
      )
      const now = new Map(versions.map(({ id, version }) => [id, version]))
      const fresh = <T extends { id: string; version: number }>(it: T): T => ({ ...it, version: now.get(it.id) ?? it.version })
      const at: Target = { ...one, ...swapped }
      for (const part of ['account', 'plainAccount', 'self', 'profile', 'plainProfile', 'ownProfile', 'team', 'ownTeam'] as const)
        at[part] = fresh(at[part] as never) as never
      const answer = await send(path, at)
      assert.ok(answer.status < 500, `${path.route}: ${answer.body}`)
      assert.equal(await holders(permission), before, `${named(path, permission)}: ${JSON.stringify(swapped)} ${answer.body}`)
    }
  }
})
