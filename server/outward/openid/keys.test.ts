import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import { addModule, fetchFrom, signIn } from '../../../test/module.ts'
import { type TestSystem, until } from '../../../test/nodes.ts'
import { readSigningKeys, rotateKeys } from './openid.ts'

const published = async (system: TestSystem, node = 0) => {
  const answer = await fetchFrom(system.nodes[node]!)('http://localhost:8080/oidc/jwks')
  return (await answer.json()) as JSONWebKeySet
}
const operator = { kind: 'operator' } as const
const kidsOf = async (system: TestSystem, node: number) => (await published(system, node)).keys.map(({ kid }) => kid).sort()
/** Does something to the keys, and waits until every node publishes others than before. */
async function untilChanged(system: TestSystem, change: () => Promise<unknown>): Promise<void> {
  const before = await Promise.all(system.nodes.map((_, node) => kidsOf(system, node)))
  await change()
  for (const [node, kids] of before.entries()) await until(async () => String(await kidsOf(system, node)) !== String(kids))
}

test('keys are exchanged without a failed verification: whoever keeps them for an hour has the next one in time', async (t) => {
  const { system, ana } = await startFloor(t, 2)
  const clients = await Promise.all(
    ['ES256', 'RS256'].map(async (signing) => (await addModule(system, { signing: signing as 'ES256' })).client()),
  )
  const browser = await loggedIn(system, ana)
  let kept = await published(system)
  const verify = async () => {
    for (const client of clients) await jwtVerify((await signIn(browser, client)).id_token!, createLocalJWKSet(kept))
  }
  await verify()
  const before = kept.keys.length
  await untilChanged(system, () => rotateKeys(system, system.main, operator, { atOnce: false }))
  await verify()
  kept = await published(system, 1)
  assert.equal(kept.keys.length, before + 2)
  // An hour later: those that were published sign.
  const inUse = async () =>
    (await readSigningKeys(system, system.main)).filter(({ state }) => state === 'current').map(({ jwk }) => jwk.kid)
  const first = await inUse()
  await system.sql("update signing_key set signs_from = signs_from - interval '66 minutes'")
  assert.equal((await inUse()).filter((kid) => first.includes(kid)).length, 0)
  await verify()
  // A day later the old ones are gone.
  await untilChanged(system, () => system.sql("update signing_key set signs_from = signs_from - interval '25 hours'"))
  assert.equal((await published(system)).keys.length, before)
})

test('keys that somebody else may have are out of use at once, on every node', async (t) => {
  const { system, ana } = await startFloor(t, 2)
  const client = await (await addModule(system)).client()
  const browser = await loggedIn(system, ana)
  const { id_token: token } = await signIn(browser, client)
  await untilChanged(system, () => rotateKeys(system, system.main, operator, { atOnce: true }))
  for (const node of [0, 1]) await assert.rejects(jwtVerify(token!, createLocalJWKSet(await published(system, node))))
  const renewed = await signIn(browser, client)
  await jwtVerify(renewed.id_token!, createLocalJWKSet(await published(system)))
})

test('asvs-13.3.1 the private parts leave the database sealed only, and are published nowhere', async (t) => {
  const { system } = await startFloor(t, 3)
  const sets = await Promise.all([0, 1, 2].map((node) => published(system, node)))
  // Three nodes that are asked first at once make one pair of each.
  for (const set of sets) assert.deepEqual(set, sets[0])
  assert.equal(sets[0]!.keys.length, 2)
  for (const key of sets[0]!.keys) for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.ok(!(part in key), part)
  const rows = await system.sql<{ sealed: Buffer }>('select sealed from signing_key')
  for (const { sealed } of rows) assert.ok(!sealed.toString('latin1').includes('"d"'))
})
