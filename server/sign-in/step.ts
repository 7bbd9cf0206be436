// A step of a sign-in: something that can stand between what somebody has shown and a session.
import type { Mend } from '../../contracts/desk.ts'
import type { FactorStanding } from '../authenticators/factors/factors.ts'
import type { PasswordStanding } from '../authenticators/passwords/passwords.ts'
import type { Proof } from '../authenticators/proof.ts'
import type { LockedAccount } from '../directory/accounts/accounts.ts'
import type { Page, View } from '../platform/page.ts'
import type { OtherSession, SessionStanding } from '../sessions/sessions.ts'

/** What is known as soon as something was shown. */
export type ProofFacts = {
  proofs: readonly Proof[]
  password: PasswordStanding
}

/** What a sign-in is judged by: gathered in its transaction, with the account locked. */
export type Facts = ProofFacts & {
  account: LockedAccount
  /** Its second factors, and what its profile demands. */
  factors: FactorStanding
  /** Whether the person has put the enrolment off on this way. */
  postponed: boolean
  /** What the start of the session has met. It is tried when nothing else is in the way; undefined until then. */
  start: SessionStanding | undefined
  /** Whether the Administrator lets people end their session from elsewhere. */
  mayMoveSession: boolean
}

/** That a step holds a sign-in up. */
export type Hold = {
  /** What is the matter: for the audit, the metrics, the desk and the texts. */
  code: string
  /** `asks`: the sign-in goes on once the person has done what the step's page asks for. */
  answer: 'stops' | 'asks'
  /** Whether the page of a step that stops has a way on all the same: what was shown is kept, and may be tried again from it. */
  mayGoOn?: true
  /** Whether that way may also end the session that is in it. */
  mayMove?: true
  /** When it ended, ends or began; as the code says. */
  at?: Date | undefined
  other?: OtherSession
}

/** A hold on its way to the person. */
export type Held = { hold: Hold; timeZone: string }

/** What the page of a stop says besides: that a password was saved on the way, and where a sign-in that may go on does so. */
export type StopExtras = { passwordChosen?: boolean; goesOn?: { id: string; formToken: string } }

type Named = {
  /** Also what a sign-in that waits there is kept under, and what `account.open_steps` says of it. */
  name: string
  /** Where the person goes on; or the page that says what is in the way, and its HTTP status. */
  page: { path: string } | { status: 403 | 409; show(view: View, held: Held, extras: StopExtras): Page }
  mend(hold: Hold): Mend | null
}

/**
 * `usual` says how the usual login, which is one statement, knows that the step holds nobody up:
 * - `proof`: from what was shown alone.
 * - `open_steps`: whoever can make it apply to an account writes its name into `account.open_steps`.
 * - `start_session`: the function that starts the session decides.
 * - undefined: it does not. Then no login is the usual one, and every one is looked at closely: slow, and never passed by.
 */
export type Step = Named &
  (
    | { usual: 'proof'; hold(facts: ProofFacts): Hold | undefined }
    | { usual: 'open_steps' | 'start_session' | undefined; hold(facts: Facts): Hold | undefined }
  )
