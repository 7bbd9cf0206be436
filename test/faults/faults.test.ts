// Everything that can go wrong around three nodes, under load. The short form; FAULTS=long, which `npm run test:faults` sets, is the whole.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { HttpBrowser } from '../http-browser.ts'
import { type Floor, long, openFloor, seconds, underLoad } from './floor.ts'

let floor: Floor
before(async () => {
  floor = await openFloor()
})
after(() => floor?.close())

test('fault-F23 the clocks of two nodes are five minutes off: nobody notices, and every moment is the database’s', async (t) => {
  const { owner } = floor.postgres
  const [first] = (await owner.query<{ at: Date }>('select clock_timestamp() as at')).rows
  for (const [place, node] of floor.cluster.nodes.entries()) {
    const { date } = await new HttpBrowser(node.url).get('/login')
    assert.ok(
      Math.abs(date.getTime() - Date.now() - floor.skews[place]! * 60_000) < 10_000,
      `the clock of node ${place} says ${date}`,
    )
  }
  const { load } = await underLoad(t, floor, () => seconds(long ? 30 : 2))
  assert.equal(load.busy, 0)
  const { rows } = await owner.query(
    `select 'session' as row from session where least(started_at, last_seen_at, last_active_at) < $1 or greatest(started_at, last_seen_at, ended_at) > now()
     union all select 'audit' from audit_event where at > now() or (event <> 'instance_created' and at < $1 and event = 'login')
     union all select 'attempt' from login_attempt where last_at not between $1 and now()`,
    [first!.at],
  )
  assert.deepEqual(rows, [])
})

test('fault-F02 a random node is killed again and again: who was logged in stays so, and nobody has to do more than try again', async (t) => {
  const { nodes } = floor.cluster
  for (let time = 0, end = long ? 12 : 1; time < end; time += 1)
    await underLoad(t, floor, async () => {
      const node = nodes[Math.floor(Math.random() * nodes.length)]!
      await node.stop('SIGKILL')
      await seconds(1)
      await node.start()
    })
})

test('fault-F03 nodes are told to stop and started again, one after the other: no request fails', async (t) => {
  const { load } = await underLoad(t, floor, async () => {
    for (const node of floor.cluster.nodes.slice(long ? 0 : 1, long ? 3 : 2)) {
      await node.stop('SIGTERM')
      await node.start()
      await seconds(1)
    }
  })
  assert.equal(load.busy, 0)
})

test('fault-F04 PostgreSQL is killed: 503 until it is back, and nothing that was said is lost', async (t) => {
  for (let time = 0; time < (long ? 5 : 1); time += 1) {
    const { load } = await underLoad(t, floor, async () => {
      floor.postgres.kill()
      await untilPostgresAnswers()
    })
    assert.ok(load.busy > 0)
  }
})

test('fault-F20 another client takes all connections of PostgreSQL: 503, and back when it lets go', async (t) => {
  const { load } = await underLoad(t, floor, async () => {
    const end = performance.now() + (long ? 20_000 : 3000)
    const taken: pg.Client[] = []
    while (performance.now() < end) {
      const client = new pg.Client({ connectionString: floor.postgres.url, application_name: 'greedy' })
      client.on('error', () => {})
      try {
        await client.connect()
        taken.push(client)
      } catch {
        // There is none left to take but those of the nodes.
        await floor.postgres.owner.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'gatehouse%'",
        )
        await wait(100)
      }
    }
    await Promise.all(taken.map((client) => client.end()))
  })
  assert.ok(load.busy > 0)
})

test('fault-F21 PostgreSQL is frozen for 5 s: 503 meanwhile, for nobody a wait without end', async (t) => {
  for (let time = 0; time < (long ? 4 : 1); time += 1) {
    const { load } = await underLoad(t, floor, async () => {
      floor.postgres.freeze()
      await seconds(5)
      floor.postgres.thaw()
    })
    assert.ok(load.busy > 0)
    assert.ok(load.longestMs < 12_000, `somebody waited for ${load.longestMs} ms`)
  }
})

test('fault-F22 the network between a node and the database swallows everything: the others go on, and so does it afterwards', async (t) => {
  const { load } = await underLoad(t, floor, async (load) => {
    floor.link.cut()
    await seconds(long ? 20 : 3)
    const before = load.served
    await seconds(2)
    assert.ok(load.served > before, 'nobody is served by the others')
    floor.link.mend()
  })
  assert.ok(load.longestMs < 20_000, `somebody waited for ${load.longestMs} ms`)
})

test('fault-F26 the disk of the database is full: 503 for what has to be kept, and back when there is room', async (t) => {
  if (!floor.postgres.ownDisk) return t.skip('a disk of its own cannot be mounted here')
  const { owner } = floor.postgres
  const { load } = await underLoad(t, floor, async () => {
    floor.postgres.fillDisk()
    // What is kept ahead is used up, so that the next write has no place.
    await owner.query('create table if not exists waste (text text)').catch(() => {})
    for (let i = 0; i < 200; i += 1) {
      const failed = await owner
        .query('insert into waste select md5(random()::text) from generate_series(1, 20000)')
        .catch((error: Error) => error)
      if (failed instanceof Error) break
    }
    await seconds(long ? 15 : 3)
    floor.postgres.emptyDisk()
    await untilPostgresAnswers()
  })
  await owner.query('drop table if exists waste')
  assert.ok(load.busy > 0)
})

async function untilPostgresAnswers(): Promise<void> {
  for (;;) {
    try {
      await floor.postgres.owner.query('select 1')
      return
    } catch {
      await wait(20)
    }
  }
}
