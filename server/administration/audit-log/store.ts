import { sql } from 'kysely'
import type { AuditEvent } from '../../audit/audit.ts'
import type { ActingAccount } from '../../directory/accounts/accounts.ts'
import type { Transaction } from '../../platform/database.ts'

export type AuditFilter = {
  /** An account, as who did it or whom it was done to. */
  person?: string | undefined
  /** What happened; undefined means anything. */
  events?: readonly string[] | undefined
  /** The first and the last day, as YYYY-MM-DD, in the time zone of who asks. */
  from?: string | undefined
  to?: string | undefined
  /** Words, each of which stands somewhere in the event: a name, a username, an address, a reason, a file. */
  search?: string | undefined
}

/** Where a page ended: microseconds since 1970, and the number of the row within that moment. */
export type Place = { at: string; id: string }

export type StoredEvent = {
  id: string
  at: Date
  place: string
  event: AuditEvent
  actorKind: 'account' | 'operator' | 'visitor' | 'system'
  actorId: string | null
  actorUsername: string | null
  actorName: string | null
  subjectId: string | null
  subjectUsername: string | null
  subjectName: string | null
  address: string | null
  detail: Record<string, unknown>
}

export type Page = {
  events: StoredEvent[]
  /** Where the next page begins; undefined when there is none. */
  next: Place | undefined
  /** When not all was looked through, how far back it was. */
  searchedTo: Date | undefined
}

/** What is looked through at a time when no index finds it. In the order of time, so that nothing is left out. */
const mostScanned = 10_000
/** Of more kinds at once, those that happen all the time are among them anyway. */
const mostKinds = 8
const beginning: Place = { at: '9'.repeat(17), id: '9'.repeat(18) }

/**
 * One page of what happened within reach, the latest first, and where it goes on. The order is total: no event is on two pages, and
 * none on neither, however many share a moment. Who does not reach every team sees what was done to the accounts of their teams.
 */
export async function listEvents(
  tx: Transaction,
  actor: ActingAccount,
  { person, events, from = '-infinity', to = 'infinity', search = '' }: AuditFilter,
  { timeZone, after = beginning, limit }: { timeZone: string; after?: Place | undefined; limit: number },
): Promise<Page> {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 5)
  const teams = actor.teams === 'all' ? undefined : sql`any (${actor.teams as string[]}::uuid[])`
  const wanted = events && sql`any (${events as string[]}::text[])`
  // Always the same text: the fewer statements there are, the fewer have to be planned.
  const inTime = sql`
    e.at >= (${from}::timestamp at time zone ${timeZone}) and e.at < ((${to}::timestamp + interval '1 day') at time zone ${timeZone})
    and (e.at, e.id) < ('epoch'::timestamptz + ${after.at}::bigint * interval '1 microsecond', ${after.id}::bigint)`

  // The index that is read, and what is left for it to find: looking through one index, however long it takes, has an end.
  const byPerson = person !== undefined
  const byTeams = !byPerson && teams && !wanted && words.length === 0
  const byKind = !byPerson && wanted && events!.length <= mostKinds
  const left = [sql`true`]
  if (teams && !byTeams) left.push(sql`subject.team_id = ${teams}`)
  if (wanted && !byKind) left.push(sql`c.event = ${wanted}`)
  if (words.length > 0) left.push(everyWord(words))
  const most = sql.lit(left.length > 1 ? mostScanned : limit + 1)

  const ofIndex = (condition: ReturnType<typeof sql>) => sql`
    (select e.* from audit_event e where ${inTime} and ${condition} order by e.at desc, e.id desc limit ${most})`
  const source = byPerson
    ? sql`${ofIndex(sql`e.account_id = ${person}`)} union all
        ${ofIndex(sql`e.actor_account_id = ${person} and e.actor_account_id is distinct from e.account_id`)}`
    : byTeams
      ? sql`select e.* from account a cross join lateral ${ofIndex(sql`e.account_id = a.id`)} e where a.team_id = ${teams}`
      : byKind
        ? sql`select e.* from unnest(${events as string[]}::text[]) as kind cross join lateral ${ofIndex(sql`e.event = kind`)} e`
        : ofIndex(sql`true`)

  const { rows } = await sql<StoredEvent & { scanned: string; oldest: string | null; oldestAt: Date | null }>`
    with c as materialized (select * from (${source}) s order by at desc, id desc limit ${most}),
    page as (
      select c.id::text as id, c.at, ${placeOf('c')} as place, c.event, c.actor_kind, c.actor_account_id as actor_id,
        actor.username as actor_username, actor.full_name as actor_name, c.account_id as subject_id,
        subject.username as subject_username, subject.full_name as subject_name, host(c.address) as address, c.detail
      from c left join account actor on actor.id = c.actor_account_id left join account subject on subject.id = c.account_id
      where ${sql.join(left, sql` and `)}
      order by c.at desc, c.id desc limit ${sql.lit(limit + 1)})
    select page.*, all_of_it.* from
      (select count(*) as scanned, (select ${placeOf('c')} from c order by at, id limit 1) as oldest, min(at) as oldest_at from c) all_of_it
      left join page on true
    order by page.at desc, page.id::bigint desc`.execute(tx)
  const found = rows.filter(({ id }) => id !== null)
  const { scanned, oldest, oldestAt } = rows[0]!
  if (found.length > limit)
    return { events: found.slice(0, limit), next: placeFrom(found[limit - 1]!.place), searchedTo: undefined }
  if (left.length === 1 || Number(scanned) < mostScanned) return { events: found, next: undefined, searchedTo: undefined }
  return { events: found, next: placeFrom(oldest!), searchedTo: oldestAt! }
}

/** A place, as the API says it. */
const placeOf = (table: string) =>
  sql`(extract(epoch from ${sql.ref(`${table}.at`)}) * 1000000)::bigint || '-' || ${sql.ref(`${table}.id`)}`

export function placeFrom(text: string): Place {
  const [at, id] = text.split('-')
  return { at: at!, id: id! }
}

/** Each word stands in the values, not in their names. */
function everyWord(words: string[]) {
  return sql`(
    select bool_and(concat_ws(' ', actor.search_text, subject.search_text, host(c.address), values.text) like pattern)
    from unnest(array(select search_pattern(word) from unnest(${words}::text[]) word)) pattern, (
      select searchable(string_agg(value #>> '{}', ' ')) as text
      from jsonb_path_query(c.detail, '$.** ? (@.type() == "string" || @.type() == "number")') value) values)`
}

/** The names of accounts that are no more, as their removal recorded them. */
export async function removedNames(
  tx: Transaction,
  accountIds: readonly string[],
): Promise<Map<string, { username: string; fullName: string }>> {
  const { rows } = await sql<{ accountId: string; username: string; fullName: string }>`
    select distinct on (account_id) account_id, detail->>'username' as username, detail->>'fullName' as full_name from audit_event
    where event = 'account_removed' and account_id = any (${accountIds as string[]}::uuid[])
    order by account_id, id desc`.execute(tx)
  return new Map(rows.map(({ accountId, ...names }) => [accountId, names]))
}

/** The names of profiles, and of teams within reach, that events speak of. */
export async function namesOf(tx: Transaction, actor: ActingAccount, ids: readonly string[]): Promise<Record<string, string>> {
  const all = sql`any (${ids as string[]}::uuid[])`
  const reached = actor.teams === 'all' ? sql`true` : sql`id = any (${actor.teams as string[]}::uuid[])`
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from profile where id = ${all} union all select id, name from team where id = ${all} and ${reached}`.execute(
    tx,
  )
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]))
}
