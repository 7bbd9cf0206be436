import { record } from '../audit/audit.ts'
import { findFactorStanding } from '../authenticators/factors/factors.ts'
import { type Attempt, findPasswordStanding, rememberBrowser, settleAttempt } from '../authenticators/passwords/passwords.ts'
import { authenticationOf, type Proof } from '../authenticators/proof.ts'
import { type LockedAccount, lockAccount, loginWindow, touchLastLogin } from '../directory/accounts/accounts.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { findRules } from '../rules/rules.ts'
import { renewSession, type StartedSession, startSession } from '../sessions/sessions.ts'
import type { Held, Step } from './step.ts'
import { nextStep } from './steps.ts'
import { keepSignIn } from './store.ts'

/** Somebody's way from what they have shown to a session. */
export type SignIn = {
  /** Of the row in which it waited for its last step; undefined for one that has waited for none. */
  id?: string
  accountId: string
  /** Of the credentials that were proven: what was shown is worth nothing once the account has others. */
  credentialVersion: number
  proofs: readonly Proof[]
  /** By which the last proof was counted, if that is not settled yet. */
  attempt?: Attempt
  returnTo: string
  /** Whether the person has put the enrolment of a second factor off on the way. */
  postponed?: boolean
  /** The session elsewhere that the person was shown and chose to end for this one. */
  moves?: string
  /** The session of this browser in which its person proves again who they are. */
  renews?: string | undefined
}

/** What a sign-in has come to. */
export type Outcome =
  | { kind: 'started'; token: string; returnTo: string }
  /** A step holds it up. `waits` is there when it can go on: the token is for this browser, the id for the form of the page. */
  | ({ kind: 'held'; step: Step; waits: { token: string; id: string } | undefined } & Held)
  /** What was shown is worth nothing any more. */
  | { kind: 'refused' }

/**
 * Where every path of signing in ends, and the only place that starts a session: asks the steps, in their order, and either lets the
 * sign-in wait at one or starts the session. All in the caller's transaction and with the account locked, so that nothing that was
 * asked can change before the session is there. Outcomes are returned and not thrown: what was written until then stays.
 * @param deviceToken by which the browser is known from now on
 */
export async function finishSignIn(
  tx: Transaction,
  steps: readonly Step[],
  signIn: SignIn,
  deviceToken: string,
  caller: Caller,
): Promise<Outcome> {
  const account = await lockAccount(tx, signIn.accountId)
  // Between the proof and the lock, somebody may have disabled the account or given it a new password.
  if (account === undefined || !account.enabled || account.credentialVersion !== signIn.credentialVersion) {
    if (signIn.attempt !== undefined) await settleAttempt(tx, signIn.attempt, 'void')
    const { accountId } = signIn
    const detail = { reason: 'changed_meanwhile' }
    await record(tx, { event: 'login_refused', actor: { kind: 'visitor' }, accountId, caller, detail })
    return { kind: 'refused' }
  }
  if (signIn.attempt !== undefined) await settleAttempt(tx, signIn.attempt, 'right')

  const rules = await findRules(tx)
  const facts = {
    account,
    proofs: signIn.proofs,
    password: await findPasswordStanding(tx, account.id, rules),
    factors: await findFactorStanding(tx, account.id),
    postponed: signIn.postponed === true,
    mayMoveSession: rules.endOtherSession,
  }
  let next = nextStep(steps, { ...facts, start: undefined })
  if (next === 'finish') {
    const session = await start(tx, account, signIn, rules.endOtherSession, caller)
    if (session.kind === 'started') {
      await rememberBrowser(tx, account.id, deviceToken)
      return { kind: 'started', token: session.token, returnTo: signIn.returnTo }
    }
    const other = session.kind === 'already_logged_in' ? session.other : undefined
    next = nextStep(steps, { ...facts, start: { other, noSeat: session.kind === 'no_seat' } })
    if (next === 'finish') throw new TypeError('no step knows what the start of a session has met')
  }

  const { step, hold } = next
  const goesOn = hold.answer === 'asks' || hold.mayGoOn === true
  const waits = goesOn ? await keepSignIn(tx, signIn, step.name, hold.other?.id) : undefined
  await record(tx, {
    event: hold.answer === 'asks' ? 'login_pending' : 'login_refused',
    actor: { kind: 'account', accountId: account.id },
    accountId: account.id,
    caller,
    detail: { step: step.name, reason: hold.code },
  })
  return { kind: 'held', step, hold, waits, timeZone: account.timeZone }
}

async function start(
  tx: Transaction,
  account: LockedAccount,
  { proofs, moves, renews }: SignIn,
  mayMove: boolean,
  caller: Caller,
): Promise<StartedSession> {
  const { id } = account
  const authentication = authenticationOf(proofs)
  if (renews !== undefined) {
    const token = await renewSession(tx, { id: renews, accountId: id }, authentication)
    if (token !== undefined) {
      await record(tx, {
        event: 'proved_again',
        actor: { kind: 'account', accountId: id },
        accountId: id,
        sessionId: renews,
        caller,
      })
      return { kind: 'started', token }
    }
    // It has ended meanwhile: then this is a login like any other.
  }
  const window = loginWindow(account, account.now)
  const closesAt = window.open ? window.closesAt : undefined
  const session = await startSession(tx, id, authentication, caller, { moves: mayMove ? moves : undefined, closesAt })
  if (session.kind === 'started') await touchLastLogin(tx, id)
  return session
}
