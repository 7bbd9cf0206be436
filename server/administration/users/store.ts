import { type RawBuilder, sql } from 'kysely'
import type { AccountFields } from '../../../contracts/account-fields.ts'
import type { AccountGroup } from '../../../contracts/account-groups.ts'
import type { AccountState } from '../../../contracts/account-states.ts'
import type { ActingAccount } from '../../directory/accounts/accounts.ts'
import { inOrder, type Transaction } from '../../platform/database.ts'
import { notPermitted } from '../../platform/problem.ts'
import { findRules } from '../../rules/rules.ts'
import { isOfGroup, tellsOfSessions } from './group-store.ts'
import { type DetailField, detailFields } from './schemas.ts'

/** Which accounts a list shows. */
export type AccountFilter = {
  search?: string | undefined
  profile?: string | undefined
  /** A team's id, or `none` for accounts without one. */
  team?: string | undefined
  state?: AccountState | undefined
  group?: AccountGroup | undefined
}

export type AccountSort = 'fullName' | 'username' | 'email' | 'lastLoginAt'

type Named = { id: string; name: string }

export type ListedAccount = {
  id: string
  username: string
  fullName: string
  email: string | null
  profile: Named
  team: Named | null
  enabled: boolean
  disabledReason: string | null
  validFrom: string | null
  validUntil: string | null
  state: AccountState
  lastLoginAt: Date | null
  mayChange: boolean
}

export type AccountDetails = ListedAccount &
  Pick<AccountFields, DetailField> & {
    createdAt: Date
    version: number
    /**
     * That a session of this account was moved by somebody else, as its person says, and where to, for whoever may see sessions; null once
     * they have another password.
     */
    disputedMove: { at: string; device: string; address: string } | null
  }

const detailColumns = sql.join([...detailFields, 'createdAt', 'version'].map((column) => sql.ref(`a.${column}`)))

// The person's day, by the database's clock.
const today = sql`(now() at time zone coalesce(a.time_zone, i.time_zone))::date`
const state = sql<AccountState>`case
  when not a.enabled then 'disabled'
  when a.valid_from is not null and a.valid_from > ${today} then 'not_yet_valid'
  when a.valid_until is not null and a.valid_until < ${today} then 'no_longer_valid'
  when w.hash is null and w.initial_hash is null then 'no_password'
  when coalesce(w.initial_expires_at, w.must_change_by) <= now() then 'initial_password_expired'
  when w.initial_hash is not null or w.must_change_by is not null then 'initial_password'
  else 'ready' end`

/** What the state of an account is made of. */
const tablesOfState = sql`account a
  join instance i on i.id = a.instance_id
  left join password w on w.instance_id = a.instance_id and w.account_id = a.id`

/** The tables of a listed account. */
const tables = sql`${tablesOfState}
  join profile p on p.instance_id = a.instance_id and p.id = a.profile_id
  left join team t on t.instance_id = a.instance_id and t.id = a.team_id`

const columns = (
  actor: ActingAccount,
) => sql`a.id, a.username, a.full_name, a.email, a.enabled, a.disabled_reason, a.valid_from, a.valid_until,
  a.last_login_at, jsonb_build_object('id', p.id, 'name', p.name) as profile,
  case when t.id is not null then jsonb_build_object('id', t.id, 'name', t.name) end as team,
  ${state} as state, p.permissions <@ ${actor.permissions as string[]}::text[] as may_change`

const orders = {
  fullName: sql`a.sort_name`,
  username: inOrder('a.username'),
  email: sql`lower(a.email)`,
  lastLoginAt: sql`a.last_login_at`,
}

/** @throws not_permitted when the filter tells of sessions, which whoever asks may not see */
async function where(tx: Transaction, actor: ActingAccount, { search, profile, team, state: wanted, group }: AccountFilter) {
  if (group !== undefined && tellsOfSessions(group) && !actor.permissions.includes('sessions.view')) throw notPermitted()
  const conditions: RawBuilder<unknown>[] = [sql`true`]
  if (group !== undefined) conditions.push(isOfGroup(group, await findRules(tx)))
  if (actor.teams !== 'all') conditions.push(sql`a.team_id = any (${actor.teams as string[]}::uuid[])`)
  // In a query of its own, or a prepared statement would make the word searchable anew for every account that it looks at.
  for (const word of (search ?? '').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 5))
    conditions.push(sql`a.search_text like (select search_pattern(${word}))`)
  if (profile !== undefined) conditions.push(sql`a.profile_id = ${profile}`)
  if (team !== undefined) conditions.push(team === 'none' ? sql`a.team_id is null` : sql`a.team_id = ${team}`)
  // Whether an account is disabled says its own row; every other state needs more.
  if (wanted === 'disabled') conditions.push(sql`not a.enabled`)
  else if (wanted !== undefined) conditions.push(sql`${state} = ${wanted}`)
  return sql.join(conditions, sql` and `)
}

/**
 * One page of the accounts within reach, and how many there are. The order is total, so that no account is on two pages.
 * The page is chosen first, and the rest looked up for its rows: a prepared statement is planned for any number of them.
 */
export async function listAccounts(
  tx: Transaction,
  actor: ActingAccount,
  filter: AccountFilter,
  { sort, descending, offset, limit }: { sort: AccountSort; descending: boolean; offset: number; limit: number },
): Promise<{ accounts: ListedAccount[]; total: number }> {
  // Only a filter by state, or by what the password is, needs what the other tables say.
  const isOfAccount = (filter.state === undefined || filter.state === 'disabled') && filter.group !== 'expires_today'
  const from = isOfAccount ? sql`account a` : tablesOfState
  const conditions = await where(tx, actor, filter)
  const direction = descending ? sql`desc` : sql`asc`
  const key = orders[sort]
  const isOfIndex =
    (sort === 'fullName' || sort === 'username') && filter.search === undefined && isOfAccount && filter.group === undefined
  // With an index the page is read from where it lies. Otherwise all accounts must be looked at: once, for the page and the count.
  const page = isOfIndex
    ? sql`page as (select a.id, ${key} as key, null::int as total from account a where ${conditions}
        order by ${key} ${direction}, a.id ${direction} limit ${limit} offset ${offset})`
    : sql`found as materialized (select a.id, ${key} as key from ${from} where ${conditions}),
        page as (select id, key, (select count(*) from found)::int as total from found
          order by key ${direction} nulls last, id ${direction} limit ${limit} offset ${offset})`
  // Planned for what is asked, and not once for all questions; and a whole floor is sorted in memory.
  if (!isOfIndex)
    await sql`select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '32MB', true)`.execute(tx)
  const [{ rows }, counted] = await Promise.all([
    sql<ListedAccount & { total: number | null }>`with ${page} select shown.*, page.total
      from page cross join lateral (select ${columns(actor)} from ${tables} where a.id = page.id limit 1) as shown order by page.key ${direction} nulls last, page.id ${direction}`.execute(
      tx,
    ),
    isOfIndex ? countAccounts(tx, from, conditions) : undefined,
  ])
  const total = counted ?? rows[0]?.total ?? (offset === 0 ? 0 : await countAccounts(tx, from, conditions))
  return { accounts: rows.map(({ total: _, ...account }) => account), total }
}

async function countAccounts(tx: Transaction, from: RawBuilder<unknown>, conditions: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ total: number }>`select count(*)::int as total from ${from} where ${conditions}`.execute(tx)
  return rows[0]!.total
}

export async function findAccount(tx: Transaction, actor: ActingAccount, accountId: string): Promise<AccountDetails | undefined> {
  const seesSessions = actor.permissions.includes('sessions.view')
  const { rows } = await sql<AccountDetails>`
    select ${columns(actor)}, ${detailColumns},
      (select jsonb_build_object('at', s.disputed_at, 'device', case when ${seesSessions} then coalesce(next.device, '') else '' end,
        'address', case when ${seesSessions} then coalesce(host(next.address), '') else '' end)
       from session s left join session next on next.id = s.successor_id
       where s.account_id = a.id and s.disputed_at > coalesce(w.changed_at, s.disputed_at - interval '1 second') and w.hash is not null
       order by s.disputed_at desc limit 1) as disputed_move
    from ${tables} where a.id = ${accountId} and ${await where(tx, actor, {})}`.execute(tx)
  return rows[0]
}

export async function listProfileChoices(
  tx: Transaction,
  actor: ActingAccount,
): Promise<{ id: string; name: string; builtIn: boolean; mayGive: boolean }[]> {
  return tx
    .selectFrom('profile')
    .select(['id', 'name', 'builtIn', sql<boolean>`permissions <@ ${actor.permissions as string[]}::text[]`.as('mayGive')])
    .orderBy(inOrder('name'))
    .execute()
}

export async function listTeamChoices(tx: Transaction, { teams }: ActingAccount): Promise<Named[]> {
  const query = tx.selectFrom('team').select(['id', 'name']).orderBy(inOrder('name'))
  return (teams === 'all' ? query : query.where('id', '=', sql<string>`any (${teams as string[]}::uuid[])`)).execute()
}

/** Whether there is such a team, which then stays until the transaction ends, so that an account can be put into it. */
export async function teamExists(tx: Transaction, teamId: string): Promise<boolean> {
  return (await tx.selectFrom('team').select('id').where('id', '=', teamId).forKeyShare().executeTakeFirst()) !== undefined
}

/** The accounts within reach in the order of their usernames, at one moment, as many as an instance can have. */
export async function listForExport(tx: Transaction, actor: ActingAccount, filter: AccountFilter): Promise<AccountDetails[]> {
  const { rows } = await sql<AccountDetails>`
    select ${columns(actor)}, ${detailColumns}
    from ${tables} where ${await where(tx, actor, filter)} order by ${inOrder('a.username')} limit 200000`.execute(tx)
  return rows
}
