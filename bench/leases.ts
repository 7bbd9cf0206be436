// What it costs that so many sessions live: their channels on one node, renewed and confirmed, without the sockets.
import { sql } from 'kysely'
import { openChannels } from '../server/live-channel/channels.ts'
import { type Database, type DatabaseAddress, openDatabase } from '../server/platform/database.ts'
import { openNotices } from '../server/platform/notices.ts'
import { openTexts } from '../server/platform/text.ts'
import { findRules, openRuleBook } from '../server/rules/rules.ts'
import { pause } from './client.ts'
import { addLiveSessions } from './live-sessions.ts'
import { postgresSeconds, transactions } from './processor-time.ts'

export type Leases = {
  sessions: number
  seconds: number
  transactionsPerSecond: number
  /** Shares of one processor. */
  nodeLoad: number
  postgresLoad: number
  /** How often a browser was asked to open its channel anew, a second. */
  openedPerSecond: number
  /** How many sessions were not live at the end. */
  lapsed: number
  errors: Record<string, number>
}

/** Keeps the channels of so many sessions open for so long, after two minutes in which they have settled. */
export async function measureLeases(
  address: DatabaseAddress,
  dataDir: string,
  sessions: number,
  { settleSeconds, seconds }: { settleSeconds: number; seconds: number },
): Promise<Leases> {
  const { instance, sessionIds } = await addLiveSessions(address, sessions)
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
    const due = (at / sessions) * settleSeconds * 500
    if (at % 100 === 0 && performance.now() - begin < due) await pause(due - (performance.now() - begin))
  }
  await pause(settleSeconds * 500)

  const before = {
    at: performance.now(),
    node: process.cpuUsage(),
    postgres: postgresSeconds(dataDir),
    ended: await transactions(address),
    opened,
  }
  await pause(seconds * 1000)
  const took = (performance.now() - before.at) / 1000
  const node = process.cpuUsage(before.node)
  const result = {
    sessions,
    seconds: took,
    transactionsPerSecond: ((await transactions(address)) - before.ended) / took,
    nodeLoad: (node.user + node.system) / 1e6 / took,
    postgresLoad: (postgresSeconds(dataDir) - before.postgres) / took,
    openedPerSecond: (opened - before.opened) / took,
    lapsed: await lapsedOf(database, instance, sessionIds),
    errors,
  }
  isOver = true
  channels.drain()
  await channels.close()
  await notices.close()
  await database.close()
  return result
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
