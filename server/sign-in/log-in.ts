import { record } from '../audit/audit.ts'
import {
  type Proof,
  type ProvePasswordNeeds,
  provePassword,
  type Refusal,
  rememberBrowser,
  tooManyAttempts,
} from '../authenticators/passwords/passwords.ts'
import { lockAccount } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import type { Caller } from '../platform/caller.ts'
import { hashToken } from '../platform/secret.ts'
import { newSession } from '../sessions/sessions.ts'
import { completeLogin, type LoginOutcome } from './complete-login.ts'
import { logInAtOnce } from './store.ts'

export type LogIn = {
  username: string
  password: string
  /** By which the browser is known, or will be known from now on. */
  deviceToken: string
  returnTo: string
}

/**
 * Logs somebody in with username and password.
 * `refused` is one answer for whatever is wrong before the password is known to be right.
 * @throws busy, too_many_attempts
 */
export async function logIn(
  needs: ProvePasswordNeeds,
  instance: Instance,
  { username, password, deviceToken, returnTo }: LogIn,
  caller: Caller,
): Promise<LoginOutcome | { kind: 'refused' }> {
  const proof = await provePassword(needs, instance, { username, password, deviceToken }, caller)
  try {
    const outcome = await conclude(needs, instance, proof, deviceToken, returnTo, caller)
    if (proof.kind === 'refused' && proof.addressWaitSeconds !== null) throw tooManyAttempts(proof.addressWaitSeconds)
    return outcome
  } catch (error) {
    // A database that can count but not take a session in, for want of room or of patience, must not make a right password a wrong one.
    // Nobody waits for it: if even that cannot be written, the person has to wait as anybody who was wrong as often.
    if (proof.kind === 'proven') void needs.database.in(instance, (tx) => proof.settle(tx)).catch(() => {})
    throw error
  }
}

async function conclude(
  needs: ProvePasswordNeeds,
  instance: Instance,
  proof: Proof | Refusal,
  deviceToken: string,
  returnTo: string,
  caller: Caller,
): Promise<LoginOutcome | { kind: 'refused' }> {
  if (proof.kind === 'proven' && proof.password === 'lasting' && proof.forgivable !== undefined) {
    const { token, ...session } = newSession(caller)
    const { accountId, credentialVersion } = proof
    const limits = await needs.rules.of(instance)
    const login = { accountId, credentialVersion, ...proof.forgivable, deviceHash: hashToken(deviceToken), session, limits }
    if (await logInAtOnce(needs.database, instance, login)) return { kind: 'started', token, returnTo }
    // Something is in the way, or the account has dates or hours to keep: what follows decides, and can say what it is.
  }
  return needs.database.in(instance, async (tx) => {
    if (proof.kind === 'refused') {
      await proof.settle(tx)
      await record(tx, {
        event: 'login_refused',
        actor: { kind: 'visitor' },
        accountId: proof.accountId,
        caller,
        detail: { reason: proof.reason },
      })
      return { kind: 'refused' }
    }
    const account = await lockAccount(tx, proof.accountId)
    // Between the proof and the lock, somebody may have disabled the account or given it a new password.
    if (account === undefined || !account.enabled || account.credentialVersion !== proof.credentialVersion) {
      await proof.discard(tx)
      await record(tx, {
        event: 'login_refused',
        actor: { kind: 'visitor' },
        accountId: proof.accountId,
        caller,
        detail: { reason: 'changed_meanwhile' },
      })
      return { kind: 'refused' }
    }
    const [outcome] = await Promise.all([
      completeLogin(tx, { account, passwordStep: passwordStep(proof), returnTo }, caller),
      proof.settle(tx),
    ])
    if (outcome.kind === 'started' && !proof.knowsBrowser) await rememberBrowser(tx, account.id, deviceToken)
    return outcome
  })
}

function passwordStep({ password }: Proof) {
  if (password === 'initial' || password === 'expired') return password
  return password === 'expired_initial' ? 'initial_expired' : undefined
}
