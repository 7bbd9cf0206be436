import { record } from '../audit/audit.ts'
import {
  type ProvenPassword,
  type ProvePasswordNeeds,
  provePassword,
  type Refusal,
  settleAttempt,
} from '../authenticators/passwords/passwords.ts'
import { authenticationOf } from '../authenticators/proof.ts'
import type { Instance } from '../instances/instances.ts'
import type { Caller } from '../platform/caller.ts'
import { hashToken } from '../platform/secret.ts'
import { newSession } from '../sessions/sessions.ts'
import { finishSignIn, type Outcome } from './finish-sign-in.ts'
import type { Step } from './step.ts'
import { isUsual } from './steps.ts'
import { logInAtOnce } from './store.ts'

export type LogInNeeds = ProvePasswordNeeds & { steps: readonly Step[] }

export type LogIn = {
  username: string
  password: string
  /** By which the browser is known, or will be known from now on. */
  deviceToken: string
  returnTo: string
  /** The session of this browser in which its person proves again who they are. */
  renews?: string | undefined
}

/**
 * Logs somebody in with username and password.
 * `refused` is one answer for whatever is wrong before the password is known to be right.
 * @throws busy, too_many_attempts
 */
export async function logIn(needs: LogInNeeds, instance: Instance, login: LogIn, caller: Caller): Promise<Outcome> {
  const shown = await provePassword(needs, instance, login, caller)
  if (shown.kind === 'refused') return refuse(needs, instance, shown, caller)
  try {
    return (await atOnce(needs, instance, shown, login, caller)) ?? (await closely(needs, instance, shown, login, caller))
  } catch (error) {
    // A database that can count but not take a session in, for want of room or of patience, must not make a right password a wrong one.
    // Nobody waits for it: if even that cannot be written, the person has to wait as anybody who was wrong as often.
    void needs.database.in(instance, (tx) => settleAttempt(tx, shown.attempt, 'right')).catch(() => {})
    throw error
  }
}

function refuse(
  { database }: LogInNeeds,
  instance: Instance,
  { attempt, accountId, reason }: Refusal,
  caller: Caller,
): Promise<Outcome> {
  return database.in(instance, async (tx) => {
    await settleAttempt(tx, attempt, 'wrong')
    await record(tx, { event: 'login_refused', actor: { kind: 'visitor' }, accountId, caller, detail: { reason } })
    return { kind: 'refused' }
  })
}

/** The usual login, in one statement; undefined when something is in the way, or may be: then a closer look decides, and can say what it is. */
async function atOnce(
  { database, rules, steps }: LogInNeeds,
  instance: Instance,
  { accountId, credentialVersion, proof, state, attempt }: ProvenPassword,
  { deviceToken, returnTo, renews }: LogIn,
  caller: Caller,
): Promise<Outcome | undefined> {
  const facts = { proofs: [proof], password: { state, expiresAt: null } }
  if (renews !== undefined || attempt.rehashed !== undefined || !isUsual(steps, facts)) return undefined
  const { token, ...session } = newSession(caller)
  const isIn = await logInAtOnce(database, instance, {
    accountId,
    credentialVersion,
    usernameHash: attempt.usernameHash,
    deviceHash: hashToken(deviceToken),
    session,
    amr: authenticationOf([proof]).amr,
    limits: await rules.of(instance),
  })
  return isIn ? { kind: 'started', token, returnTo } : undefined
}

function closely(
  { database, steps }: LogInNeeds,
  instance: Instance,
  { accountId, credentialVersion, proof, attempt }: ProvenPassword,
  { deviceToken, returnTo, renews }: LogIn,
  caller: Caller,
): Promise<Outcome> {
  const signIn = { accountId, credentialVersion, proofs: [proof], attempt, returnTo, renews }
  return database.in(instance, (tx) => finishSignIn(tx, steps, signIn, deviceToken, caller))
}
