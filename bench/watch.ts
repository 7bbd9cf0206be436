// What it costs to end sessions at the moment at which they run out, and how late that is.
import { sql } from 'kysely'
import pg from 'pg'
import { type DatabaseAddress, openDatabase } from '../server/platform/database.ts'
import { openRuleBook } from '../server/rules/rules.ts'
import { openWatch } from '../server/sessions/watch.ts'
import { pause, percentiles } from './client.ts'
import { addLiveSessions, removeLiveSessions } from './live-sessions.ts'
import { postgresSeconds } from './processor-time.ts'
import type { Row } from './report.ts'

/** How many sessions run out a second meanwhile. */
const endsPerSecond = 10
/** What docs/decisions/0015 promises, in milliseconds. */
const mostLate = 2000

/** Lets so many nodes watch over so many live sessions, and compares with the same time without them. */
export async function measureWatch(
  address: DatabaseAddress,
  dataDir: string,
  sessions: number,
  nodes: number,
  seconds: number,
): Promise<Row> {
  const live = await addLiveSessions(address, sessions)
  const { instance } = live
  const errors: Record<string, number> = {}
  const onError = (error: unknown) => {
    const words = String(error)
    errors[words] = (errors[words] ?? 0) + 1
  }
  // As every node does: as a login role that serves and can become nobody else.
  const database = openDatabase('user' in address ? { ...address, user: 'gatehouse_node' } : address, 5, onError)
  // As if their channels were renewed all the time.
  for (let from = 0; from < sessions; from += 5000)
    await database.in(instance, (tx) =>
      sql`update session set last_seen_at = now() + interval '1 hour', last_active_at = now() + interval '1 hour'
        where id = any (${live.sessionIds.slice(from, from + 5000)}::uuid[])`.execute(tx),
    )
  // Or PostgreSQL would do so by itself meanwhile.
  const client = new pg.Client(address)
  await client.connect()
  await client.query('vacuum analyze session, account, audit_event')
  await client.end()
  await pause(3000)
  const before = postgresSeconds(dataDir)
  await pause(10_000)
  const idle = (postgresSeconds(dataDir) - before) / 10

  const watches = Array.from({ length: nodes }, () => openWatch({ database, rules: openRuleBook(database), onError }))
  for (const watch of watches) watch.start()
  await pause(3000)
  const many = endsPerSecond * seconds
  await database.in(instance, (tx) =>
    sql`with leaving as (select id, row_number() over () as place from (select id from session where ended_at is null limit ${many}) as those)
      update session s set lapses_at = now() + interval '1 second' * (${seconds}::float * place / ${many}::float) from leaving where leaving.id = s.id`.execute(
      tx,
    ),
  )
  const begin = { at: performance.now(), node: process.cpuUsage(), postgres: postgresSeconds(dataDir) }
  await pause(seconds * 1000)
  const took = (performance.now() - begin.at) / 1000
  const node = process.cpuUsage(begin.node)
  const postgres = (postgresSeconds(dataDir) - begin.postgres) / took - idle
  await pause(3000)
  for (const watch of watches) await watch.close()
  const { rows } = await database.in(instance, (tx) =>
    sql<{
      late: number
    }>`select extract(epoch from ended_at - lapses_at)::float * 1000 as late from session where lapses_at is not null and ended_at is not null`.execute(
      tx,
    ),
  )
  if (rows.length !== many) errors['sessions that were not ended'] = many - rows.length
  const late = rows.filter((each) => each.late > mostLate).length
  if (late > 0) errors[`sessions that were ended more than ${mostLate / 1000} s late`] = late
  await database.close()
  for (let from = 0; from < sessions; from += 5000)
    await removeLiveSessions(address, { ...live, sessionIds: live.sessionIds.slice(from, from + 5000) })
  const share = (processors: number) => `${(processors * 100).toFixed(1)} %`
  return {
    what: `sessions that run out, of ${sessions} that live, ended by ${nodes} ${nodes === 1 ? 'node' : 'nodes'}: how late`,
    load: {
      perSecond: rows.length / took,
      ...percentiles(rows.map(({ late }) => late)),
      count: rows.length,
      seconds: took,
      errors,
    },
    ratio: `${share((node.user + node.system) / 1e6 / took)} of a processor for the nodes, ${share(postgres)} for PostgreSQL`,
  }
}
