import { sql } from 'kysely'
import type { Transaction } from '../platform/database.ts'

/** How long a proven login waits for its next step, in minutes. */
export const pendingMinutes = 15

export type PendingReason = 'initial' | 'expired'

export type PendingLogin = {
  accountId: string
  username: string
  fullName: string
  reason: PendingReason
  initialHash: Buffer | null
  hash: string | null
}

export async function insertPendingLogin(
  tx: Transaction,
  pending: { tokenHash: Buffer; accountId: string; reason: PendingReason; credentialVersion: number; returnTo: string },
): Promise<void> {
  await tx
    .insertInto('pendingLogin')
    .values({
      ...pending,
      step: 'choose_password',
      expiresAt: sql<Date>`now() + make_interval(mins => ${pendingMinutes})`,
      usedAt: null,
    })
    .execute()
}

/** The login that waits for this step, as long as nothing has made it worthless. Looking uses nothing up. */
export async function findPendingLogin(tx: Transaction, tokenHash: Buffer): Promise<PendingLogin | undefined> {
  return tx
    .selectFrom('pendingLogin')
    .innerJoin('account', 'account.id', 'pendingLogin.accountId')
    .leftJoin('password', 'password.accountId', 'account.id')
    .select([
      'account.id as accountId',
      'account.username',
      'account.fullName',
      'pendingLogin.reason',
      'password.initialHash',
      'password.hash',
    ])
    .where('pendingLogin.tokenHash', '=', tokenHash)
    .where('pendingLogin.step', '=', 'choose_password')
    .where('pendingLogin.usedAt', 'is', null)
    .where('pendingLogin.expiresAt', '>', sql<Date>`now()`)
    .where('account.enabled', '=', true)
    .whereRef('pendingLogin.credentialVersion', '=', 'account.credentialVersion')
    .executeTakeFirst()
}

/**
 * Takes a pending login's step and returns where the person wanted to go; undefined when it was taken, has expired, or the account has
 * other credentials by now. One statement, so one winner. Call it with the account locked.
 */
export async function consumePendingLogin(
  tx: Transaction,
  tokenHash: Buffer,
  credentialVersion: number,
): Promise<{ returnTo: string } | undefined> {
  return tx
    .updateTable('pendingLogin')
    .set({ usedAt: sql`now()` })
    .where('tokenHash', '=', tokenHash)
    .where('step', '=', 'choose_password')
    .where('credentialVersion', '=', credentialVersion)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', sql<Date>`now()`)
    .returning('returnTo')
    .executeTakeFirst()
}

export async function removeOldPendingLogins(tx: Transaction): Promise<void> {
  await tx.deleteFrom('pendingLogin').where('expiresAt', '<', sql<Date>`now() - interval '1 day'`).execute()
}
