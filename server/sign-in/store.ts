import { sql } from 'kysely'
import { mostPersonsOfDevice } from '../passwords/passwords.ts'
import type { Database, Transaction } from '../platform/database.ts'
import type { NewSession } from '../sessions/sessions.ts'

export type LoginAtOnce = {
  accountId: string
  /** Of the credentials that were proven. */
  credentialVersion: number
  /** What the attempt was counted under. */
  usernameHash: Buffer
  deviceHash: Buffer
  session: NewSession
}

/**
 * Ends the usual login in one round trip: locks the account, starts its session, records it, and settles the attempt.
 * False, and nothing is written, when anything is in the way or has to be looked at more closely.
 */
export async function logInAtOnce(
  database: Database,
  instance: { id: string },
  { accountId, credentialVersion, usernameHash, deviceHash, session }: LoginAtOnce,
): Promise<boolean> {
  const { tokenHash, visitHash, address, device, requestId } = session
  return database.call(async (db) => {
    const { rows } = await sql<{ done: boolean }>`
      select log_in_at_once(${instance.id}, ${accountId}, ${credentialVersion}, ${usernameHash}, ${deviceHash},
        ${mostPersonsOfDevice}, ${tokenHash}, ${visitHash}, ${address}, ${device}, ${requestId}) as done`.execute(db)
    return rows[0]!.done
  })
}

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
