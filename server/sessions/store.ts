import { type RawBuilder, sql } from 'kysely'
import type { Rules } from '../../contracts/rules.ts'
import { type Actor, asDetail } from '../audit/audit.ts'
import type { Caller } from '../platform/caller.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { hashToken } from '../platform/secret.ts'
import { removeSome } from '../platform/tidying.ts'

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
  /** When its person last proved who they are, and by which methods. */
  authTime: Date
  amr: string[]
  /** When it ends because its account's dates or hours do; null when they do not. */
  closesAt: Date | null
  /** In how long that is, by the database's clock. */
  closingSeconds: number | null
}

/** Another session of the same account, as its person may see it. */
export type OtherSession = {
  id: string
  startedAt: Date
  device: string
  address: string
  /** In how many seconds it ends by itself, as its browser was closed; null while a browser has it open, or nobody knows. */
  freeInSeconds?: number | null
}

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
  { leaseSeconds, idleMinutes, longestHours }: SessionLimits,
): Promise<(LiveSession | undefined)[]> {
  const tokenHashes = asked.map(({ token }) => hashToken(token))
  const actions = asked.map(({ isAction }) => isAction)
  return database.call(async (db) => {
    const { rows } = await sql<LiveSession & { place: number }>`
      select * from recognise_sessions(${instance.id}, ${tokenHashes}, ${actions}, ${leaseSeconds}, ${idleMinutes}, ${longestHours * 60})`.execute(
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
  | 'hours_over'
  | 'longest'
  | 'ended_by_operator'
  | 'ended_by_supervisor'
  | 'account_disabled'
  | 'account_removed'
  | 'new_initial_password'
  | 'password_changed'
  | 'factors_reset'
  | 'epoch'

export type NewSession = { tokenHash: Buffer; visitHash: Buffer | null; address: string; device: string; requestId: string }

/** When last, and by which methods, the person of a session has proven who they are. Source: RFC 8176 */
export type Authentication = { at: Date; amr: string[] }

/** Starts the account's session and records its login, or says what is in the way. The database decides, under any race. */
export async function insertSession(
  tx: Transaction,
  accountId: string,
  { tokenHash, visitHash, address, device, requestId }: NewSession,
  { at, amr }: Authentication,
  { leaseSeconds, idleMinutes, longestHours }: SessionLimits,
  moves: string | undefined,
  closesAt: Date | undefined,
): Promise<'started' | 'already_logged_in' | 'no_seat'> {
  const { rows } = await sql<{ outcome: 'started' | 'already_logged_in' | 'no_seat' }>`
    select outcome from start_session(${accountId}, ${tokenHash}, ${visitHash}, ${address}, ${device}, ${requestId},
      ${moves ?? null}, false, ${leaseSeconds}, ${idleMinutes}, ${longestHours * 60}, ${at}, ${amr}, ${closesAt ?? null})`.execute(
    tx,
  )
  return rows[0]!.outcome
}

export async function findLiveSession(tx: Transaction, accountId: string): Promise<OtherSession | undefined> {
  return tx
    .selectFrom('session')
    .select(['id', 'startedAt', 'device', 'address'])
    .select(
      sql<
        number | null
      >`case when lapses_at is not null then greatest(0, ceil(extract(epoch from lapses_at - clock_timestamp())))::int end`.as(
        'freeInSeconds',
      ),
    )
    .where('accountId', '=', accountId)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
}

/** Who ends sessions, why, and what is kept of it. */
export type SessionsEnd = {
  reason: EndReason
  actor: Actor
  caller?: Caller | undefined
  /** What whoever ends it says to the person. */
  note?: string | undefined
}

/**
 * Ends what sessions these accounts have, records it, and returns how many there were.
 * @param begunBy leaves alone what has begun later
 */
export async function endSessionsOf(
  tx: Transaction,
  accountIds: readonly string[],
  { reason, actor, caller, note }: SessionsEnd,
  begunBy?: Date,
): Promise<number> {
  const { rows } = await sql`
    select ended from (
      select array_agg(id) as ids, array_agg(${reason}::text) as reasons from session
      where account_id = any (${accountIds as string[]}::uuid[]) and ended_at is null and started_at <= ${begunBy ?? 'infinity'}::timestamptz
    ) as live
    cross join end_sessions(ids, reasons, ${actor.kind}, ${actor.kind === 'account' ? actor.accountId : null}, ${caller?.address ?? null},
      ${caller?.requestId ?? null}, ${asDetail({ note }, caller)}::jsonb) as ended`.execute(tx)
  return rows.length
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

/** Gives a live session of this account a new secret, and the time and the methods of a new proof; false when it has ended. */
export async function updateAuthentication(
  tx: Transaction,
  { id, accountId }: { id: string; accountId: string },
  tokenHash: Buffer,
  { at, amr }: Authentication,
): Promise<boolean> {
  const row = await tx
    .updateTable('session')
    .set({ tokenHash, authTime: at, amr })
    .where('id', '=', id)
    .where('accountId', '=', accountId)
    .where('endedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
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

/** How a session ended, for the person who had it. */
export type SessionEnd = {
  id: string
  /** A key of `ended` in locales/*\/sign-in.json. */
  reason: string
  at: Date
  /** What whoever ended it said. */
  note: string | null
  /** Where the session is now, when the account began another one in its place. */
  movedTo: { device: string; address: string } | null
  /** Whether somebody moved it, and the person has not said yet that it was somebody else. */
  mayBeDisputed: boolean
  /** Those of the person; the language is null when they chose none. */
  language: string | null
  timeZone: string
}

/** How the session of this token ended; undefined when there never was one. One that ran out is not marked until somebody looks. */
export async function findEnd(tx: Transaction, tokenHash: Buffer, limits: SessionLimits): Promise<SessionEnd | undefined> {
  const [end] = await findEndsWhere(tx, sql`s.token_hash = ${tokenHash}`, limits)
  return end
}

/** How these sessions ended. One that was removed with its account is left out. */
export async function findEnds(tx: Transaction, ids: readonly string[], limits: SessionLimits): Promise<SessionEnd[]> {
  return findEndsWhere(tx, sql`s.id = any (${ids as string[]}::uuid[])`, limits)
}

async function findEndsWhere(tx: Transaction, condition: RawBuilder<unknown>, limits: SessionLimits): Promise<SessionEnd[]> {
  const { leaseSeconds, idleMinutes, longestHours } = limits
  const { rows } = await sql<SessionEnd>`
    select s.id,
      coalesce(s.end_reason, run_out_reason(s, ${bounds(limits)}), case when a.enabled then 'no_sign_of_life' else 'account_disabled' end) as reason,
      coalesce(s.ended_at, least(now(), runs_out_at(s, ${leaseSeconds}, ${idleMinutes}, ${longestHours * 60}))) as at,
      s.end_note as note,
      case when next.id is not null then jsonb_build_object('device', next.device, 'address', host(next.address)) end as moved_to,
      coalesce(s.end_reason = 'moved' and s.disputed_at is null, false) as may_be_disputed,
      a.language, coalesce(a.time_zone, i.time_zone) as time_zone
    from session s
    join account a on a.id = s.account_id
    join instance i on i.id = s.instance_id
    left join session next on next.id = s.successor_id
    where ${condition}`.execute(tx)
  return rows
}

/** Keeps that a person says it was somebody else who moved their session, once; undefined when there is nothing to say it of. */
export async function disputeMove(
  tx: Transaction,
  tokenHash: Buffer,
): Promise<{ id: string; accountId: string; successorId: string } | undefined> {
  const row = await tx
    .updateTable('session')
    .set({ disputedAt: sql`now()` })
    .where('tokenHash', '=', tokenHash)
    .where('endReason', '=', 'moved')
    .where('disputedAt', 'is', null)
    .returning(['id', 'accountId', sql<string>`successor_id`.as('successorId')])
    .executeTakeFirst()
  return row
}

/** At which moments the silence, the idleness and the age of a session are too much, as `session_lives` and `run_out_reason` ask for them. */
export function bounds({ leaseSeconds, idleMinutes, longestHours }: SessionLimits): RawBuilder<unknown> {
  return sql`now(), (select silent_since(${leaseSeconds})), now() - make_interval(mins => ${idleMinutes}), now() - make_interval(hours => ${longestHours})`
}

/** Whether the session `s` of the enabled account `a` lives. */
export const isLive = (limits: SessionLimits) => sql<boolean>`session_lives(s, ${bounds(limits)}) and a.enabled`

/** A live session, and whether somebody is there. */
export type SeenSession = Omit<OtherSession, 'id' | 'freeInSeconds'> & { silentSeconds: number; silent: boolean }

/** In seconds. Signs of life come every 45 s at the latest, whatever the lease is: who is silent for longer is hardly there. */
const silentFrom = 60

/** The live sessions of these accounts, by account, and when each was last heard of, by the database's clock. */
export async function findSeenSessions(
  tx: Transaction,
  accountIds: readonly string[],
  limits: SessionLimits,
): Promise<Map<string, SeenSession>> {
  const { rows } = await sql<Omit<SeenSession, 'silent'> & { accountId: string; closed: boolean }>`
    select s.account_id, s.started_at, s.device, host(s.address) as address,
      greatest(0, extract(epoch from clock_timestamp() - s.last_seen_at))::int as silent_seconds,
      s.lapses_at is not null as closed
    from session s join account a on a.id = s.account_id
    where s.account_id = any (${accountIds as string[]}::uuid[]) and ${isLive(limits)}`.execute(tx)
  return new Map(
    rows.map(({ accountId, closed, ...session }) => [
      accountId,
      { ...session, silent: closed || session.silentSeconds >= silentFrom },
    ]),
  )
}

/** The sessions of these accounts that would keep them from logging in elsewhere now, by account. */
export async function findLiveSessions(
  tx: Transaction,
  accountIds: readonly string[],
  limits: SessionLimits,
): Promise<Map<string, OtherSession>> {
  const { rows } = await sql<OtherSession & { accountId: string }>`
    select s.account_id, s.id, s.started_at, s.device, host(s.address) as address from session s join account a on a.id = s.account_id
    where s.account_id = any (${accountIds as string[]}::uuid[]) and ${isLive(limits)}`.execute(tx)
  return new Map(rows.map(({ accountId, ...session }) => [accountId, session]))
}

export type ListedSession = Omit<OtherSession, 'id' | 'freeInSeconds'> & {
  username: string
  fullName: string
  profile: string
  lastSeenAt: Date
}

/** The sessions that would keep their account from logging in elsewhere now, newest first. */
export async function listLiveSessions(tx: Transaction, limits: SessionLimits): Promise<ListedSession[]> {
  const { rows } = await sql<ListedSession>`
    select a.username, a.full_name, p.name as profile, s.started_at, s.last_seen_at, s.device, s.address
    from session s join account a on a.id = s.account_id join profile p on p.id = a.profile_id
    where ${isLive(limits)} order by s.started_at desc`.execute(tx)
  return rows
}

/** Those of the accounts that have, or ever had, a session. */
export async function accountsWithSessions(tx: Transaction, accountIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ accountId: string }>`
    select distinct account_id from session where account_id = any (${accountIds as string[]}::uuid[])`.execute(tx)
  return rows.map(({ accountId }) => accountId)
}

/** How old the last proof of a live session is, and by which methods it was given; undefined when it lives no more. */
export async function findProofAge(tx: Transaction, sessionId: string): Promise<{ minutes: number; amr: string[] } | undefined> {
  return tx
    .selectFrom('session')
    .select([sql<number>`extract(epoch from clock_timestamp() - auth_time)::float8 / 60`.as('minutes'), 'amr'])
    .where('id', '=', sessionId)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
}

/** A session of one's own, of now or of before. */
export type OwnSession = {
  id: string
  startedAt: Date
  endedAt: Date | null
  device: string
  address: string
  amr: string[]
}

/** The last sessions of an account, the newest first. */
export async function listOwnSessions(tx: Transaction, accountId: string, limit: number): Promise<OwnSession[]> {
  return tx
    .selectFrom('session')
    .select(['id', 'startedAt', 'endedAt', 'device', 'address', 'amr'])
    .where('accountId', '=', accountId)
    .orderBy('startedAt', 'desc')
    .limit(limit)
    .execute()
}

/** Removes up to so many sessions that ended so many days ago, and returns how many. */
export async function removeOldSessions(tx: Transaction, days: number, most: number): Promise<number> {
  return removeSome(tx, 'session', sql`ended_at < now() - make_interval(days => ${days})`, most)
}
