import { sql } from 'kysely'
import type { Database, Transaction } from '../platform/database.ts'
import { hashToken } from '../platform/secret.ts'
import type { Rules } from '../rules/rules.ts'

/** How long a session lives. `leaseSeconds`: without any sign of life, it gives way when its account logs in again. */
export type SessionLimits = Pick<Rules, 'idleMinutes' | 'longestHours' | 'leaseSeconds'>

/** A session as the request that carries its cookie sees it. */
export type LiveSession = {
  id: string
  accountId: string
  startedAt: Date
  address: string
  device: string
  username: string
  fullName: string
  /** The language that the person chose, if any. */
  language: string | null
  timeZone: string
  profileName: string
  permissions: string[]
}

/** Another session of the same account, as its person may see it. */
export type OtherSession = { startedAt: Date; device: string; address: string }

/** A cookie whose session is asked for. */
export type AskedSession = {
  token: string
  /** Whether a person did something, which also puts off the idle end. */
  isAction: boolean
}

/** The live sessions of several cookies of one instance, each at the place of its cookie, and their signs of life. */
export async function recogniseTokens(
  database: Database,
  instance: { id: string },
  asked: readonly AskedSession[],
  { idleMinutes, longestHours }: SessionLimits,
): Promise<(LiveSession | undefined)[]> {
  const tokenHashes = asked.map(({ token }) => hashToken(token))
  const actions = asked.map(({ isAction }) => isAction)
  return database.call(async (db) => {
    const { rows } = await sql<LiveSession & { place: number }>`
      select * from recognise_sessions(${instance.id}, ${tokenHashes}, ${actions}, ${idleMinutes}, ${longestHours * 60})`.execute(
      db,
    )
    const found: (LiveSession | undefined)[] = asked.map(() => undefined)
    for (const { place, ...session } of rows) found[place - 1] = session
    return found
  })
}

export type EndReason =
  | 'logged_out'
  | 'no_sign_of_life'
  | 'idle'
  | 'longest'
  | 'ended_by_operator'
  | 'account_disabled'
  | 'account_removed'
  | 'new_initial_password'
  | 'password_changed'

/**
 * Ends the account's session if it has outlived itself, or if it was started by the same browser, which then never got its secret
 * or has lost it; returns it if so.
 */
export async function endSessionThatGivesWay(
  tx: Transaction,
  accountId: string,
  visitHash: Buffer | undefined,
  { leaseSeconds, idleMinutes, longestHours }: SessionLimits,
): Promise<{ id: string; endReason: string } | undefined> {
  const { rows } = await sql<{ id: string; endReason: string }>`
    update session set ended_at = now(), end_reason = case
      when started_at <= now() - make_interval(hours => ${longestHours}) then 'longest'
      when last_active_at <= now() - make_interval(mins => ${idleMinutes}) then 'idle'
      when visit_hash = ${visitHash ?? null}::bytea then 'logged_in_again'
      else 'no_sign_of_life' end
    where account_id = ${accountId} and ended_at is null and (
      visit_hash = ${visitHash ?? null}::bytea
      or last_seen_at <= now() - make_interval(secs => ${leaseSeconds})
      or last_active_at <= now() - make_interval(mins => ${idleMinutes})
      or started_at <= now() - make_interval(hours => ${longestHours}))
    returning id, end_reason`.execute(tx)
  return rows[0]
}

export type NewSession = { tokenHash: Buffer; visitHash: Buffer | null; address: string; device: string; requestId: string }

/** Starts the account's session and records its login; false when it has one. The unique index decides. */
export async function insertSession(
  tx: Transaction,
  accountId: string,
  { tokenHash, visitHash, address, device, requestId }: NewSession,
): Promise<boolean> {
  const { rows } = await sql<{ id: string | null }>`
    select start_session(${accountId}, ${tokenHash}, ${visitHash}, ${address}, ${device}, ${requestId}) as id`.execute(tx)
  return rows[0]!.id !== null
}

export async function findLiveSession(tx: Transaction, accountId: string): Promise<OtherSession | undefined> {
  return tx
    .selectFrom('session')
    .select(['startedAt', 'device', 'address'])
    .where('accountId', '=', accountId)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
}

/** Ends the account's session and returns its id; undefined when it has none. */
export async function endSessionOf(tx: Transaction, accountId: string, reason: EndReason): Promise<string | undefined> {
  const row = await tx
    .updateTable('session')
    .set({ endedAt: sql`now()`, endReason: reason })
    .where('accountId', '=', accountId)
    .where('endedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

/** Ends the session that asks for it, and records it. Does nothing when it has ended already. */
export async function endOwnSession(
  database: Database,
  instance: { id: string },
  { id, accountId }: { id: string; accountId: string },
  { address, device, requestId }: { address: string; device: string; requestId: string },
): Promise<void> {
  await database.call((db) =>
    sql`select log_out(${instance.id}, ${id}, ${accountId}, ${address}, ${device}, ${requestId})`.execute(db),
  )
}

/** Gives a live session a new secret; false when it ended meanwhile. */
export async function replaceToken(tx: Transaction, id: string, tokenHash: Buffer): Promise<boolean> {
  const row = await tx
    .updateTable('session')
    .set({ tokenHash })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Why the session of this token is no more; undefined when there never was one. A session that ran out is not marked until somebody looks. */
export async function findEnd(tx: Transaction, tokenHash: Buffer, { longestHours }: SessionLimits): Promise<string | undefined> {
  const row = await tx
    .selectFrom('session')
    .select(
      sql<string>`coalesce(end_reason, case when started_at <= now() - make_interval(hours => ${longestHours}) then 'longest' else 'idle' end)`.as(
        'reason',
      ),
    )
    .where('tokenHash', '=', tokenHash)
    .executeTakeFirst()
  return row?.reason
}

export type ListedSession = OtherSession & { username: string; fullName: string; profile: string; lastSeenAt: Date }

/** The sessions that would keep their account from logging in elsewhere now, newest first. */
export async function listLiveSessions(
  tx: Transaction,
  { leaseSeconds, idleMinutes, longestHours }: SessionLimits,
): Promise<ListedSession[]> {
  return tx
    .selectFrom('session')
    .innerJoin('account', 'account.id', 'session.accountId')
    .innerJoin('profile', 'profile.id', 'account.profileId')
    .select(['account.username', 'account.fullName', 'profile.name as profile', 'startedAt', 'lastSeenAt', 'device', 'address'])
    .where('endedAt', 'is', null)
    .where('lastSeenAt', '>', sql<Date>`now() - make_interval(secs => ${leaseSeconds})`)
    .where('lastActiveAt', '>', sql<Date>`now() - make_interval(mins => ${idleMinutes})`)
    .where('startedAt', '>', sql<Date>`now() - make_interval(hours => ${longestHours})`)
    .orderBy('startedAt', 'desc')
    .execute()
}

/** Marks what has run out as ended, and returns it. Only tidies: nothing that ran out counts, marked or not. */
export async function endRunOutSessions(
  tx: Transaction,
  { idleMinutes, longestHours }: SessionLimits,
): Promise<{ id: string; accountId: string; endReason: string }[]> {
  const { rows } = await sql<{ id: string; accountId: string; endReason: string }>`
    update session set ended_at = now(), end_reason = case
      when started_at <= now() - make_interval(hours => ${longestHours}) then 'longest' else 'idle' end
    where ended_at is null and (
      last_active_at <= now() - make_interval(mins => ${idleMinutes}) or started_at <= now() - make_interval(hours => ${longestHours}))
    returning id, account_id, end_reason`.execute(tx)
  return rows
}

/** Those of the accounts that have, or ever had, a session. */
export async function accountsWithSessions(tx: Transaction, accountIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ accountId: string }>`
    select distinct account_id from session where account_id = any (${accountIds as string[]}::uuid[])`.execute(tx)
  return rows.map(({ accountId }) => accountId)
}
