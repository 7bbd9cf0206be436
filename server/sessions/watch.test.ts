import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { loggedIn, startFloor } from '../../test/floor.ts'
import { type TestSystem, until } from '../../test/nodes.ts'
import { type Database, openDatabase } from '../platform/database.ts'
import { openRuleBook } from '../rules/rules.ts'
import { openWatch } from './sessions.ts'

/** So many nodes keep watch, looking as often as given. */
function watch(t: TestContext, system: TestSystem, nodes: number, pace = { look: 1000, survey: 20_000 }) {
  const errors: unknown[] = []
  /** How often each node has asked the database; a look is two times at the least. */
  const asked = Array.from({ length: nodes }, () => 0)
  const watches = Array.from({ length: nodes }, (_, node) => {
    // As every node does: as a login role that serves and can become nobody else.
    const opened = openDatabase({ ...system.address, user: 'gatehouse_node' }, 5, () => {})
    const database: Database = {
      ...opened,
      call(work) {
        asked[node]! += 1
        return opened.call(work)
      },
    }
    const each = openWatch({ database, rules: openRuleBook(database), onError: (error) => errors.push(error) }, pace)
    t.after(async () => {
      await each.close()
      await opened.close()
    })
    each.start()
    return each
  })
  /** Waits until so many nodes have looked twice more, from the beginning. */
  const lookedAgain = async (many = nodes) => {
    const before = [...asked]
    await until(() => asked.filter((calls, node) => calls >= before[node]! + 6).length >= many)
  }
  return { watches, errors, lookedAgain }
}

const ends = (system: TestSystem, accountId: string) =>
  system.sql<{ reason: string }>(
    `select detail->>'reason' as reason from audit_event where event = 'session_ended' and account_id = $1`,
    [accountId],
  )

for (const [reason, what] of [
  ['no_sign_of_life', "last_seen_at = now() - interval '119 seconds'"],
  ['no_sign_of_life', "lapses_at = now() + interval '1 second'"],
  ['idle', "last_active_at = now() - interval '59 minutes 59 seconds'"],
  ['longest', "started_at = now() - interval '11 hours 59 minutes 59 seconds'"],
  ['hours_over', "closes_at = now() + interval '1 second'"],
] as const)
  test(`a session that runs out is ended, not before its moment, by one of three nodes, once: ${what.split(' ')[0]}`, async (t) => {
    const { system, ana, ben } = await startFloor(t)
    await loggedIn(system, ana)
    await loggedIn(system, ben)
    const [{ due }] = (await system.sql<{ due: Date }>(
      `update session set ${what} where account_id = $1 returning now() + interval '1 second' as due`,
      [ana.id],
    )) as [{ due: Date }]
    const { errors, lookedAgain } = watch(t, system, 3)
    await until(async () => (await ends(system, ana.id)).length > 0)
    await lookedAgain()
    const [{ ended_at }] = (await system.sql<{ ended_at: Date }>('select ended_at from session where account_id = $1', [
      ana.id,
    ])) as [{ ended_at: Date }]
    // How soon after it, bench/watch.ts measures.
    assert.ok(ended_at >= due, `${due.toISOString()}: ${ended_at.toISOString()}`)
    assert.deepEqual(
      (await ends(system, ana.id)).map((each) => each.reason),
      [reason],
    )
    assert.deepEqual(await ends(system, ben.id), [])
    assert.deepEqual(errors, [])
  })

test('a grace that begins while nodes watch ends on time, and a sign of life before it keeps the session', async (t) => {
  const { system, ana, ben } = await startFloor(t)
  const [agent] = [await loggedIn(system, ana), await loggedIn(system, ben)]
  watch(t, system, 2)
  await until(async () => (await system.sql('select from session_watch')).length === 1)
  await system.sql("update session set lapses_at = now() + interval '1 second'")
  assert.equal((await agent.get('/home')).status, 200)
  await until(async () => (await ends(system, ben.id)).length > 0)
  assert.deepEqual(await ends(system, ana.id), [])
})

test('two nodes that find the same sessions at the same moment end each once, and wait for nobody who holds one', async (t) => {
  const { system } = await startFloor(t)
  const people = await Promise.all(Array.from({ length: 12 }, () => system.addAccount()))
  for (const person of people) await loggedIn(system, person)
  const holder = new pg.Client(system.address)
  await holder.connect()
  t.after(() => holder.end())
  await holder.query('begin')
  const { rows } = await holder.query('select account_id from session order by id limit 1 for update')
  await system.sql("update session set lapses_at = now() - interval '1 second' where account_id <> $1", [rows[0].account_id])
  await holder.query("update session set lapses_at = now() - interval '1 second' where account_id = $1", [rows[0].account_id])
  // Both have found them, and wait to write the first end into the audit.
  const lock = new pg.Client(system.address)
  await lock.connect()
  t.after(() => lock.end())
  await lock.query('begin')
  await lock.query('lock table audit_event in exclusive mode')
  const { errors, lookedAgain } = watch(t, system, 2, { look: 50, survey: 20_000 })
  await until(async () => {
    const waiting = await system.sql(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    return waiting.length >= 1
  })
  // One waits with what it has found, and the other has found that it is taken.
  await lookedAgain(1)
  await lock.query('commit')
  const count = async () => (await system.sql("select from audit_event where event = 'session_ended'")).length
  await until(async () => (await count()) === 11)
  assert.equal((await system.sql('select from session where ended_at is null')).length, 1, 'the one that is held')
  await holder.query('commit')
  await until(async () => (await count()) === 12)
  await lookedAgain()
  assert.equal((await system.sql("select session_id from audit_event where event = 'session_ended' group by 1")).length, 12)
  assert.equal(await count(), 12)
  assert.deepEqual(errors, [])
})

test('after a break of the watch nobody is ended for silence before there was a lease of time', async (t) => {
  const { system, ana, ben } = await startFloor(t)
  for (const person of [ana, ben]) await loggedIn(system, person)
  await system.sql("insert into session_watch (since, last_at) values ('-infinity', now() - interval '10 minutes')")
  await system.sql("update session set last_seen_at = now() - interval '11 minutes'")
  await system.sql("update session set last_active_at = now() - interval '61 minutes' where account_id = $1", [ben.id])
  const { lookedAgain } = watch(t, system, 2, { look: 50, survey: 100 })
  await until(async () => (await ends(system, ben.id)).length > 0)
  await lookedAgain()
  assert.deepEqual(await ends(system, ana.id), [])
  await system.sql("update session_watch set since = now() - interval '2 minutes'")
  await until(async () => (await ends(system, ana.id)).length > 0)
})
