import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../../test/browser.ts'
import { authenticated, startNodes, type TestAccount, type TestSystem, until } from '../../test/nodes.ts'
import { openDatabase } from '../platform/database.ts'
import { defaultRules } from '../rules/rules.ts'
import { changeSeats, readSeatFigures, startSession } from './sessions.ts'
import { endOwnSession } from './store.ts'

const wide = { HASH_CONCURRENCY: '18', DATABASE_CONNECTIONS: '22' }
const caller = { address: '192.0.2.1', device: '', requestId: 'test' }

async function live(system: TestSystem): Promise<number> {
  const [row] = await system.sql<{ live: number }>('select count(*)::int as live from session where ended_at is null')
  return row!.live
}

async function waiting(system: TestSystem): Promise<number> {
  const [row] = await system.sql<{ waiting: number }>(
    "select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  )
  return row!.waiting
}

/** Makes the newest sessions look as if they had shown no sign of life for so long. */
async function silent(system: TestSystem, interval: string, many = 1): Promise<void> {
  await system.sql(
    `update session set last_seen_at = last_seen_at - $1::interval where id in (
       select id from session where ended_at is null order by started_at desc limit $2)`,
    [interval, many],
  )
}

/** Starts sessions of new accounts, each in a transaction of its own, all at the same moment. */
async function startMany(system: TestSystem, many: number, profile = 'Agent'): Promise<string[]> {
  const accounts = []
  for (let i = 0; i < many; i += 1) accounts.push(await system.addAccount({ profile, password: 'none' }))
  const started = await Promise.all(
    accounts.map(({ id }) => system.database.in(system.main, (tx) => startSession(tx, id, authenticated, caller))),
  )
  return started.map(({ kind }) => kind)
}

const count = (kinds: readonly string[], kind: string) => kinds.filter((each) => each === kind).length

test('fault-F14 cve-C35 200 browsers for 70 seats on three nodes: 70 are in, 130 hear that all seats are in use', async (t) => {
  const system = await startNodes(t, 3, wide)
  await changeSeats(system.database, system.main, { seats: 70 })
  const people: TestAccount[] = []
  while (people.length < 200) people.push(await system.addAccount())
  const browsers = await Promise.all(
    people.map(async (_, i) => {
      const browser = system.browser(i % 3)
      await browser.get('/login')
      return browser
    }),
  )
  // On a slow machine some are told to come back in a few seconds, and do.
  const logIn = async (i: number): Promise<Answer> => {
    const { username, password } = people[i]!
    const answer = await browsers[i]!.post('/login', { username, password })
    return answer.status === 503 ? logIn(i) : answer
  }
  const answers = await system.race(
    'session',
    people.map((_, i) => () => logIn(i)),
    3,
  )
  assert.equal(answers.filter(({ location }) => location === '/home').length, 70)
  const refused = answers.filter(({ status }) => status === 409)
  assert.equal(refused.length, 130)
  for (const { body } of refused) assert.match(body, /All seats are in use/)
  assert.equal(await live(system), 70)
  assert.deepEqual(await system.sql('select sum(refusals)::int as refusals from seat_refusal'), [{ refusals: 130 }])
  assert.equal((await system.sql("select id from audit_event where detail->>'reason' = 'no_seat'")).length, 130)
  assert.deepEqual(await system.sql('select username_hash from login_attempt where failures > 0'), [], 'no wrong passwords')
  const figures = await system.database.in(system.main, (tx) => readSeatFigures(tx, defaultRules))
  assert.deepEqual([figures.inUse, figures.peak, figures.refusals], [70, 70, 130])
})

test('cve-C35 the choice of a password takes a seat like any login, and the chosen password stays', async (t) => {
  const system = await startNodes(t, 2, wide)
  await changeSeats(system.database, system.main, { seats: 5 })
  const people = await Promise.all(Array.from({ length: 12 }, () => system.addAccount({ password: 'initial' })))
  const browsers = []
  for (const [i, { username, password }] of people.entries()) {
    const browser = system.browser(i % 2)
    await browser.logIn(username, password)
    await browser.get('/choose-password')
    browsers.push(browser)
  }
  const chosen = (i: number) => `walnut drifts over ${i} copper rails`
  const answers = await system.race(
    'session',
    browsers.map((browser, i) => () => browser.post('/choose-password', { newPassword: chosen(i), newPasswordAgain: chosen(i) })),
    5,
  )
  assert.equal(answers.filter(({ location }) => location === '/home').length, 5)
  const refused = answers.findIndex(({ status, body }) => status === 409 && /Your new password is saved/.test(body))
  const inside = answers.findIndex(({ location }) => location === '/home')
  await browsers[inside]!.get('/home')
  await browsers[inside]!.post('/log-out')
  assert.equal((await system.browser().logIn(people[refused]!.username, chosen(refused))).location, '/home')
})

test('a seat is free at once when its session logs out, is silent for longer than the lease, idle, or too old', async (t) => {
  const system = await startNodes(t)
  await changeSeats(system.database, system.main, { seats: 3 })
  assert.deepEqual(await startMany(system, 4).then((kinds) => count(kinds, 'started')), 3)
  for (const column of ['last_seen_at', 'last_active_at', 'started_at']) {
    const interval = {
      last_seen_at: '100 seconds',
      last_active_at: '59 minutes 40 seconds',
      started_at: '11 hours 59 minutes 40 seconds',
    }[column]
    await system.sql(
      `update session set ${column} = now() - $1::interval where id = (select id from session where ended_at is null limit 1)`,
      [interval],
    )
    assert.deepEqual(await startMany(system, 1), ['no_seat'], `${column}: not before`)
    await system.sql(
      `update session set ${column} = ${column} - interval '30 seconds' where ended_at is null and ${column} < now() - interval '90 seconds'`,
    )
    assert.deepEqual((await startMany(system, 2)).sort(), ['no_seat', 'started'], column)
    assert.equal(await live(system), 3)
  }
  const reasons = await system.sql<{ end_reason: string }>('select end_reason from session where ended_at is not null')
  assert.deepEqual(reasons.map((row) => row.end_reason).sort(), ['idle', 'longest', 'seat_needed'])
})

test('Administrators get in when all seats are in use, as many as the reserve says, and first take ordinary seats', async (t) => {
  const system = await startNodes(t)
  await changeSeats(system.database, system.main, { seats: 3, seatReserve: 2 })
  assert.deepEqual(await startMany(system, 1, 'Administrator'), ['started'])
  assert.deepEqual(await startMany(system, 3).then((kinds) => count(kinds, 'started')), 2, 'it took an ordinary one')
  assert.deepEqual(await startMany(system, 3, 'Supervisor'), ['no_seat', 'no_seat', 'no_seat'])
  assert.equal(count(await startMany(system, 6, 'Administrator'), 'started'), 2)
  assert.equal(await live(system), 5)
  await changeSeats(system.database, system.main, { seats: 1 })
  assert.deepEqual(await startMany(system, 1, 'Administrator'), ['no_seat'], 'three are in already')
  await system.sql(
    "update session set ended_at = now(), end_reason = 'longest' where account_id in (select id from account where profile_id in (select id from profile where name = 'Administrator'))",
  )
  await system.sql(
    "insert into audit_event (instance_id, event, actor_kind, session_id) select instance_id, 'session_ended', 'system', id from session where ended_at is not null",
  )
  assert.equal(count(await startMany(system, 3, 'Administrator'), 'started'), 2, 'also when more are in than there are seats')
})

test('with fewer seats than are in use nobody is thrown out, and new logins wait until there is room', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await startMany(system, 5)
  await changeSeats(system.database, system.main, { seats: 4 })
  assert.equal((await browser.get('/home')).status, 200)
  assert.deepEqual(await startMany(system, 1), ['no_seat'])
  await silent(system, '121 seconds', 2)
  assert.deepEqual(await startMany(system, 1), ['no_seat'], 'four are left')
  assert.equal(await live(system), 6, 'and who was silent can still come back')
  await silent(system, '121 seconds', 3)
  assert.deepEqual(await startMany(system, 1), ['started'])
  assert.equal(await live(system), 4)
  await changeSeats(system.database, system.main, { seats: null })
  assert.equal(count(await startMany(system, 10), 'started'), 10)
})

test('at a change of shifts logins may go over the seats, on so many minutes of a day, and never further', async (t) => {
  const system = await startNodes(t)
  await changeSeats(system.database, system.main, { seats: 20, overlapPercent: 10, overlapMinutes: 2 })
  assert.equal(count(await startMany(system, 30), 'started'), 22)
  const leave = (many: number) => silent(system, '1 hour', many)
  const aMinuteLater = () => system.sql("update seat_count set overlap_minute = overlap_minute - interval '1 minute'")
  await leave(1)
  assert.deepEqual(await startMany(system, 1), ['started'], 'in the same minute')
  await aMinuteLater()
  await leave(1)
  assert.deepEqual(await startMany(system, 1), ['started'], 'in the second one')
  await aMinuteLater()
  await leave(1)
  assert.deepEqual(await startMany(system, 1), ['no_seat'], 'in the third one')
  await system.sql('update seat_count set overlap_day = overlap_day - 1')
  assert.deepEqual(await startMany(system, 1), ['started'], 'on another day')
})

test('fault-F14 the limit that is set while logins are under way counts them', async (t) => {
  const system = await startNodes(t)
  const databases = [1, 2].map(() => openDatabase(system.address, 20, () => {}))
  t.after(() => Promise.all(databases.map((database) => database.close())))
  const accounts = await Promise.all(Array.from({ length: 40 }, () => system.addAccount({ password: 'none' })))
  const start = (i: number) => () =>
    databases[i % 2]!.in(system.main, (tx) => startSession(tx, accounts[i]!.id, authenticated, caller))
  const limit = async () => {
    await until(async () => (await waiting(system)) >= 8)
    await changeSeats(system.database, system.main, { seats: 10 })
    return { kind: 'limited' }
  }
  // Eight have begun without a limit and are about to write when the limit comes.
  const first = await system.race<{ kind: string }>('session', [...Array.from({ length: 8 }, (_, i) => start(i)), limit])
  assert.equal(
    count(
      first.map(({ kind }) => kind),
      'started',
    ),
    8,
  )
  const rest = await Promise.all(accounts.slice(8).map((_, i) => start(i + 8)()))
  assert.equal(
    count(
      rest.map(({ kind }) => kind),
      'started',
    ),
    2,
  )
})

test('fault-F14 a seat whose silent session is being ended at this moment is not refused', async (t) => {
  const system = await startNodes(t)
  await changeSeats(system.database, system.main, { seats: 2 })
  await startMany(system, 2)
  await silent(system, '121 seconds')
  const { id } = await system.addAccount({ password: 'none' })
  const other = openDatabase(system.address, 1, () => {})
  t.after(() => other.close())
  const [silentOne] = await system.sql<{ id: string; account_id: string }>(
    "select id, account_id from session where last_seen_at < now() - interval '2 minutes'",
  )
  // A log-out of the silent session holds its row until it has been recorded.
  const [, started] = await system.race<unknown>('audit_event', [
    () => endOwnSession(other, system.main, { id: silentOne!.id, accountId: silentOne!.account_id }, caller),
    async () => {
      await until(async () => (await waiting(system)) >= 1)
      return system.database.in(system.main, (tx) => startSession(tx, id, authenticated, caller))
    },
  ])
  assert.equal((started as { kind: string }).kind, 'started')
})
