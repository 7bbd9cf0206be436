import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { connect } from '../../../test/connect.ts'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import { type TestSystem, until } from '../../../test/nodes.ts'
import { setRules } from '../../../test/set-rules.ts'
import { tidyAll } from '../../../test/tidy.ts'
import { beginEpoch } from '../../operator/begin-epoch.ts'
import { endAccountSession } from '../../operator/end-account-session.ts'
import { type Cursor, type Event, readEvents } from './events.ts'

/** Reads all that there is, so many at a time. Tests beside this one have transactions of their own in the same PostgreSQL. */
async function readAll(system: TestSystem, after?: Cursor, limit = 3, instance = system.main) {
  await until(async () => {
    const others = await system.sql(`select from pg_stat_activity where datname <> current_database()
      and backend_xid::text::bigint <= (select max(horizon) from audit_event)`)
    return others.length === 0
  })
  const events: Event[] = []
  for (let cursor = after; ; ) {
    const passage = await readEvents(system, instance, cursor, limit)
    events.push(...passage.events)
    cursor = passage.cursor
    if (passage.isLast) return { events, cursor }
  }
}

const write = (system: TestSystem, name: string) =>
  `insert into audit_event (instance_id, event, actor_kind, detail) values ('${system.main.id}', 'account_changed', 'operator', '{"name": "${name}"}')`
const names = (events: Event[]) => events.map(({ detail }) => detail.name)

test('a transaction that commits late is not passed by, and what came after it waits for it', async (t) => {
  const { system } = await startFloor(t)
  const { cursor } = await readAll(system)
  const [slow, quick] = [await connect(t, system.address), await connect(t, system.address)]
  await slow.query('begin')
  await slow.query(write(system, 'slow'))
  await quick.query(write(system, 'quick'))
  const meanwhile = await readAll(system, cursor)
  assert.deepEqual(names(meanwhile.events), [], 'what is under way may still come before')
  await slow.query('commit')
  const after = await readAll(system, meanwhile.cursor)
  assert.deepEqual(names(after.events), ['slow', 'quick'])
  assert.deepEqual((await readAll(system, after.cursor)).events, [])
})

test('a row whose number is lower than one that was read is not passed by', async (t) => {
  const { system } = await startFloor(t)
  const { cursor } = await readAll(system)
  const [slow, quick] = [await connect(t, system.address), await connect(t, system.address)]
  // It takes its number, and is held up before it is a transaction that writes.
  await slow.query('begin')
  const { rows } = await slow.query("select nextval(pg_get_serial_sequence('audit_event', 'id')) as id")
  await quick.query(write(system, 'quick'))
  const first = await readAll(system, cursor)
  assert.deepEqual(names(first.events), ['quick'])
  await slow.query(
    write(system, 'slow')
      .replace('(instance_id,', '(id, instance_id,')
      .replace('values (', `overriding system value values (${rows[0].id}, `),
  )
  await slow.query('commit')
  assert.deepEqual(names((await readAll(system, first.cursor)).events), ['slow'])
})

test('what waited for another comes after it, also when its transaction was the first', async (t) => {
  const { system } = await startFloor(t)
  const { cursor } = await readAll(system)
  // The later one has its number before; a third one, which is still under way, is between the two.
  const [later, between, earlier] = [
    await connect(t, system.address),
    await connect(t, system.address),
    await connect(t, system.address),
  ]
  for (const each of [later, between, earlier]) await each.query('begin')
  for (const each of [later, between]) await each.query('select pg_current_xact_id()')
  await earlier.query(write(system, 'earlier'))
  await earlier.query('commit')
  await later.query(write(system, 'later'))
  await later.query('commit')
  const seen = await readAll(system, cursor)
  await between.query('commit')
  const rest = await readAll(system, seen.cursor)
  assert.deepEqual(names([...seen.events, ...rest.events]), ['earlier', 'later'])
})

test('a flood of what is not told holds up nobody: the cursor moves on', async (t) => {
  const { system } = await startFloor(t)
  const { cursor } = await readAll(system)
  await system.sql(
    "insert into audit_event (instance_id, event, actor_kind) select $1, 'login_refused', 'visitor' from generate_series(1, 50)",
    [system.main.id],
  )
  await system.sql(write(system, 'after'))
  const first = await readEvents(system, system.main, cursor, 20)
  assert.deepEqual([first.events.length, first.isLast], [0, false])
  assert.notEqual(first.cursor, cursor)
  assert.deepEqual(names((await readAll(system, first.cursor, 20)).events), ['after'])
})

test('each instance has its own events, and a cursor goes on where it was although others write', async (t) => {
  const { system } = await startFloor(t)
  const { instance: acme } = await system.addInstance('acme', 'acme.example.com')
  const other = await readAll(system, undefined, 3, acme)
  assert.ok(other.events.length > 0)
  const { cursor } = await readAll(system)
  for (let i = 0; i < 7; i += 1) await system.sql(write(system, `${i}`))
  assert.deepEqual(names((await readAll(system, cursor)).events), ['0', '1', '2', '3', '4', '5', '6'])
  assert.deepEqual((await readAll(system, other.cursor, 3, acme)).events, [])
  await assert.rejects(readEvents(system, system.main, "0.0' or true", 1), TypeError)
})

test('an end of a session is told for every reason, once', async (t) => {
  const { system, admin, ana, ben } = await startFloor(t)
  await setRules(system, { endOtherSession: true })
  const boss = await loggedIn(system, admin)
  let { cursor } = await readAll(system)
  const told: string[] = []
  const by = async (reason: string, act: () => Promise<unknown>) => {
    await act()
    const passage = await readAll(system, cursor)
    cursor = passage.cursor
    const ends = passage.events.filter(({ event, accountId }) => event === 'session_ended' && accountId !== admin.id)
    assert.deepEqual(
      ends.map(({ detail }) => detail.reason),
      [reason],
      reason,
    )
    assert.ok(ends[0]!.sessionId !== null && ends[0]!.accountId !== null)
    told.push(reason)
  }
  const make = (what: string) => system.sql(`update session set ${what} where account_id = $1 and ended_at is null`, [ana.id])
  const logIn = () => loggedIn(system, ana)

  await by('logged_out', async () => (await logIn()).post('/log-out'))
  for (const [reason, what] of [
    ['idle', "last_active_at = now() - interval '61 minutes'"],
    ['longest', "started_at = now() - interval '13 hours'"],
    ['hours_over', 'closes_at = now()'],
    ['no_sign_of_life', "last_seen_at = now() - interval '121 seconds'"],
  ] as const) {
    await by(reason, async () => {
      await logIn()
      await make(what)
      await tidyAll(system)
    })
    // And where a login finds it.
    await by(reason, async () => {
      await logIn()
      await make(what)
      await logIn()
    })
    await by('ended_by_operator', () => endAccountSession(system, system.main, ana.username))
  }
  await by('logged_in_again', async () => {
    const browser = await logIn()
    for (const name of [...browser.cookies.keys()]) if (name.includes('session')) browser.cookies.delete(name)
    assert.equal((await browser.logIn(ana.username, ana.password)).location, '/home')
  })
  await by('moved', async () => {
    const other = system.browser()
    await other.logIn(ana.username, ana.password)
    assert.equal((await other.post('/take-over')).location, '/home')
  })
  await by('seat_needed', async () => {
    await make("last_seen_at = now() - interval '121 seconds'")
    await system.sql('update instance set seats = 2, seat_reserve = 0')
    await loggedIn(system, ben)
    await system.sql('update instance set seats = null')
  })
  await by('ended_by_supervisor', () =>
    boss.sendJson('POST', '/api/sessions/end', { accountIds: [ben.id], reason: 'Shift is over' }),
  )
  await by('new_initial_password', async () => {
    await logIn()
    assert.equal((await boss.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })).status, 200)
  })
  await by('account_disabled', async () => {
    await loggedIn(system, ben)
    await boss.sendJson('POST', '/api/accounts/disable', { accountIds: [ben.id], reason: '' })
  })
  await by('epoch', async () => {
    const { username, password } = await system.addAccount()
    await loggedIn(system, { username, password })
    await beginEpoch(system, system.main)
  })
  assert.ok(new Set(told).size >= 13, told.join())
})

test('after a restore into another server, what docs/operating.md says lets readers go on, in the same order', async (t) => {
  const { system } = await startFloor(t)
  const client = await connect(t, system.address)
  for (const name of ['one', 'two', 'three']) await client.query(write(system, name))
  const told = names((await readAll(system)).events)
  // As a dump leaves it: the numbers of a server that has seen more transactions.
  await client.query('update audit_event set horizon = horizon + 1000000000')
  assert.deepEqual((await readAll(system)).events, [], 'nothing would be read for a billion transactions')
  const sql = /```sql\n(alter table audit_event no force[\s\S]*?)```/.exec(readFileSync('docs/operating.md', 'utf8'))![1]!
  // The owner of the tables, who is bound by their policies, and no superuser.
  const owner = `owner_${Date.now()}`
  await client.query(
    `create role ${owner}; grant create, usage on schema public to ${owner};
     alter table audit_event owner to ${owner}; alter table audit_seal owner to ${owner}`,
  )
  await client.query(`set role ${owner}`)
  await client.query(sql)
  await client.query('reset role')
  const again = await readAll(system)
  assert.deepEqual(names(again.events), told)
  await client.query(write(system, 'four'))
  assert.deepEqual(names((await readAll(system, again.cursor)).events), ['four'])
  const [{ forced }] = (await system.sql<{ forced: boolean }>(
    "select relforcerowsecurity as forced from pg_class where oid = 'audit_event'::regclass",
  )) as [{ forced: boolean }]
  assert.ok(forced, 'and the policies bind the owner again')
  await client.query(`reassign owned by ${owner} to gatehouse; drop owned by ${owner}; drop role ${owner}`)
})
