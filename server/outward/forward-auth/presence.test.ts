// Working in a module is a sign of life: docs/decisions/0022-working-in-a-module-is-a-sign-of-life.md
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check, entered, navigates, startBehindProxy } from '../../../test/at-module.ts'
import { loggedIn } from '../../../test/floor.ts'
import { openLive } from '../../../test/live-client.ts'
import { addModule, oidc, signIn } from '../../../test/module.ts'
import { type TestSystem, until } from '../../../test/nodes.ts'

type Row = {
  seen_ago: number
  active_ago: number
  lapses_in: number | null
  carried_in: number | null
  version: string
  ended: boolean
}
async function rowOf(system: TestSystem): Promise<Row> {
  const [row] = await system.sql<Row>(
    `select extract(epoch from now() - last_seen_at)::float as seen_ago, extract(epoch from now() - last_active_at)::float as active_ago,
       extract(epoch from lapses_at - now())::float as lapses_in, extract(epoch from carried_until - now())::float as carried_in,
       xmin::text as version, ended_at is not null as ended from session order by started_at desc limit 1`,
  )
  return row!
}
/** As if nothing had happened for so long. */
const quiet = (system: TestSystem, seconds: number) =>
  system.sql(
    `update session set last_seen_at = now() - interval '${seconds} seconds', last_active_at = now() - interval '${seconds} seconds',
       carried_until = carried_until - interval '${seconds} seconds'`,
  )

test('a request at a module renews the lease, and puts off the idle end only where a person opens a page', async (t) => {
  const { system, ana } = await startBehindProxy(t)
  const { there } = await entered(system, ana)
  const inBackground: Record<string, string>[] = [
    {},
    { 'sec-fetch-mode': 'cors' },
    { 'sec-fetch-mode': 'cors', 'x-forwarded-method': 'POST', 'sec-fetch-user': '?1' },
    // A page that loads itself anew.
    { 'sec-fetch-mode': 'navigate' },
    { 'sec-fetch-mode': 'navigate', 'sec-fetch-user': '?0' },
    { 'sec-fetch-mode': 'websocket' },
  ]
  for (const headers of inBackground) {
    await quiet(system, 100)
    assert.equal((await check(there, headers)).status, 200)
    const { seen_ago, active_ago, carried_in } = await rowOf(system)
    assert.ok(seen_ago < 10 && active_ago > 90 && carried_in! > 100, JSON.stringify(headers))
  }
  await quiet(system, 100)
  assert.equal((await check(there, navigates)).status, 200)
  assert.ok((await rowOf(system)).active_ago < 10)
})

test('what comes within ten seconds writes once, however much it is; who is refused writes nothing', async (t) => {
  const { system, ana } = await startBehindProxy(t, 2)
  const { there } = await entered(system, ana)
  await quiet(system, 100)
  await check(there, navigates)
  const { version } = await rowOf(system)
  await Promise.all(Array.from({ length: 40 }, () => there.get('/forward-auth/nginx')))
  assert.equal((await rowOf(system)).version, version)
  await check(there, navigates)
  assert.equal((await rowOf(system)).version, version)
  // Eighty requests of one page after a pause are one write too.
  await quiet(system, 100)
  const before = Number((await rowOf(system)).version)
  await Promise.all(Array.from({ length: 80 }, () => there.get('/forward-auth/nginx')))
  const after = await rowOf(system)
  assert.ok(Number(after.version) > before)
  await quiet(system, 100)
  await system.sql('delete from module_profile')
  const { version: refused } = await rowOf(system)
  assert.equal((await check(there, navigates)).status, 403)
  assert.equal((await rowOf(system)).version, refused)
})

test('who leaves Gatehouse for a module keeps the session for the lease; who leaves everything has the grace', async (t) => {
  const { system, ana } = await startBehindProxy(t)
  const { own, there } = await entered(system, ana)
  const lose = async () => {
    const live = await openLive(t, system.nodes[0]!, own)
    await live.next('hello')
    live.close()
    await until(async () => (await rowOf(system)).lapses_in !== null)
  }
  await check(there)
  await lose()
  const { lapses_in } = await rowOf(system)
  assert.ok(lapses_in! > 100 && lapses_in! <= 120, String(lapses_in))
  // And the next request there takes the end away.
  assert.equal((await check(there)).status, 200)
  assert.equal((await rowOf(system)).lapses_in, null)
  await lose()
  await system.sql("update session set lapses_at = now() - interval '1 second'")
  assert.equal((await check(there)).status, 401, 'what has lapsed does not live again')

  await system.sql('delete from module_ticket')
  await loggedIn(system, ana)
  const alone = await loggedIn(system, await system.addAccount({}))
  const live = await openLive(t, system.nodes[0]!, alone)
  await live.next('hello')
  live.close()
  await until(async () => (await rowOf(system)).lapses_in !== null)
  assert.ok((await rowOf(system)).lapses_in! <= 20)
})

test('a module that refreshes its tokens carries the session; using and asking about them does not', async (t) => {
  const { system, ana } = await startBehindProxy(t)
  const client = await (await addModule(system)).client()
  const browser = await loggedIn(system, ana)
  const tokens = await signIn(browser, client)
  assert.ok((await rowOf(system)).carried_in! > 100, 'the first tokens count')
  await quiet(system, 100)
  await oidc.tokenIntrospection(client, tokens.access_token)
  await oidc.tokenIntrospection(client, tokens.refresh_token!)
  await oidc.fetchUserInfo(client, tokens.access_token, ana.id)
  assert.ok((await rowOf(system)).seen_ago > 90)
  await oidc.refreshTokenGrant(client, tokens.refresh_token!)
  const { seen_ago, active_ago, carried_in } = await rowOf(system)
  assert.ok(seen_ago < 10 && active_ago > 90 && carried_in! > 100)
})
