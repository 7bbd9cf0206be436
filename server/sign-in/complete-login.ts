import { type LockedAccount, loginWindow, touchLastLogin } from '../accounts/accounts.ts'
import { record } from '../audit/audit.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { hashToken, newToken } from '../platform/secret.ts'
import { type OtherSession, startSession } from '../sessions/sessions.ts'
import { insertPendingLogin, type PendingReason } from './store.ts'

/** What a right password leads to. Each says what to do next, so each is a page of its own. */
export type LoginOutcome =
  | { kind: 'started'; token: string; returnTo: string }
  | { kind: 'choose_password'; token: string }
  | { kind: 'already_logged_in'; other: OtherSession; timeZone: string }
  | { kind: 'not_yet_valid' | 'outside_hours' | 'no_longer_valid'; opensAt: Date | undefined; timeZone: string }
  | { kind: 'initial_password_expired' | 'no_seat' }

export type ProvenLogin = {
  /** Locked, and still with the credentials that were proven. */
  account: LockedAccount
  /** Why the password that was proven opens no session yet; undefined when it does. */
  passwordStep: PendingReason | 'initial_expired' | undefined
  returnTo: string
}

/**
 * Ends every path of logging in: the checks after a right password, in their order, and last the session.
 * All in the caller's transaction, with the account locked, so that nothing that was checked can change before the session is there.
 * Outcomes are returned and not thrown: what was written until then, such as a new password, stays.
 */
export async function completeLogin(
  tx: Transaction,
  { account, passwordStep, returnTo }: ProvenLogin,
  caller: Caller,
): Promise<LoginOutcome> {
  const refused = (reason: string) =>
    record(tx, {
      event: 'login_refused',
      actor: { kind: 'account', accountId: account.id },
      accountId: account.id,
      caller,
      detail: { reason },
    })

  const window = loginWindow(account, account.now)
  if (!window.open) {
    await refused(window.reason)
    return { kind: window.reason, opensAt: window.opensAt, timeZone: account.timeZone }
  }

  if (passwordStep === 'initial_expired') {
    await refused('initial_password_expired')
    return { kind: 'initial_password_expired' }
  }
  if (passwordStep !== undefined) {
    const token = newToken()
    await insertPendingLogin(tx, {
      tokenHash: hashToken(token),
      accountId: account.id,
      reason: passwordStep,
      credentialVersion: account.credentialVersion,
      returnTo,
    })
    await record(tx, {
      event: 'login_pending',
      actor: { kind: 'account', accountId: account.id },
      accountId: account.id,
      caller,
      detail: { step: 'choose_password', reason: passwordStep },
    })
    return { kind: 'choose_password', token }
  }

  const session = await startSession(tx, account.id, caller)
  if (session.kind !== 'started') await refused(session.kind)
  if (session.kind === 'no_seat') return session
  if (session.kind === 'already_logged_in') return { ...session, timeZone: account.timeZone }
  await touchLastLogin(tx, account.id)
  return { kind: 'started', token: session.token, returnTo }
}
