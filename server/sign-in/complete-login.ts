import { record } from '../audit/audit.ts'
import { type LockedAccount, loginWindow, touchLastLogin } from '../directory/accounts/accounts.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { hashToken, newToken } from '../platform/secret.ts'
import { findRules } from '../rules/rules.ts'
import { type OtherSession, startSession } from '../sessions/sessions.ts'
import { insertPendingLogin, type PendingReason } from './store.ts'

/** What a right password leads to. Each says what to do next, so each is a page of its own. */
export type LoginOutcome =
  | { kind: 'started'; token: string; returnTo: string }
  | { kind: 'choose_password'; token: string }
  | {
      kind: 'already_logged_in'
      other: OtherSession
      timeZone: string
      /** By which the other session can be moved here; undefined where the Administrator does not allow it. */
      moveToken: string | undefined
    }
  | { kind: 'not_yet_valid' | 'outside_hours' | 'no_longer_valid'; opensAt: Date | undefined; timeZone: string }
  | { kind: 'initial_password_expired' | 'no_seat' }

export type ProvenLogin = {
  /** Locked, and still with the credentials that were proven. */
  account: LockedAccount
  /** Why the password that was proven opens no session yet; undefined when it does. */
  passwordStep: PendingReason | 'initial_expired' | undefined
  returnTo: string
  /** The session that the person was shown and chose to end for this one. */
  moves?: string
}

/**
 * Ends every path of logging in: the checks after a right password, in their order, and last the session.
 * All in the caller's transaction, with the account locked, so that nothing that was checked can change before the session is there.
 * Outcomes are returned and not thrown: what was written until then, such as a new password, stays.
 */
export async function completeLogin(
  tx: Transaction,
  { account, passwordStep, returnTo, moves }: ProvenLogin,
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
      step: 'choose_password',
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

  const { endOtherSession } = await findRules(tx)
  const session = await startSession(tx, account.id, caller, { moves: endOtherSession ? moves : undefined })
  if (session.kind !== 'started') await refused(session.kind)
  if (session.kind === 'no_seat') return session
  if (session.kind === 'already_logged_in') {
    const moveToken = endOtherSession ? await mayBeMoved(tx, account, session.other, returnTo) : undefined
    return { ...session, timeZone: account.timeZone, moveToken }
  }
  await touchLastLogin(tx, account.id)
  return { kind: 'started', token: session.token, returnTo }
}

/** Keeps that this login may move that session here. */
async function mayBeMoved(tx: Transaction, account: LockedAccount, other: OtherSession, returnTo: string): Promise<string> {
  const token = newToken()
  await insertPendingLogin(tx, {
    tokenHash: hashToken(token),
    accountId: account.id,
    step: 'take_over',
    otherSessionId: other.id,
    credentialVersion: account.credentialVersion,
    returnTo,
  })
  return token
}
