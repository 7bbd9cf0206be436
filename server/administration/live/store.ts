import { type RawBuilder, sql } from 'kysely'
import type { ActingAccount } from '../../directory/accounts/accounts.ts'
import { inOrder, type Transaction } from '../../platform/database.ts'
import { isLive, type SessionLimits } from '../../sessions/sessions.ts'

export type LiveFilter = { search?: string | undefined; team?: string | undefined }
export type LiveSort = 'fullName' | 'startedAt' | 'lastSeenAt'
type Named = { id: string; name: string }

export type ListedLive = {
  accountId: string
  username: string
  fullName: string
  profile: Named
  team: Named | null
  startedAt: Date
  lastSeenAt: Date
  device: string
  address: string
  /** Whether whoever asks may end it: it is not their own, and its account has no permission that they lack. */
  mayEnd: boolean
}

const orders = { fullName: sql`a.sort_name`, startedAt: sql`s.started_at`, lastSeenAt: sql`s.last_seen_at` }

/** Accounts within reach that have a session from before this moment, some at a time, in the order of their ids. */
export async function accountsToEnd(
  tx: Transaction,
  { teams }: ActingAccount,
  begunBy: Date,
  after: string,
  limit: number,
): Promise<string[]> {
  const reached = teams === 'all' ? sql`true` : sql`a.team_id = any (${teams as string[]}::uuid[])`
  const { rows } = await sql<{ id: string }>`
    select a.id from session s join account a on a.id = s.account_id
    where s.ended_at is null and s.started_at <= ${begunBy} and a.id > ${after} and ${reached}
    order by a.id limit ${limit}`.execute(tx)
  return rows.map(({ id }) => id)
}

/** This moment, by the clock that dates the sessions. */
export async function databaseNow(tx: Transaction): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select now()`.execute(tx)
  return rows[0]!.now
}

/** One page of the sessions that live and are within reach, how many there are, and the teams within reach. */
export async function listSessions(
  tx: Transaction,
  actor: ActingAccount,
  limits: SessionLimits,
  { search, team }: LiveFilter,
  { sort, descending, limit, offset }: { sort: LiveSort; descending: boolean; limit: number; offset: number },
): Promise<{ sessions: ListedLive[]; total: number; teams: Named[] }> {
  const conditions: RawBuilder<unknown>[] = [isLive(limits)]
  if (actor.teams !== 'all') conditions.push(sql`a.team_id = any (${actor.teams as string[]}::uuid[])`)
  for (const word of (search ?? '').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 5))
    conditions.push(sql`a.search_text like (select search_pattern(${word}))`)
  if (team !== undefined) conditions.push(team === 'none' ? sql`a.team_id is null` : sql`a.team_id = ${team}`)
  const where = sql.join(conditions, sql` and `)
  const found = sql`session s join account a on a.id = s.account_id`
  const { rows: sessions } = await sql<ListedLive>`
    select a.id as account_id, a.username, a.full_name, s.started_at, s.last_seen_at, s.device, host(s.address) as address,
      jsonb_build_object('id', p.id, 'name', p.name) as profile,
      case when t.id is not null then jsonb_build_object('id', t.id, 'name', t.name) end as team,
      p.permissions <@ ${actor.permissions as string[]}::text[] and a.id <> ${actor.accountId} as may_end
    from ${found} join profile p on p.id = a.profile_id left join team t on t.id = a.team_id
    where ${where}
    order by ${orders[sort]} ${descending ? sql`desc` : sql`asc`}, s.id limit ${limit} offset ${offset}`.execute(tx)
  const { rows: counted } = await sql<{ total: number }>`select count(*)::int as total from ${found} where ${where}`.execute(tx)
  const teams = tx.selectFrom('team').select(['id', 'name']).orderBy(inOrder('name'))
  const reached = actor.teams === 'all' ? teams : teams.where('id', '=', sql<string>`any (${actor.teams as string[]}::uuid[])`)
  return { sessions, total: counted[0]!.total, teams: await reached.execute() }
}

export type PastSession = {
  startedAt: Date
  /** Null while it lives. */
  endedAt: Date | null
  endReason: string | null
  device: string
  address: string
}

/** The sessions of an account, the latest first; none when the account is out of reach. */
export async function listSessionsOf(
  tx: Transaction,
  { teams }: ActingAccount,
  accountId: string,
  limit: number,
): Promise<PastSession[]> {
  const reached = teams === 'all' ? sql`true` : sql`a.team_id = any (${teams as string[]}::uuid[])`
  const { rows } = await sql<PastSession>`
    select s.started_at, s.ended_at, s.end_reason, s.device, host(s.address) as address
    from session s join account a on a.id = s.account_id
    where a.id = ${accountId} and ${reached} order by s.started_at desc limit ${limit}`.execute(tx)
  return rows
}
