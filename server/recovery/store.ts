import { sql } from 'kysely'
import type { LockedAccount } from '../directory/accounts/accounts.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { recoveryLimits } from './limits.ts'

const { windowMinutes, mostFromAddress, mostLinksPerHour } = recoveryLimits
const window = sql<Date>`date_bin(make_interval(mins => ${windowMinutes}), now(), timestamptz '2000-01-01')`

/** What somebody asked for, and from where. */
export type Ask = { sealedUsername: Buffer; caller: Caller }

/**
 * Counts that an address asks; false when it has asked too often. One statement: those who ask at the same moment queue on the row.
 * @param address as limitedAddress makes it
 */
export async function countAsk(tx: Transaction, address: string): Promise<boolean> {
  const { rows } = await sql`
    insert into recovery_address as known (address, window_started_at, asked) values (${address}, ${window}, 1)
    on conflict (instance_id, address, window_started_at) do update set asked = known.asked + 1 where known.asked < ${mostFromAddress}
    returning asked`.execute(tx)
  return rows.length > 0
}

/** Seconds until an address that has asked too often may ask again. */
export async function secondsToNextWindow(tx: Transaction): Promise<number> {
  const { rows } = await sql<{ seconds: number }>`
    select ceil(extract(epoch from ${window} + make_interval(mins => ${windowMinutes}) - now()))::int as seconds`.execute(tx)
  return rows[0]!.seconds
}

/** Keeps what somebody asks for until it is decided. The same work for every username, also for one that nobody has. */
export async function insertAsk(
  tx: Transaction,
  { sealedUsername, caller: { address, device, requestId } }: Ask,
): Promise<{ instanceId: string; id: string }> {
  return tx
    .insertInto('recoveryAsk')
    .values({ sealedUsername, address, device, requestId })
    .returning(['instanceId', 'id'])
    .executeTakeFirstOrThrow()
}

/** Takes up what somebody asked for; undefined when it was decided already. One statement, so it is decided once. */
export async function takeAsk(tx: Transaction, id: string): Promise<Ask | undefined> {
  const row = await tx
    .deleteFrom('recoveryAsk')
    .where('id', '=', id)
    .returning(['sealedUsername', 'address', 'device', 'requestId'])
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { sealedUsername, ...caller } = row
  return { sealedUsername, caller }
}

/** Takes one of the links that the instance may send in this hour; false when there is none left. */
export async function takeFromHour(tx: Transaction): Promise<boolean> {
  const { rows } = await sql`
    insert into recovery_hour as known (hour_started_at, links) values (date_trunc('hour', now()), 1)
    on conflict (instance_id, hour_started_at) do update set links = known.links + 1 where known.links < ${mostLinksPerHour}
    returning links`.execute(tx)
  return rows.length > 0
}

/** Gives one back that was taken in this transaction and is not needed. */
export async function giveBackToHour(tx: Transaction): Promise<void> {
  await sql`update recovery_hour set links = links - 1 where hour_started_at = date_trunc('hour', now())`.execute(tx)
}

/** Makes the link of an account that works from now on; the one before is void. Call with the account locked. */
export async function insertLink(
  tx: Transaction,
  account: Pick<LockedAccount, 'id' | 'credentialVersion'>,
  sentTo: string,
  tokenHash: Buffer,
  minutes: number,
): Promise<Date> {
  await tx
    .updateTable('recoveryLink')
    .set({ endedAt: sql`clock_timestamp()`, endReason: 'newer' })
    .where('accountId', '=', account.id)
    .where('endedAt', 'is', null)
    .execute()
  const { expiresAt } = await tx
    .insertInto('recoveryLink')
    .values({
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      sentTo,
      tokenHash,
      expiresAt: sql<Date>`clock_timestamp() + make_interval(mins => ${minutes})`,
      endedAt: null,
      endReason: null,
    })
    .returning('expiresAt')
    .executeTakeFirstOrThrow()
  return expiresAt
}

/** Whose password a link sets. */
export type LinkOwner = { linkId: string; accountId: string; username: string; fullName: string; initialHash: Buffer | null }

/** The owner of a link, as long as nothing has made it worthless. Looking uses nothing up. */
export async function findLink(tx: Transaction, tokenHash: Buffer): Promise<LinkOwner | undefined> {
  return tx
    .selectFrom('recoveryLink')
    .innerJoin('account', 'account.id', 'recoveryLink.accountId')
    .leftJoin('password', 'password.accountId', 'account.id')
    .select([
      'recoveryLink.id as linkId',
      'account.id as accountId',
      'account.username',
      'account.fullName',
      'password.initialHash',
    ])
    .where('recoveryLink.tokenHash', '=', tokenHash)
    .where('recoveryLink.endedAt', 'is', null)
    .where('recoveryLink.expiresAt', '>', sql<Date>`clock_timestamp()`)
    .where('account.enabled', '=', true)
    .whereRef('recoveryLink.credentialVersion', '=', 'account.credentialVersion')
    .whereRef('recoveryLink.sentTo', '=', 'account.email')
    .executeTakeFirst()
}

/**
 * Uses up a link of an account; false when it is not one of this account, was used, has expired, or when a newer one, another password
 * or another address has voided it. One statement, so one winner. Call with the account locked.
 */
export async function consumeLink(tx: Transaction, account: LockedAccount, tokenHash: Buffer): Promise<boolean> {
  const row = await tx
    .updateTable('recoveryLink')
    .set({ endedAt: sql`clock_timestamp()`, endReason: 'used' })
    .where('tokenHash', '=', tokenHash)
    .where('accountId', '=', account.id)
    .where('credentialVersion', '=', account.credentialVersion)
    .where('sentTo', '=', account.email)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', sql<Date>`clock_timestamp()`)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Removes what can no longer have an effect. */
export async function removeOldRecovery(tx: Transaction): Promise<void> {
  await sql`delete from recovery_ask where asked_at < now() - interval '1 day'`.execute(tx)
  await sql`delete from recovery_address where window_started_at < now() - make_interval(mins => ${2 * windowMinutes})`.execute(
    tx,
  )
  await sql`delete from recovery_hour where hour_started_at < now() - interval '1 day'`.execute(tx)
  await sql`delete from recovery_link where expires_at < now() - interval '1 day'`.execute(tx)
  await sql`update recovery_request set closed_at = now(), outcome = 'expired' where closed_at is null and expires_at <= now()`.execute(
    tx,
  )
  await sql`delete from recovery_request where closed_at < now() - interval '180 days'`.execute(tx)
}
