import { sql } from 'kysely'
import { mostPersonsOfDevice } from '../authenticators/passwords/passwords.ts'
import type { Database, Transaction } from '../platform/database.ts'
import type { NewSession, SessionLimits } from '../sessions/sessions.ts'

export type LoginAtOnce = {
  accountId: string
  /** Of the credentials that were proven. */
  credentialVersion: number
  /** What the attempt was counted under. */
  usernameHash: Buffer
  deviceHash: Buffer
  session: NewSession
  limits: SessionLimits
}

/**
 * Ends the usual login in one round trip: locks the account, takes a seat, starts its session, records it, and settles the attempt.
 * False, and no session is started or ended, when anything is in the way or has to be looked at more closely.
 */
export async function logInAtOnce(
  database: Database,
  instance: { id: string },
  { accountId, credentialVersion, usernameHash, deviceHash, session, limits }: LoginAtOnce,
): Promise<boolean> {
  const { tokenHash, visitHash, address, device, requestId } = session
  const { leaseSeconds, idleMinutes, longestHours } = limits
  return database.call(async (db) => {
    const { rows } = await sql<{ done: boolean }>`
      select log_in_at_once(${instance.id}, ${accountId}, ${credentialVersion}, ${usernameHash}, ${deviceHash},
        ${mostPersonsOfDevice}, ${tokenHash}, ${visitHash}, ${address}, ${device}, ${requestId},
        ${leaseSeconds}, ${idleMinutes}, ${longestHours * 60}) as done`.execute(db)
    return rows[0]!.done
  })
}

/** How long a proven login waits for its next step, in minutes. What moves a session waits shorter: what was shown soon changes. */
const pendingMinutes = { choose_password: 15, take_over: 1 } as const

export type PendingReason = 'initial' | 'expired'

export type PendingLogin = {
  accountId: string
  username: string
  fullName: string
  reason: PendingReason
  initialHash: Buffer | null
  hash: string | null
}

export type NewPendingLogin = { tokenHash: Buffer; accountId: string; credentialVersion: number; returnTo: string } & (
  | { step: 'choose_password'; reason: PendingReason }
  | { step: 'take_over'; otherSessionId: string }
)

export async function insertPendingLogin(tx: Transaction, pending: NewPendingLogin): Promise<void> {
  await tx
    .insertInto('pendingLogin')
    .values({
      reason: null,
      otherSessionId: null,
      ...pending,
      expiresAt: sql<Date>`now() + make_interval(mins => ${pendingMinutes[pending.step]})`,
      usedAt: null,
    })
    .execute()
}

/** The account whose session may be moved with this token, as long as nothing has made it worthless. Looking uses nothing up. */
export async function findTakeOver(tx: Transaction, tokenHash: Buffer): Promise<string | undefined> {
  const row = await tx
    .selectFrom('pendingLogin')
    .select('accountId')
    .where('tokenHash', '=', tokenHash)
    .where('step', '=', 'take_over')
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', sql<Date>`now()`)
    .executeTakeFirst()
  return row?.accountId
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
      sql<PendingReason>`pending_login.reason`.as('reason'),
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
 * Takes a pending login's step and returns where the person wanted to go, and the session that may be moved; undefined when it was taken, has expired, or the account has
 * other credentials by now. One statement, so one winner. Call it with the account locked.
 */
export async function consumePendingLogin(
  tx: Transaction,
  tokenHash: Buffer,
  step: 'choose_password' | 'take_over',
  credentialVersion: number,
): Promise<{ returnTo: string; otherSessionId: string | null } | undefined> {
  return tx
    .updateTable('pendingLogin')
    .set({ usedAt: sql`now()` })
    .where('tokenHash', '=', tokenHash)
    .where('step', '=', step)
    .where('credentialVersion', '=', credentialVersion)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', sql<Date>`clock_timestamp()`)
    .returning(['returnTo', 'otherSessionId'])
    .executeTakeFirst()
}

export async function removeOldPendingLogins(tx: Transaction): Promise<void> {
  await tx.deleteFrom('pendingLogin').where('expiresAt', '<', sql<Date>`now() - interval '1 day'`).execute()
}
