// The live channel between real nodes, real sockets and a real database.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import { type LiveClient, listening, openLive } from '../../../test/live-client.ts'
import { type TestSystem, until } from '../../../test/nodes.ts'
import { setRules } from '../../../test/set-rules.ts'

type Row = { channel_id: string | null; lapses_in: number | null; seen_ago: number; ended: boolean }

async function rowOf(system: TestSystem, accountId: string): Promise<Row> {
  const [row] = await system.sql<Row>(
    `select channel_id, extract(epoch from lapses_at - now())::float as lapses_in, extract(epoch from now() - last_seen_at)::float as seen_ago,
       ended_at is not null as ended from session where account_id = $1 order by started_at desc limit 1`,
    [accountId],
  )
  return row!
}

/** Waits until so many nodes hear notices. */
async function hearing(system: TestSystem, nodes: number): Promise<void> {
  await until(async () => {
    const listening = await system.sql(
      "select from pg_stat_activity where datname = current_database() and application_name = 'gatehouse notices' and query ilike 'listen%'",
    )
    return listening.length === nodes
  })
}

async function openRequest(system: TestSystem, accountId: string): Promise<void> {
  await system.sql(
    `insert into recovery_request (instance_id, account_id, credential_version, address, device, expires_at)
     values ($1, $2, 0, '192.0.2.9', '', now() + interval '1 day')`,
    [system.main.id, accountId],
  )
}

test('a channel is the sign of life; losing it starts the grace, and whatever the browser asks for ends the grace', async (t) => {
  const { system, ana } = await startFloor(t)
  const browser = await loggedIn(system, ana)
  await system.sql("update session set last_seen_at = now() - interval '1 minute'")
  const live = await openLive(t, system.nodes[0]!, browser)
  assert.equal(live.status, 200)
  assert.deepEqual(await live.next('hello'), { warning: null })
  const open = await rowOf(system, ana.id)
  assert.ok(open.channel_id !== null && open.lapses_in === null && open.seen_ago < 10)

  live.close()
  await until(async () => (await rowOf(system, ana.id)).channel_id === null)
  const lost = await rowOf(system, ana.id)
  assert.ok(lost.lapses_in !== null && lost.lapses_in > 10 && lost.lapses_in <= 20, String(lost.lapses_in))
  assert.equal((await system.browser().logIn(ana.username, ana.password)).status, 409, 'the grace is not over')
  assert.equal((await browser.get('/home')).status, 200)
  assert.equal((await rowOf(system, ana.id)).lapses_in, null)
})

test('a closed browser frees its account and its seat when the grace is over, by the clock of the database, and nobody has to sweep', async (t) => {
  const { system, ana, ben, admin } = await startFloor(t)
  const browser = await loggedIn(system, ana)
  const boss = await loggedIn(system, admin)
  await system.sql('update instance set seats = 2, seat_reserve = 0')
  const live = await openLive(t, system.nodes[0]!, browser)
  await live.next('hello')
  live.close()
  await until(async () => (await rowOf(system, ana.id)).channel_id === null)
  assert.equal((await system.browser().logIn(ben.username, ben.password)).status, 409)
  // 21 s later.
  await system.sql("update session set lapses_at = lapses_at - interval '21 seconds' where lapses_at is not null")
  const { sessions } = JSON.parse((await boss.get('/api/sessions')).body) as { sessions: { username: string }[] }
  assert.deepEqual(
    sessions.map(({ username }) => username),
    ['boss'],
  )
  assert.equal((JSON.parse((await boss.get('/api/seats')).body) as { inUse: number }).inUse, 1)
  await loggedIn(system, ben)
  assert.equal((await rowOf(system, ana.id)).ended, true, 'its seat was needed')
  await system.sql('update instance set seats = null')
  await loggedIn(system, ana)
})

for (const order of ['opening first', 'losing first']) {
  test(`a page load races with the loss of the page before it: ${order}, the session goes on`, async (t) => {
    const { system, ana } = await startFloor(t, 2)
    const browser = await loggedIn(system, ana)
    const before = await openLive(t, system.nodes[0]!, browser)
    await before.next('hello')
    await listening(system.nodes[1]!)
    const [{ id }] = (await system.sql<{ id: string }>('select id from session where ended_at is null')) as [{ id: string }]
    const opens = () => openLive(t, system.nodes[1]!, browser)
    const loses = async () => before.close()
    // The statements queue on the session, in this order, although they come from two nodes.
    const waiting = async (count: number) =>
      until(
        async () =>
          (await system.sql("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"))
            .length >= count,
      )
    const holder = new pg.Client(system.address)
    await holder.connect()
    await holder.query('begin')
    await holder.query('select from session where id = $1 for update', [id])
    const starts = order === 'opening first' ? [opens, loses] : [loses, opens]
    const running: Promise<unknown>[] = []
    for (const [place, start] of starts.entries()) {
      running.push(start())
      await waiting(place + 1)
    }
    await holder.query('commit')
    await holder.end()
    const [after] = (await Promise.all(running)).filter((each) => each !== undefined) as [Awaited<ReturnType<typeof opens>>]
    await after.next('hello')
    await until(
      async () =>
        (await system.sql("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"))
          .length === 0,
    )
    const row = await rowOf(system, ana.id)
    assert.deepEqual([row.lapses_in, row.channel_id !== null, row.ended], [null, true, false])
  })
}

test('a session that is ended on one node is told on the other within a second, with the words for the person', async (t) => {
  const { system, ana, admin } = await startFloor(t, 2)
  const agent = await loggedIn(system, ana)
  const boss = await loggedIn(system, admin, 1)
  const live = await openLive(t, system.nodes[0]!, agent)
  await live.next('hello')
  await listening(system.nodes[1]!)
  await hearing(system, 2)
  const at = performance.now()
  await boss.sendJson('POST', '/api/sessions/end', { accountIds: [ana.id], reason: 'Shift is over' })
  const told = (await live.next('ended')) as { reason: string; text: string }
  assert.ok(performance.now() - at < 1000)
  assert.equal(told.reason, 'ended_by_supervisor')
  assert.match(told.text, /a supervisor ended your session\. .* Reason: Shift is over$/)
  await live.ended
  assert.equal((await agent.get('/api/session')).status, 401)
})

test('a session that is moved is told where to, and may say that it was somebody else', async (t) => {
  const { system, ana } = await startFloor(t)
  await setRules(system, { endOtherSession: true })
  const agent = await loggedIn(system, ana)
  const live = await openLive(t, system.nodes[0]!, agent)
  await live.next('hello')
  await hearing(system, 1)
  const other = system.browser()
  other.headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
  await other.logIn(ana.username, ana.password)
  assert.equal((await other.post('/take-over')).location, '/home')
  const told = (await live.next('ended')) as { reason: string; text: string; notMe: string }
  assert.equal(told.reason, 'moved')
  assert.match(told.text, /on Firefox/)
  assert.equal((await agent.post('/not-me', { formToken: told.notMe })).location, '/login?told')
  assert.equal((await system.sql("select from audit_event where event = 'session_move_disputed'")).length, 1)
})

test('what is told while the connection for notices is lost is found out when it is back', async (t) => {
  const { system, ana } = await startFloor(t)
  const agent = await loggedIn(system, ana)
  const live = await openLive(t, system.nodes[0]!, agent)
  await live.next('hello')
  await hearing(system, 1)
  // The connection is gone before the session ends, and comes back a quarter of a second later at the earliest.
  await system.sql(`
    do $$ begin
      perform pg_terminate_backend(pid, 1000) from pg_stat_activity where application_name = 'gatehouse notices' and datname = current_database();
      with ended as (update session set ended_at = now(), end_reason = 'ended_by_operator' returning *)
      insert into audit_event (instance_id, event, actor_kind, account_id, session_id, detail)
      select instance_id, 'session_ended', 'operator', account_id, id, '{"reason": "ended_by_operator"}' from ended;
    end $$`)
  const told = (await live.next('ended')) as { reason: string }
  assert.equal(told.reason, 'ended_by_operator')
})

test('a node that is killed says nothing, and the sessions of its channels lapse within the lease; a new channel goes on', async (t) => {
  const { system, ana } = await startFloor(t, 2)
  const agent = await loggedIn(system, ana)
  const live = await openLive(t, system.nodes[0]!, agent)
  await live.next('hello')
  // As a killed node leaves it: a channel that nobody renews.
  await system.sql("update session set last_seen_at = now() - interval '60 seconds'")
  assert.equal((await system.browser().logIn(ana.username, ana.password)).status, 409, 'half of the lease is left')
  const again = await openLive(t, system.nodes[1]!, agent)
  await again.next('hello')
  await system.sql("update session set last_seen_at = last_seen_at - interval '5 seconds'")
  assert.equal((await system.browser().logIn(ana.username, ana.password)).status, 409, 'its browser came back')
  await system.sql("update session set last_seen_at = now() - interval '121 seconds'")
  assert.equal((await system.browser().logIn(ana.username, ana.password)).location, '/home')
  // Nobody was told, for a lapsed session has nobody left; its channel finds out when it renews or opens again.
  assert.equal((await openLive(t, system.nodes[0]!, agent)).status, 401)
})

test('a node that stops sends its channels to another one, lets their sessions be, and does not wait for them', async (t) => {
  const { system, ana } = await startFloor(t)
  const agent = await loggedIn(system, ana)
  const live = await openLive(t, system.nodes[0]!, agent)
  await live.next('hello')
  const at = performance.now()
  await system.nodes[0]!.close()
  assert.ok(performance.now() - at < 5000)
  assert.deepEqual(await live.next('again'), { within: 3000 })
  await live.ended
  const row = await rowOf(system, ana.id)
  assert.ok(row.channel_id !== null && row.lapses_in === null)
})

test('a session has one channel: a second one takes the place of the first, which is told', async (t) => {
  const { system, ana } = await startFloor(t)
  const agent = await loggedIn(system, ana)
  const first = await openLive(t, system.nodes[0]!, agent)
  await first.next('hello')
  const second = await openLive(t, system.nodes[0]!, agent)
  await second.next('hello')
  await first.next('replaced')
  await first.ended
  assert.equal((await rowOf(system, ana.id)).lapses_in, null)
  // The page without one says so, and its old channel means nothing any more.
  assert.equal((await agent.postJson('/api/session/alive')).status, 200)
  second.close()
  await second.ended
  assert.equal((await agent.get('/home')).status, 200)
  assert.deepEqual([(await rowOf(system, ana.id)).lapses_in, (await rowOf(system, ana.id)).channel_id], [null, null])
})

test('what changes is told to those who may see it and reach it, and to nobody else', async (t) => {
  const { system, ana, ben, supervisor, admin } = await startFloor(t)
  const [agent, leader, boss] = [await loggedIn(system, ana), await loggedIn(system, supervisor), await loggedIn(system, admin)]
  const [ofAna, ofSupervisor, ofBoss] = await Promise.all(
    [agent, leader, boss].map((each) => openLive(t, system.nodes[0]!, each)),
  )
  for (const each of [ofAna, ofSupervisor, ofBoss]) await each!.next('hello')
  await hearing(system, 1)
  for (const each of [ofAna, ofSupervisor, ofBoss]) each!.events.length = 0
  const heard = (each: LiveClient | undefined) =>
    each!.events.filter(({ event }) => event === 'changed').flatMap(({ data }) => data.subjects)
  await openRequest(system, ben.id)
  await until(() => heard(ofBoss).includes('requests'))
  await openRequest(system, ana.id)
  await until(() => heard(ofSupervisor).includes('requests'))
  await loggedIn(system, ben)
  await until(() => heard(ofBoss).includes('sessions') && heard(ofSupervisor).includes('sessions'))
  assert.deepEqual(heard(ofAna), [])
  await boss.sendJson('POST', '/api/sessions/end', { accountIds: [supervisor.id], reason: '' })
  // The last event: whatever came for the supervisor has come before it.
  await ofSupervisor!.next('ended')
  assert.equal(heard(ofSupervisor).filter((subject) => subject === 'requests').length, 1, 'not of another team')
})

test('asvs-7.3.1 a warning comes before the idle end, staying takes it back, and the end comes on time', async (t) => {
  const { system, ana } = await startFloor(t)
  await setRules(system, { idleMinutes: 10 })
  const agent = await loggedIn(system, ana)
  // A second before the warning.
  await system.sql("update session set last_active_at = now() - interval '8 minutes' + interval '1 second'")
  const live = await openLive(t, system.nodes[0]!, agent)
  assert.deepEqual(await live.next('hello'), { warning: null })
  const warning = (await live.next('warning')) as { kind: string; seconds: number }
  assert.equal(warning.kind, 'idle')
  assert.ok(warning.seconds > 110 && warning.seconds <= 120)
  assert.equal(
    (JSON.parse((await agent.postJson('/api/session/alive')).body) as { warning: { kind: string } }).warning.kind,
    'idle',
  )
  assert.equal((await agent.postJson('/api/session/stay')).status, 204)
  assert.deepEqual(JSON.parse((await agent.postJson('/api/session/alive')).body), { warning: null })

  await system.sql("update session set last_active_at = now() - interval '10 minutes' + interval '1 second'")
  const again = await openLive(t, system.nodes[0]!, agent)
  const end = (await again.next('ended')) as { reason: string; text: string }
  assert.equal(end.reason, 'idle')
  assert.match(end.text, /nothing was done for 10 minutes/)
  assert.equal((await agent.postJson('/api/session/stay')).status, 401)
})

test('asvs-7.3.2 the longest time has its warning and its end too', async (t) => {
  const { system, ana } = await startFloor(t)
  const agent = await loggedIn(system, ana)
  await system.sql("update session set started_at = now() - interval '11 hours 59 minutes'")
  const live = await openLive(t, system.nodes[0]!, agent)
  const { warning } = (await live.next('hello')) as { warning: { kind: string } }
  assert.equal(warning.kind, 'longest')
  await system.sql("update session set started_at = now() - interval '12 hours' + interval '1 second'")
  const again = await openLive(t, system.nodes[0]!, agent)
  assert.equal((await again.next('ended')).reason, 'longest')
})

test('whoever is not logged in, or asks for something else than events, gets no channel', async (t) => {
  const { system, ana } = await startFloor(t)
  assert.equal((await openLive(t, system.nodes[0]!, system.browser())).status, 401)
  const agent = await loggedIn(system, ana)
  assert.equal((await agent.get('/api/live')).status, 400)
})
