import { type RawBuilder, sql } from 'kysely'
import type { ActingAccount, LockedAccount } from '../directory/accounts/accounts.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { recoveryLimits } from './limits.ts'

const { requestHours, mostRequestsPerHour } = recoveryLimits

/** A recovery request that waits for an answer. */
export type OpenRequest = {
  id: string
  account: { id: string; username: string; fullName: string; team: { id: string; name: string } | null }
  openedAt: Date
  /** The last time that it was asked for, and how often it was so far. */
  askedAt: Date
  asked: number
  expiresAt: Date
  device: string
  address: string
  /** Whether it is for whoever looks, and not for other supervisors. */
  isMine: boolean
}

/**
 * Opens an account's request, or renews the one that is open; undefined when it has had too many in the last hour. The index keeps
 * it at one, and the lock takes those who ask at the same moment one after the other. Call with the account locked.
 */
export async function openRequest(
  tx: Transaction,
  { id, credentialVersion }: LockedAccount,
  { address, device }: Caller,
): Promise<'opened' | 'renewed' | undefined> {
  await sql`update recovery_request set closed_at = clock_timestamp(), outcome = 'expired'
    where account_id = ${id} and closed_at is null and (expires_at <= clock_timestamp() or credential_version <> ${credentialVersion})`.execute(
    tx,
  )
  const { rows } = await sql<{ asked: number }>`
    insert into recovery_request as known (account_id, credential_version, address, device, expires_at)
    select ${id}, ${credentialVersion}, ${address}::inet, ${device}, clock_timestamp() + make_interval(hours => ${requestHours})
    where exists (select from recovery_request where account_id = ${id} and closed_at is null)
      or (select count(*) from recovery_request where account_id = ${id} and opened_at > clock_timestamp() - interval '1 hour') < ${mostRequestsPerHour}
    on conflict (instance_id, account_id) where closed_at is null do update
      set asked = known.asked + 1, asked_at = clock_timestamp(), address = excluded.address, device = excluded.device, expires_at = excluded.expires_at
    returning asked`.execute(tx)
  if (rows.length === 0) return undefined
  return rows[0]!.asked === 1 ? 'opened' : 'renewed'
}

/** Still waits for an answer: nobody has given one, it has not run out, and the account has the credentials that it was opened with. */
const waits = sql`r.closed_at is null and r.expires_at > clock_timestamp() and r.credential_version = a.credential_version and a.enabled`

/**
 * Whether somebody else than the person itself supervises the person's team, and may answer: only then it is no matter of those who
 * reach every team.
 */
const hasSupervisor = sql`exists (
  select from team_supervisor s
    join account sa on sa.instance_id = s.instance_id and sa.id = s.account_id
    join profile sp on sp.instance_id = sa.instance_id and sp.id = sa.profile_id
  where s.team_id = a.team_id and s.account_id <> a.id and sa.enabled
    and array['requests.answer', 'accounts.new-password'] <@ sp.permissions and p.permissions <@ sp.permissions)`

const tables = sql`recovery_request r
  join account a on a.instance_id = r.instance_id and a.id = r.account_id
  join profile p on p.instance_id = a.instance_id and p.id = a.profile_id
  left join team t on t.instance_id = a.instance_id and t.id = a.team_id`

/** How many are answered at the most; more than that is no list to work through. */
const mostListed = 200

/** The requests within reach that wait, the oldest first. One's own, and of who has more permissions, are for others. */
export async function listOpenRequests(
  tx: Transaction,
  { accountId, permissions, teams }: ActingAccount,
): Promise<OpenRequest[]> {
  const supervises: RawBuilder<unknown> = sql`exists (select from team_supervisor s where s.team_id = a.team_id and s.account_id = ${accountId})`
  const isMine = teams === 'all' ? sql`(${supervises} or not ${hasSupervisor})` : sql`true`
  const reach = teams === 'all' ? sql`true` : sql`a.team_id = any (${teams as string[]}::uuid[])`
  const { rows } = await sql<OpenRequest>`
    select r.id, r.opened_at, r.asked_at, r.asked, r.expires_at, r.device, host(r.address) as address, ${isMine} as is_mine,
      jsonb_build_object('id', a.id, 'username', a.username, 'fullName', a.full_name,
        'team', case when t.id is not null then jsonb_build_object('id', t.id, 'name', t.name) end) as account
    from ${tables}
    where ${waits} and ${reach} and a.id <> ${accountId} and p.permissions <@ ${permissions as string[]}::text[]
    order by is_mine desc, r.opened_at, r.id limit ${mostListed}`.execute(tx)
  return rows
}

/** Whose request it is, and who has settled it, if somebody has. */
export async function findRequest(
  tx: Transaction,
  id: string,
): Promise<{ accountId: string; settledBy: string | null } | undefined> {
  const { rows } = await sql<{ accountId: string; settledBy: string | null }>`
    select r.account_id, by.full_name as settled_by from recovery_request r
    left join account by on by.instance_id = r.instance_id and by.id = r.closed_by where r.id = ${id}`.execute(tx)
  return rows[0]
}

/**
 * Settles a request that waits; false when it does not, or not any more. One statement, so of two who press at the same moment one is
 * let through. Call with the account locked.
 */
export async function settleRequest(
  tx: Transaction,
  id: string,
  { outcome, by, reason = null }: { outcome: 'answered' | 'refused'; by: string; reason?: string | null },
): Promise<boolean> {
  const { rows } = await sql`
    update recovery_request r set closed_at = clock_timestamp(), outcome = ${outcome}, closed_by = ${by}, reason = ${reason}
    from account a where r.id = ${id} and a.instance_id = r.instance_id and a.id = r.account_id and ${waits} returning r.id`.execute(
    tx,
  )
  return rows.length > 0
}
