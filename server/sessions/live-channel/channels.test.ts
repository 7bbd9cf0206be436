// The channels of one node with their times made short, on a real database.
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { allLanguages } from '../../../contracts/languages.ts'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import { type TestSystem, until } from '../../../test/nodes.ts'
import { openNotices } from '../../platform/notices.ts'
import { openTexts } from '../../platform/text.ts'
import { openRuleBook } from '../../rules/rules.ts'
import { renewChannels } from '../sessions.ts'
import { openChannels } from './channels.ts'
import { openEventSink } from './event-sink.ts'

const never = 1_000_000

async function startChannels(t: TestContext, pace: { renew?: number; beat?: number; confirm?: number }) {
  const { system, ana } = await startFloor(t)
  const browser = await loggedIn(system, ana)
  const notices = openNotices(system.address, () => {})
  const errors: unknown[] = []
  const needs = { database: system.database, rules: openRuleBook(system.database), texts: openTexts(), notices }
  const channels = openChannels(
    { ...needs, onError: (error) => errors.push(error) },
    { renew: never, beat: never, hint: 1000, confirm: 0.75, comeBack: 20, together: 2, gather: 0, ...pace },
  )
  channels.start()
  t.after(() => channels.close())
  const [{ id }] = (await system.sql<{ id: string }>('select id from session')) as [{ id: string }]
  const open = async (stream = new PassThrough()) => {
    const text: string[] = []
    const lost = await channels.open(
      {
        instance: system.main,
        sessionId: id,
        permissions: [],
        teams: [],
        view: { language: 'en', languages: allLanguages },
        visitToken: undefined,
      },
      openEventSink(stream),
    )
    return { stream, lost, text, read: () => void stream.setEncoding('utf8').on('data', (part) => text.push(part)) }
  }
  return { system, browser, ana, channels, open, errors }
}

async function standing(system: TestSystem) {
  const [row] = await system.sql<{ has_channel: boolean; lapses_in: number | null; seen_ago: number }>(
    'select channel_id is not null as has_channel, extract(epoch from lapses_at - now())::float as lapses_in, extract(epoch from now() - last_seen_at)::float as seen_ago from session',
  )
  return row!
}

test('a browser that does not come back to confirm its channel is gone: its lease runs from when it was last there', async (t) => {
  const { system, channels, open } = await startChannels(t, { confirm: 0.005 })
  const channel = await open()
  channel.read()
  await until(() => channels.count === 0)
  await until(async () => !(await standing(system)).has_channel)
  const { lapses_in } = await standing(system)
  assert.ok(lapses_in !== null && lapses_in > 110 && lapses_in < 120, String(lapses_in))
  await until(() => channel.stream.readableEnded)
  assert.match(channel.text.join(''), /event: again/)
  await open()
  assert.deepEqual([(await standing(system)).has_channel, (await standing(system)).lapses_in], [true, null])
})

test('the lease is renewed while the channel is open, and what nobody told is found out then', async (t) => {
  const { system, open } = await startChannels(t, { renew: 50 })
  const channel = await open()
  channel.read()
  await system.sql("update session set last_seen_at = now() - interval '1 hour'")
  await until(async () => (await standing(system)).seen_ago < 5)
  await system.sql(`with ended as (update session set ended_at = now(), end_reason = 'no_sign_of_life' returning *)
    insert into audit_event (instance_id, event, actor_kind, account_id, session_id, detail)
    select instance_id, 'session_ended', 'system', account_id, id, '{"reason": "no_sign_of_life"}' from ended`)
  await until(() => /event: ended\ndata: .*no_sign_of_life/.test(channel.text.join('')))
})

test('a channel that another node has replaced says so, and its loss means nothing', async (t) => {
  const { system, open } = await startChannels(t, { renew: 50 })
  const channel = await open()
  channel.read()
  await system.sql('update session set channel_id = gen_random_uuid()')
  await until(() => /event: replaced/.test(channel.text.join('')))
  channel.lost()
  assert.deepEqual([(await standing(system)).has_channel, (await standing(system)).lapses_in], [true, null])
})

test('a channel that was replaced renews no lease: the loss of the one that took its place counts', async (t) => {
  const { system, open } = await startChannels(t, {})
  const { database, main } = system
  const channel = await open()
  channel.read()
  const [{ id, channel_id }] = (await system.sql<{ id: string; channel_id: string }>('select id, channel_id from session')) as [
    { id: string; channel_id: string },
  ]
  const renew = (channelId: string) => renewChannels(database, [{ instanceId: main.id, sessionId: id, channelId }])
  const past = () =>
    system.sql("update session set last_seen_at = now() - interval '1 minute', lapses_at = now() + interval '10 seconds'")
  await past()
  await system.sql('update session set channel_id = gen_random_uuid()')
  assert.deepEqual(await renew(channel_id), [{ standing: 'replaced' }])
  assert.ok((await standing(system)).seen_ago >= 60 && (await standing(system)).lapses_in !== null, 'nothing was renewed')
  await system.sql('update session set channel_id = $1', [channel_id])
  assert.equal((await renew(channel_id))[0]!.standing, 'lives')
  assert.ok((await standing(system)).seen_ago < 10 && (await standing(system)).lapses_in === null)
})

test('asvs-7.4.2 the channel of an account that is disabled by whatever means is one of nobody', async (t) => {
  const { system, ana, open } = await startChannels(t, {})
  const channel = await open()
  channel.read()
  const [row] = await system.sql<{ id: string; channel_id: string }>('select id, channel_id from session')
  const renew = () =>
    renewChannels(system.database, [{ instanceId: system.main.id, sessionId: row!.id, channelId: row!.channel_id }])
  await system.sql('update account set enabled = false where id = $1', [ana.id])
  assert.deepEqual(await renew(), [{ standing: 'ended' }])
  await system.sql('update account set enabled = true where id = $1', [ana.id])
  assert.equal((await renew())[0]!.standing, 'lives', 'nothing else was in the way')
})

test('what waits for a browser that takes nothing has a limit; then the channel is lost', async (t) => {
  const { system, channels, open } = await startChannels(t, { beat: 5 })
  const stream = new PassThrough()
  stream.write('x'.repeat(60 * 1024))
  await open(stream)
  assert.equal(channels.count, 1)
  await until(() => stream.destroyed)
  assert.equal(channels.count, 0)
  await until(async () => (await standing(system)).lapses_in !== null)
  assert.ok((await standing(system)).lapses_in! > 100, 'no goodbye was said')
})
