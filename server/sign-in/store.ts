import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { mostPersonsOfDevice } from '../authenticators/passwords/passwords.ts'
import type { Proof } from '../authenticators/proof.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { hashToken, newToken } from '../platform/secret.ts'
import { removeSome, type TidyStep } from '../platform/tidying.ts'
import type { NewSession, SessionLimits } from '../sessions/sessions.ts'

export type LoginAtOnce = {
  accountId: string
  /** Of the credentials that were proven. */
  credentialVersion: number
  /** What the attempt was counted under. */
  usernameHash: Buffer
  deviceHash: Buffer
  session: NewSession
  /** By which methods the person has proven who they are, just now. */
  amr: string[]
  limits: SessionLimits
}

/**
 * Ends the usual login in one round trip: locks the account, takes a seat, starts its session, records it, and settles the attempt.
 * False, and no session is started or ended, when the account has a step open, or anything has to be looked at more closely.
 */
export async function logInAtOnce(
  database: Database,
  instance: { id: string },
  { accountId, credentialVersion, usernameHash, deviceHash, session, amr, limits }: LoginAtOnce,
): Promise<boolean> {
  const { tokenHash, visitHash, address, device, requestId } = session
  const { leaseSeconds, idleMinutes, longestHours } = limits
  return database.call(async (db) => {
    const { rows } = await sql<{ done: boolean }>`
      select log_in_at_once(${instance.id}, ${accountId}, ${credentialVersion}, ${usernameHash}, ${deviceHash},
        ${mostPersonsOfDevice}, ${tokenHash}, ${visitHash}, ${address}, ${device}, ${requestId},
        ${leaseSeconds}, ${idleMinutes}, ${longestHours * 60}, ${amr}) as done`.execute(db)
    return rows[0]!.done
  })
}

/** For how many minutes a sign-in waits for a step, where it is not a quarter of an hour. What moves a session was shown soon before. */
const waitMinutes: Record<string, number> = { other_session: 1, seat: 1 }
const usualWaitMinutes = 15

/** A sign-in as its row keeps it, for the step that it waits for. */
export type WaitingSignIn = {
  id: string
  accountId: string
  credentialVersion: number
  proofs: Proof[]
  returnTo: string
  postponed: boolean
  otherSessionId: string | null
  renewsSessionId: string | null
}

/**
 * Lets a sign-in wait for a step, in the row that it has or in a new one, and returns its token, which works once and for this step
 * only. The only time that it exists in clear is in what this returns. Call with the account locked.
 */
export async function keepSignIn(
  tx: Transaction,
  signIn: {
    id?: string
    accountId: string
    credentialVersion: number
    proofs: readonly Proof[]
    returnTo: string
    postponed?: boolean
    renews?: string | undefined
  },
  step: string,
  otherSessionId: string | undefined,
): Promise<{ token: string; id: string }> {
  const { id = randomUUID(), accountId, credentialVersion, returnTo } = signIn
  const token = newToken()
  const waiting = {
    tokenHash: hashToken(token),
    step,
    credentialVersion,
    proofs: JSON.stringify(signIn.proofs),
    postponed: signIn.postponed === true,
    otherSessionId: otherSessionId ?? null,
    renewsSessionId: signIn.renews ?? null,
    expiresAt: sql<Date>`now() + make_interval(mins => ${waitMinutes[step] ?? usualWaitMinutes})`,
    usedAt: null,
  }
  await tx
    .insertInto('signIn')
    .values({ id, accountId, returnTo, ...waiting })
    .onConflict((conflict) => conflict.columns(['instanceId', 'id']).doUpdateSet(waiting))
    .execute()
  return { token, id }
}

/** Whose sign-in waits for this step in the browser that has the token. Looking uses nothing up. */
export type SignInOwner = {
  id: string
  accountId: string
  username: string
  fullName: string
  initialHash: Buffer | null
  /** What it waits for. */
  step: string
  proofs: readonly Pick<Proof, 'kind'>[]
  timeZone: string
}

export async function findSignIn(tx: Transaction, tokenHash: Buffer, steps: readonly string[]): Promise<SignInOwner | undefined> {
  return tx
    .selectFrom('signIn')
    .innerJoin('account', 'account.id', 'signIn.accountId')
    .innerJoin('instance', 'instance.id', 'account.instanceId')
    .leftJoin('password', 'password.accountId', 'account.id')
    .select([
      'signIn.id',
      'signIn.step',
      'signIn.proofs',
      'account.id as accountId',
      'account.username',
      'account.fullName',
      'password.initialHash',
      sql<string>`coalesce(account.time_zone, instance.time_zone)`.as('timeZone'),
    ])
    .where('signIn.tokenHash', '=', tokenHash)
    .where('signIn.step', 'in', [...steps])
    .where('signIn.usedAt', 'is', null)
    .where('signIn.expiresAt', '>', sql<Date>`now()`)
    .where('account.enabled', '=', true)
    .whereRef('signIn.credentialVersion', '=', 'account.credentialVersion')
    .executeTakeFirst()
}

/**
 * Takes the step that a sign-in waits for; undefined when it was taken, has expired, or the account has other credentials by now. One
 * statement, so one winner. Call it with the account locked.
 */
export async function takeStep(
  tx: Transaction,
  tokenHash: Buffer,
  step: string,
  credentialVersion: number,
): Promise<WaitingSignIn | undefined> {
  const row = await tx
    .updateTable('signIn')
    .set({ usedAt: sql`now()` })
    .where('tokenHash', '=', tokenHash)
    .where('step', '=', step)
    .where('credentialVersion', '=', credentialVersion)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', sql<Date>`clock_timestamp()`)
    .returning(['id', 'accountId', 'credentialVersion', 'proofs', 'returnTo', 'postponed', 'otherSessionId', 'renewsSessionId'])
    .executeTakeFirst()
  return row && { ...row, proofs: row.proofs.map((proof) => ({ ...proof, at: new Date(proof.at) })) }
}

/**
 * Counts a try at the step that a sign-in waits for, before it is checked, and returns how many there were; undefined when it waits
 * for it no more, or has had as many as it may: then somebody has to log in anew. One statement. Call it with the account locked.
 */
export async function countTry(
  tx: Transaction,
  tokenHash: Buffer,
  step: string,
  credentialVersion: number,
  most: number,
): Promise<number | undefined> {
  const row = await tx
    .updateTable('signIn')
    .set({ tries: sql`tries + 1` })
    .where('tokenHash', '=', tokenHash)
    .where('step', '=', step)
    .where('credentialVersion', '=', credentialVersion)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', sql<Date>`clock_timestamp()`)
    .where('tries', '<', most)
    .returning('tries')
    .executeTakeFirst()
  return row?.tries
}

export const signInTidying: readonly TidyStep[] = [
  {
    name: 'sign-ins that nobody finished',
    tidy: (tx, most) => removeSome(tx, 'sign_in', sql`expires_at < now() - interval '1 day'`, most),
  },
]
