import { sql } from 'kysely'
import { findLoginWindows, loginWindow } from '../directory/accounts/accounts.ts'
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

/** A session that its lost channel or its hours have ended by now, or whose hours are to be found anew. */
export type Lapsed = { instanceId: string; sessionId: string; windowChanged: boolean }

/** Those of these instances. Cheap. */
export async function findLapsed(database: Database, instances: readonly { id: string }[]): Promise<Lapsed[]> {
  const ids = instances.map(({ id }) => id)
  const { rows } = await database.call((db) => sql<Lapsed>`select * from find_lapsed(${ids})`.execute(db))
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

/** Finds anew when sessions close whose account's dates, hours or time zone were changed. What somebody holds is left for the next time. */
export async function renewClosing(tx: Transaction, sessionIds: readonly string[]): Promise<void> {
  const { rows: sessions } = await sql<{ id: string; accountId: string }>`
    select id, account_id from session where id = any (${sessionIds as string[]}::uuid[]) and ended_at is null and window_changed
    for no key update skip locked`.execute(tx)
  const accounts = await findLoginWindows(
    tx,
    sessions.map(({ accountId }) => accountId),
  )
  const closings = sessions.map(({ id, accountId }) => {
    const account = accounts.get(accountId)!
    const window = loginWindow(account, account.now)
    return { id, closesAt: window.open ? (window.closesAt ?? null) : account.now }
  })
  await sql`
    update session set window_changed = false, closes_at = found.closes_at
    from unnest(${closings.map(({ id }) => id)}::uuid[], ${closings.map(({ closesAt }) => closesAt)}::timestamptz[]) as found (id, closes_at)
    where session.id = found.id`.execute(tx)
}
