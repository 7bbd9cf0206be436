import { sql } from 'kysely'
import type { Database, Transaction } from '../platform/database.ts'
import { bounds, type SessionLimits } from './store.ts'

/** Keeps that somebody watches: only then does silence count. */
export async function keepWatch(database: Database): Promise<void> {
  await database.call((db) => sql`select watch_sessions()`.execute(db))
}

export type RunningOut = { instanceId: string; sessionId: string; inSeconds: number }

/** The sessions of these instances that run out within so many seconds: a look at every live one. Reads only. */
export async function findRunningOut(
  database: Database,
  instances: readonly { id: string; limits: SessionLimits }[],
  withinSeconds: number,
): Promise<RunningOut[]> {
  const ids = instances.map(({ id }) => id)
  const leases = instances.map(({ limits }) => limits.leaseSeconds)
  const idles = instances.map(({ limits }) => limits.idleMinutes)
  const longests = instances.map(({ limits }) => limits.longestHours * 60)
  const { rows } = await database.call((db) =>
    sql<RunningOut>`select * from find_running_out(${ids}, ${leases}, ${idles}, ${longests}, ${withinSeconds})`.execute(db),
  )
  return rows
}

/** The sessions of these instances whose lost channel or whose hours have ended them by now. Cheap. */
export async function findLapsed(
  database: Database,
  instances: readonly { id: string }[],
): Promise<Pick<RunningOut, 'instanceId' | 'sessionId'>[]> {
  const ids = instances.map(({ id }) => id)
  const { rows } = await database.call((db) => sql<RunningOut>`select * from find_lapsed(${ids})`.execute(db))
  return rows
}

/**
 * Ends those of the sessions that have run out, and returns how many. What somebody holds at this moment is left out, so this waits for
 * nobody while it holds others, and of several nodes one ends each.
 */
export async function endRunOut(tx: Transaction, sessionIds: readonly string[], limits: SessionLimits): Promise<number> {
  return endDue(tx, sql`s.id = any (${sessionIds as string[]}::uuid[])`, limits, sessionIds.length)
}

/** Ends up to so many sessions that have run out, whichever. */
export async function endSomeRunOut(tx: Transaction, limits: SessionLimits, most: number): Promise<number> {
  return endDue(tx, sql`true`, limits, most)
}

async function endDue(tx: Transaction, which: ReturnType<typeof sql>, limits: SessionLimits, most: number): Promise<number> {
  const reason = sql`run_out_reason(s, ${bounds(limits)})`
  const { rows } = await sql`
    select ended from (
      select array_agg(id) as ids, array_agg(reason) as reasons from (
        select id, ${reason} as reason from session s where ${which} and ended_at is null and ${reason} is not null
        limit ${most} for no key update skip locked) as due) as due
    cross join end_sessions(ids, reasons, 'system', null, null, null, '{}') as ended`.execute(tx)
  return rows.length
}
