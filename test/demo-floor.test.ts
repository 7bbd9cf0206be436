// The floor of the demo: people come, go, are refused and ask for help, and nobody falls silent while it runs.
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { fillDemo } from '../demo/fill.ts'
import { type Deed, openFloor } from '../demo/floor.ts'
import { dice } from '../demo/people.ts'
import type { System } from '../server/system.ts'
import { startNodes, until } from './nodes.ts'

test('on the floor of the demo people log in and out, are refused and ask for help, and whoever is in stays in', async (t) => {
  const system = await startNodes(t, 1, { TRUSTED_PROXIES: '127.0.0.1/32' })
  const { database, keys } = system
  await fillDemo({ database, keys } as System, 90)
  await system.nodes[0]!.listen({ port: 0, host: '127.0.0.1' })
  const { port } = system.nodes[0]!.server.address() as AddressInfo
  const [instance] = await system.sql<{ id: string }>("select id from instance where name = 'demo'")
  const url = `http://127.0.0.1:${port}`
  const floor = openFloor({ database, instance: instance!, url, host: 'demo.localhost', roll: dice(1), wanted: 30, free: [] })
  await system.work()

  const inUse = async () =>
    (await system.sql('select from session where instance_id = $1 and ended_at is null', [instance!.id])).length
  await system.sql(
    'select log_out(instance_id, id, account_id, address, device, null) from session where instance_id = $1 and ended_at is null',
    [instance!.id],
  )
  await floor.arrive()
  assert.equal(await inUse(), 30, 'after a night they come back')

  const count = async (event: string, reason?: string) =>
    (
      await system.sql(
        "select from audit_event where instance_id = $1 and event = $2 and ($3::text is null or detail->>'reason' = $3)",
        [instance!.id, event, reason ?? null],
      )
    ).length
  const seen: [Deed, string, string?][] = [
    ['log_in', 'login'],
    ['log_out', 'session_ended', 'logged_out'],
    ['wrong_password', 'login_refused'],
    ['second_login', 'login_refused', 'already_logged_in'],
    ['not_allowed', 'login_refused'],
    ['ask', 'recovery_asked'],
  ]
  for (const [deed, event, reason] of seen) {
    const before = await count(event, reason)
    assert.equal(await floor.step(deed), deed)
    await until(async () => (await count(event, reason)) === before + 1).catch((error) => assert.fail(`${deed}: ${error}`))
  }
  for (let i = 0; i < 10; i += 1) await floor.step()

  await system.sql(
    "update session set last_seen_at = now() - interval '100 seconds' where instance_id = $1 and ended_at is null",
    [instance!.id],
  )
  await floor.beat()
  const silent = await system.sql(
    "select from session where instance_id = $1 and ended_at is null and last_seen_at < now() - interval '50 seconds'",
    [instance!.id],
  )
  assert.deepEqual(silent, [])
})
