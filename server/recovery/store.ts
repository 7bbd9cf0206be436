import { sql } from 'kysely'
import type { LockedAccount } from '../directory/accounts/accounts.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { removeSome, type TidyStep } from '../platform/tidying.ts'
import { findRules } from '../rules/rules.ts'
import { recoveryLimits } from './limits.ts'

const { windowMinutes, mostFromAddress, mostLinksPerHour, mostLinksPerNetwork } = recoveryLimits
const window = sql<Date>`date_bin(make_interval(mins => ${windowMinutes}), now(), timestamptz '2000-01-01')`

/** What somebody asked for, and from where. */
export type Ask = { sealedUsername: Buffer; deviceHash: Buffer | null; caller: Caller }

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
  { sealedUsername, deviceHash, caller: { address, device, requestId } }: Ask,
): Promise<{ instanceId: string; id: string }> {
  return tx
    .insertInto('recoveryAsk')
    .values({ sealedUsername, deviceHash, address, device, requestId })
    .returning(['instanceId', 'id'])
    .executeTakeFirstOrThrow()
}

/** Takes up what somebody asked for; undefined when it was decided already. One statement, so it is decided once. */
export async function takeAsk(tx: Transaction, id: string): Promise<Ask | undefined> {
  const row = await tx
    .deleteFrom('recoveryAsk')
    .where('id', '=', id)
    .returning(['sealedUsername', 'deviceHash', 'address', 'device', 'requestId'])
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { sealedUsername, deviceHash, ...caller } = row
  return { sealedUsername, deviceHash, caller }
}

/** Whose links are counted: all of the instance's, or those that one network asked for. */
export type Share = 'instance' | 'network'

/**
 * Takes one of the links that this hour has for a network, and of those that it has for the instance.
 * `none` says which of them has none left; `last` which of them this was the last of.
 */
export async function takeFromHour(tx: Transaction, network: string): Promise<{ none: Share } | { last: Share[] }> {
  const { rows: own } = await sql<{ links: number }>`
    insert into recovery_network as known (network, hour_started_at, links) values (${network}, date_trunc('hour', now()), 1)
    on conflict (instance_id, network, hour_started_at) do update set links = known.links + 1 where known.links < ${mostLinksPerNetwork}
    returning links`.execute(tx)
  if (own.length === 0) return { none: 'network' }
  const { rows: all } = await sql<{ links: number }>`
    insert into recovery_hour as known (hour_started_at, links) values (date_trunc('hour', now()), 1)
    on conflict (instance_id, hour_started_at) do update set links = known.links + 1 where known.links < ${mostLinksPerHour}
    returning links`.execute(tx)
  if (all.length === 0) {
    await giveBackToNetwork(tx, network)
    return { none: 'instance' }
  }
  const last: Share[] = []
  if (own[0]!.links === mostLinksPerNetwork) last.push('network')
  if (all[0]!.links === mostLinksPerHour) last.push('instance')
  return { last }
}

/** Gives one back that was taken in this transaction and is not needed. */
export async function giveBackToHour(tx: Transaction, network: string): Promise<void> {
  await giveBackToNetwork(tx, network)
  await sql`update recovery_hour set links = links - 1 where hour_started_at = date_trunc('hour', now())`.execute(tx)
}

async function giveBackToNetwork(tx: Transaction, network: string): Promise<void> {
  await sql`update recovery_network set links = links - 1 where network = ${network} and hour_started_at = date_trunc('hour', now())`.execute(
    tx,
  )
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
export const recoveryTidying: readonly TidyStep[] = [
  { name: 'old asks', tidy: (tx, most) => removeSome(tx, 'recovery_ask', sql`asked_at < now() - interval '1 day'`, most) },
  {
    name: 'addresses that asked',
    tidy: (tx, most) =>
      removeSome(tx, 'recovery_address', sql`window_started_at < now() - make_interval(mins => ${2 * windowMinutes})`, most),
  },
  {
    name: 'hours of networks',
    tidy: (tx, most) => removeSome(tx, 'recovery_network', sql`hour_started_at < now() - interval '1 day'`, most),
  },
  {
    name: 'hours of recovery',
    tidy: (tx, most) => removeSome(tx, 'recovery_hour', sql`hour_started_at < now() - interval '1 day'`, most),
  },
  {
    name: 'old links',
    tidy: (tx, most) => removeSome(tx, 'recovery_link', sql`expires_at < now() - interval '1 day'`, most),
  },
  { name: 'requests that nobody answered', tidy: closeExpiredRequests },
  {
    name: 'old requests',
    async tidy(tx, most) {
      const { requestDays } = await findRules(tx)
      return removeSome(tx, 'recovery_request', sql`closed_at < now() - make_interval(days => ${requestDays})`, most)
    },
  },
]

async function closeExpiredRequests(tx: Transaction, most: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update recovery_request set closed_at = now(), outcome = 'expired' where ctid = any (array(
      select ctid from recovery_request where closed_at is null and expires_at <= now() limit ${most} for update skip locked))`.execute(
    tx,
  )
  return Number(numAffectedRows)
}
