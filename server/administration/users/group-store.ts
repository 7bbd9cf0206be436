import { type RawBuilder, sql } from 'kysely'
import { type AccountGroup, accountGroups, groupsOfSessions } from '../../../contracts/account-groups.ts'
import type { ActingAccount } from '../../directory/accounts/accounts.ts'
import type { Transaction } from '../../platform/database.ts'
import { isLive, type SessionLimits } from '../../sessions/sessions.ts'

/** When the instance's day begins, or another one that many days later. */
const dayBegins = (later = 0) => sql`(
  select (date_trunc('day', now() at time zone time_zone) + make_interval(days => ${sql.lit(later)})) at time zone time_zone
  from instance where id = current_instance_id())`

/** What comes after a refusal and settles it: the person got in or further, or somebody mended what was in the way. */
const settling = [
  'login',
  'login_pending',
  'initial_password_made',
  'account_unlocked',
  'account_enabled',
  'account_changed',
  'password_reset',
]

/** The accounts whose last login of today was refused, and why, as long as nothing has settled it. */
const refused = sql`(
  select account_id, reason from (
    select distinct on (e.account_id) e.account_id, e.event, e.detail->>'reason' as reason from audit_event e
    where e.event = any (${[...settling, 'login_refused']}::text[]) and e.at >= ${dayBegins()} and e.account_id is not null
    order by e.account_id, e.at desc, e.id desc) as latest
  where event = 'login_refused')`

const expiresToday = sql`coalesce(w.initial_expires_at, w.must_change_by) > now()
  and coalesce(w.initial_expires_at, w.must_change_by) < ${dayBegins(1)} and a.enabled`
const neverLoggedIn = sql`a.last_login_at is null and a.enabled`

/** Whether a group tells who was logged in, or tried to be. */
export function tellsOfSessions(group: AccountGroup): boolean {
  return (groupsOfSessions as readonly AccountGroup[]).includes(group)
}

/** Whether the account `a`, with its password `w`, is of the group. */
export function isOfGroup(group: AccountGroup, limits: SessionLimits): RawBuilder<unknown> {
  if (group === 'never_logged_in') return neverLoggedIn
  if (group === 'expires_today') return expiresToday
  if (group === 'in_now')
    return sql`exists (select from session s where s.account_id = a.id and s.ended_at is null and ${isLive(limits)})`
  return sql`a.id in (select account_id from ${refused} r where r.reason = ${group.slice('refused_'.length)})`
}

/** How many accounts within reach each group has. Those of which whoever asks may not hear are not there. */
export async function countGroups(
  tx: Transaction,
  { teams, permissions }: ActingAccount,
  limits: SessionLimits,
): Promise<{ group: AccountGroup; count: number }[]> {
  const reached = teams === 'all' ? sql`true` : sql`a.team_id = any (${teams as string[]}::uuid[])`
  const { rows } = await sql<{ group: string; count: number }>`
    select 'in_now' as "group", count(*)::int as count from session s join account a on a.id = s.account_id
      where s.ended_at is null and ${isLive(limits)} and ${reached}
    union all select 'never_logged_in', count(*)::int from account a where ${neverLoggedIn} and ${reached}
    union all select 'expires_today', count(*)::int from account a join password w on w.account_id = a.id where ${expiresToday} and ${reached}
    union all select 'refused_' || r.reason, count(*)::int from ${refused} r join account a on a.id = r.account_id
      where ${reached} group by r.reason`.execute(tx)
  const counted = new Map(rows.map(({ group, count }) => [group, count]))
  return accountGroups
    .filter((group) => !tellsOfSessions(group) || permissions.includes('sessions.view'))
    .map((group) => ({ group, count: counted.get(group) ?? 0 }))
}
