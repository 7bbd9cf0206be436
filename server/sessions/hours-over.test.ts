// A session ends with its account's dates and login hours, whoever changes them, and its person is warned before.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fields, loggedIn, startFloor } from '../../test/floor.ts'
import { openLive } from '../../test/live-client.ts'
import { type TestSystem, until } from '../../test/nodes.ts'
import { openDatabase } from '../platform/database.ts'
import { openRuleBook } from '../rules/rules.ts'
import { openWatch } from './sessions.ts'

function watch(t: TestContext, system: TestSystem) {
  const database = openDatabase(system.address, 5, () => {})
  const watching = openWatch(
    { database, rules: openRuleBook(database), onError: (error) => assert.fail(String(error)) },
    { look: 50, survey: 20_000 },
  )
  t.after(async () => {
    await watching.close()
    await database.close()
  })
  watching.start()
}

const closing = async (system: TestSystem, accountId: string) =>
  (
    await system.sql<{ closes_at: Date | null; reason: string | null; changed: boolean }>(
      'select closes_at, end_reason as reason, window_changed as changed from session where account_id = $1 order by started_at desc limit 1',
      [accountId],
    )
  )[0]!

/** The day of so many days from today, in UTC. */
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const midnightAfter = (date: string) => new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000)

test('a login knows when its account closes, and a usual one has no end of this kind', async (t) => {
  const { system, ana, ben } = await startFloor(t)
  await system.sql('update account set valid_until = $1 where id = $2', [day(2), ana.id])
  await loggedIn(system, ana)
  await loggedIn(system, ben)
  assert.deepEqual((await closing(system, ana.id)).closes_at, midnightAfter(day(2)))
  assert.equal((await closing(system, ben.id)).closes_at, null)
})

test('changed dates and hours are judged anew within moments, whatever path changes them; what is over is ended', async (t) => {
  const { system, admin, ana, ben, profiles } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const agent = await loggedIn(system, ana)
  await loggedIn(system, ben)
  watch(t, system)
  const closes = async (accountId: string, at: Date | null) => {
    await until(async () => !(await closing(system, accountId)).changed)
    assert.deepEqual((await closing(system, accountId)).closes_at, at)
  }
  // On the screen of an Administrator.
  const said = fields(profiles.Agent, { fullName: 'Ana Souza' })
  const [{ version }] = (await system.sql<{ version: number }>('select version from account where id = $1', [ana.id])) as [
    { version: number },
  ]
  const changed = await boss.sendJson('PUT', `/api/accounts/${ana.id}`, { ...said, version, validUntil: day(3) })
  assert.equal(changed.status, 204, changed.body)
  await closes(ana.id, midnightAfter(day(3)))
  // The time zone of the instance.
  await system.sql("update instance set time_zone = 'America/Montevideo'")
  await closes(ana.id, new Date(midnightAfter(day(3)).getTime() + 3 * 3_600_000))
  // Many at once, as an import does it.
  await system.sql('update account set valid_until = null')
  await closes(ana.id, null)
  assert.equal((await agent.get('/api/session')).status, 200)
  await system.sql('update account set login_hours = $1 where id = $2', ['{}', ana.id])
  await until(async () => (await closing(system, ana.id)).reason !== null)
  assert.equal((await closing(system, ana.id)).reason, 'hours_over')
  assert.equal((await agent.get('/home')).status, 303)
  assert.match((await agent.get('/login')).body, /dates or the login hours of your account are over/)
  assert.equal((await closing(system, ben.id)).reason, null)
})

test('the live channel warns before the hours end, takes it back when they are extended, and tells the end', async (t) => {
  const { system, ana } = await startFloor(t)
  const agent = await loggedIn(system, ana)
  const live = await openLive(t, system.nodes[0]!, agent)
  assert.deepEqual(await live.next('hello'), { warning: null })
  await until(
    async () =>
      (
        await system.sql(
          "select from pg_stat_activity where datname = current_database() and application_name = 'gatehouse notices' and query ilike 'listen%'",
        )
      ).length === 1,
  )
  const closeIn = (interval: string | null) => system.sql('update session set closes_at = now() + $1::interval', [interval])
  await closeIn('90 seconds')
  const warning = (await live.next('warning')) as { kind: string; seconds: number }
  assert.equal(warning.kind, 'hours')
  assert.ok(warning.seconds > 80 && warning.seconds <= 90)
  assert.equal(
    (JSON.parse((await agent.postJson('/api/session/alive')).body) as { warning: { kind: string } }).warning.kind,
    'hours',
  )
  const again = await openLive(t, system.nodes[0]!, agent)
  assert.equal(((await again.next('hello')) as { warning: { kind: string } }).warning.kind, 'hours')
  await closeIn('8 hours')
  await again.next('fine')
  await closeIn('1 second')
  const end = (await again.next('ended')) as { reason: string; text: string }
  assert.equal(end.reason, 'hours_over')
  assert.match(end.text, /dates or the login hours of your account are over/)
})

test('without scripts the next page says when the session ends, and not before it is soon', async (t) => {
  const { system, ana } = await startFloor(t)
  const agent = await loggedIn(system, ana)
  await system.sql("update session set closes_at = now() + interval '10 minutes'")
  assert.doesNotMatch((await agent.get('/home')).body, /you are logged out on/)
  await system.sql("update session set closes_at = now() + interval '1 minute'")
  assert.match((await agent.get('/change-password')).body, /<noscript>.*end soon: you are logged out on .*<\/noscript>/)
})
