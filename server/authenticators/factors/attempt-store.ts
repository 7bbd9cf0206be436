import { sql } from 'kysely'
import type { Rules } from '../../../contracts/rules.ts'
import type { Transaction } from '../../platform/database.ts'

/** The tries that an account has, the same as for its password. */
export type FactorAttemptRules = Pick<Rules, 'waitsFrom' | 'longestWaitMinutes' | 'mostFailures'>

const firstWaitSeconds = 15
const everybody = Buffer.alloc(0)

/** The browser that tries. */
export type TryingBrowser = { deviceHash: Buffer; knowsDevice: boolean }

/**
 * Counts a try of an account's code, of whatever kind, before it is checked; tells whether it may be checked at all. Call with the account
 * locked. `until` is null where the codes are used up.
 */
export async function takeFactorAttempt(
  tx: Transaction,
  accountId: string,
  { deviceHash, knowsDevice }: TryingBrowser,
  { waitsFrom, longestWaitMinutes, mostFailures }: FactorAttemptRules,
): Promise<{ admitted: true } | { admitted: false; until: Date | null }> {
  const { rows } = await sql<{ admitted: boolean; waitsUntil: Date | null }>`
    select * from take_factor_attempt(${accountId}, ${deviceHash}, ${knowsDevice},
      ${waitsFrom - 1}, ${firstWaitSeconds}, ${60 * longestWaitMinutes}, ${mostFailures})`.execute(tx)
  const { admitted, waitsUntil } = rows[0]!
  return admitted ? { admitted } : { admitted, until: waitsUntil }
}

/**
 * Starts the count anew after a right code. From a browser that knows the person the waits of others stay: their guesses were not this
 * person's. Call with the account locked.
 */
export async function forgiveFactorAttempts(
  tx: Transaction,
  accountId: string,
  { deviceHash, knowsDevice }: TryingBrowser,
): Promise<void> {
  await tx
    .updateTable('factorAttempt')
    .set({ failures: 0, ...(!knowsDevice && { waitUntil: null }) })
    .where('accountId', '=', accountId)
    .where('deviceHash', '=', everybody)
    .execute()
  await tx.deleteFrom('factorAttempt').where('accountId', '=', accountId).where('deviceHash', '=', deviceHash).execute()
}

/** Opens the account's codes for tries again, for when it gets others. */
export async function clearFactorAttempts(tx: Transaction, accountId: string): Promise<void> {
  await tx.deleteFrom('factorAttempt').where('accountId', '=', accountId).execute()
}

/** Whether the account's codes have to wait at this moment, or are used up (null). */
export async function findFactorWait(
  tx: Transaction,
  accountId: string,
  { mostFailures }: Pick<Rules, 'mostFailures'>,
): Promise<{ until: Date | null } | undefined> {
  const { rows } = await sql<{ until: Date | null }>`
    select case when failures < ${mostFailures} then wait_until end as until from factor_attempt
    where account_id = ${accountId} and device_hash = ''
      and (failures >= ${mostFailures} or wait_until > clock_timestamp())`.execute(tx)
  return rows[0]
}
