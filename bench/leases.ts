// What it costs that so many sessions live: their channels on one node, renewed and confirmed, without the sockets.
import { sql } from 'kysely'
import { type Database, type DatabaseAddress, openDatabase } from '../server/platform/database.ts'
import { openNotices } from '../server/platform/notices.ts'
import { openTexts } from '../server/platform/text.ts'
import { findRules, openRuleBook } from '../server/rules/rules.ts'
import { openChannels } from '../server/sessions/live-channel/channels.ts'
import { pause, percentiles } from './client.ts'
import { addLiveSessions, removeLiveSessions } from './live-sessions.ts'
import { postgresSeconds, transactions } from './processor-time.ts'
import type { Row } from './report.ts'

/** Keeps the channels of so many sessions open for so many seconds, after as many as they need to settle. */
export async function measureLeases(
  address: DatabaseAddress,
  dataDir: string,
  sessions: number,
  { settle, measured }: { settle: number; measured: number },
): Promise<Row> {
  const live = await addLiveSessions(address, sessions)
  const { instance, sessionIds } = live
  const errors: Record<string, number> = {}
  const onError = (error: unknown, message = 'notices') => {
    const words = `${message}: ${(error as Error).message} ${((error as Error).cause as Error | undefined)?.message ?? ''}`
    errors[words] = (errors[words] ?? 0) + 1
  }
  const database = openDatabase(address, 10, onError)
  const notices = openNotices(address, onError)
  const rules = openRuleBook(database)
  const texts = openTexts()
  const channels = openChannels({ database, rules, texts, notices, onError })
  notices.start()
  channels.start()

  let opened = 0
  let isOver = false
  const view = { language: 'en', languages: ['en'], t: texts('en'), instanceName: 'main' } as const
  const open = async (sessionId: string): Promise<void> => {
    if (isOver) return
    opened += 1
    const again = (within: number) => setTimeout(() => void open(sessionId), within * Math.random())
    try {
      await channels.open(
        { instance, sessionId, permissions: [], teams: [], view, visitToken: '' },
        {
          send: (event, data) => {
            if (event === 'again') again((data as { within: number }).within)
            return true
          },
          end() {},
          destroy() {},
        },
      )
    } catch (error) {
      onError(error, 'open')
      again(1000)
    }
  }
  // As a floor arrives: over as long as a lease is, and not in one moment.
  const begin = performance.now()
  for (const [at, sessionId] of sessionIds.entries()) {
    void open(sessionId)
    const due = (at / sessions) * settle * 500
    if (at % 100 === 0 && performance.now() - begin < due) await pause(due - (performance.now() - begin))
  }
  await pause(settle * 500)

  const before = {
    at: performance.now(),
    node: process.cpuUsage(),
    postgres: postgresSeconds(dataDir),
    ended: await transactions(address),
    opened,
  }
  await pause(measured * 1000)
  const took = (performance.now() - before.at) / 1000
  const node = process.cpuUsage(before.node)
  const transactionsPerSecond = ((await transactions(address)) - before.ended) / took
  const postgres = (postgresSeconds(dataDir) - before.postgres) / took
  const openedPerSecond = (opened - before.opened) / took
  const lapsed = await lapsedOf(database, instance, sessionIds)
  if (lapsed > 0) errors['sessions that lapsed'] = lapsed
  isOver = true
  channels.drain()
  await channels.close()
  await notices.close()
  await database.close()
  await removeLiveSessions(address, live)
  const share = (processors: number) => `${Math.round(processors * 100)} %`
  return {
    what: `transactions for ${sessions} live sessions, without their sockets`,
    load: { perSecond: transactionsPerSecond, ...percentiles([]), count: 0, seconds: took, errors },
    ratio: `${share((node.user + node.system) / 1e6 / took)} of a processor for the node, ${share(postgres)} for PostgreSQL; ${Math.round(openedPerSecond)} channels a second opened anew`,
  }
}

async function lapsedOf(database: Database, instance: { id: string }, sessionIds: readonly string[]): Promise<number> {
  const { leaseSeconds } = await database.in(instance, findRules)
  const { rows } = await database.in(instance, (tx) =>
    sql<{ lapsed: number }>`
      select count(*)::int as lapsed from session
      where id = any (${sessionIds as string[]}::uuid[])
        and (ended_at is not null or lapses_at <= now() or last_seen_at <= now() - make_interval(secs => ${leaseSeconds}))`.execute(
      tx,
    ),
  )
  return rows[0]!.lapsed
}
