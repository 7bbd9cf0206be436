// The steps of a sign-in, in their order: all that can stand between a proof and a session. No step knows another. The desk prints
// this list, so what it says is what a login meets.
import { loginWindow } from '../directory/accounts/accounts.ts'
import { stopPage } from './pages.ts'
import type { Facts, Hold, ProofFacts, Step } from './step.ts'

/** The dates and the hours of the account. */
const accountWindow: Step = {
  name: 'account_window',
  usual: 'open_steps',
  hold({ account }) {
    const window = loginWindow(account, account.now)
    return window.open ? undefined : { code: window.reason, answer: 'stops', at: window.opensAt }
  },
  page: { status: 403, show: stopPage },
  mend: ({ code }) => (code === 'outside_hours' ? 'change_account' : 'extend'),
}

const shownPassword = ({ proofs }: ProofFacts) => proofs.some(({ kind }) => kind === 'password' || kind === 'initial_password')

/** The hours of an initial password, or of a given one, are not over. */
const initialPassword: Step = {
  name: 'initial_password',
  usual: 'proof',
  hold(facts) {
    const { state, expiresAt } = facts.password
    if (!shownPassword(facts) || state !== 'expired_initial') return undefined
    return { code: 'initial_password_expired', answer: 'stops', at: expiresAt ?? undefined }
  },
  page: { status: 403, show: stopPage },
  mend: () => 'new_password',
}

/** Whether what was shown is worth more than the password: a factor of the person, or a supervisor's word. */
function shownFactor({ proofs, factors: { demand, live, vouching } }: Facts): boolean {
  const onlyKeys = demand === 'passkey' && live.includes('passkey')
  return proofs.some(({ kind }) => {
    if (kind === 'vouched') return vouching
    return kind === 'passkey' || (!onlyKeys && (kind === 'totp' || kind === 'code_sheet'))
  })
}

/** Whoever has a second factor shows it: whatever led here, recovery and a slip too. */
const secondFactor: Step = {
  name: 'second_factor',
  usual: 'open_steps',
  hold(facts) {
    const { demand, live } = facts.factors
    if (demand === 'off' || live.length === 0 || shownFactor(facts)) return undefined
    return { code: 'second_factor', answer: 'asks' }
  },
  page: { path: '/second-factor' },
  mend: () => 'second_factor',
}

/** Whoever needs a second factor and has none sets one up. After a reset there is no putting it off. */
const enrolment: Step = {
  name: 'enrolment',
  usual: 'open_steps',
  hold({ factors: { demand, live, wasReset, isDemanded, grace }, postponed }) {
    if (wasReset) return { code: 'factors_reset', answer: 'asks' }
    const isEnough = demand === 'passkey' ? live.includes('passkey') : live.length > 0
    if (isEnough || !isDemanded || postponed) return undefined
    return { code: 'enrolment', answer: 'asks', at: grace?.until }
  },
  page: { path: '/enrolment' },
  mend: () => 'second_factor',
}

/** The password is the person's own, and still good. */
const ownPassword: Step = {
  name: 'own_password',
  usual: 'proof',
  hold(facts) {
    const { state, expiresAt } = facts.password
    if (!shownPassword(facts) || state === 'lasting' || state === 'none') return undefined
    return state === 'expired'
      ? { code: 'password_expired', answer: 'asks' }
      : { code: 'initial_password', answer: 'asks', at: expiresAt ?? undefined }
  },
  page: { path: '/choose-password' },
  mend: ({ code }) => (code === 'password_expired' ? null : 'new_password'),
}

/** One live session per account. */
const otherSession: Step = {
  name: 'other_session',
  usual: 'start_session',
  hold({ start, mayMoveSession }) {
    if (start?.other === undefined) return undefined
    const { other } = start
    return {
      code: 'already_logged_in',
      answer: 'stops',
      at: other.startedAt,
      other,
      mayGoOn: true,
      ...(mayMoveSession && { mayMove: true }),
    }
  },
  page: { status: 409, show: stopPage },
  mend: () => 'end_session',
}

const seat: Step = {
  name: 'seat',
  usual: 'start_session',
  hold: ({ start }) => (start?.noSeat ? { code: 'no_seat', answer: 'stops', mayGoOn: true } : undefined),
  page: { status: 409, show: stopPage },
  mend: () => null,
}

export const steps: readonly Step[] = [accountWindow, initialPassword, secondFactor, enrolment, ownPassword, otherSession, seat]

/** The first step that holds the sign-in up, or that nothing does. */
export function nextStep(steps: readonly Step[], facts: Facts): { step: Step; hold: Hold } | 'finish' {
  for (const step of steps) {
    const hold = step.hold(facts)
    if (hold !== undefined) return { step, hold }
  }
  return 'finish'
}

/** Whether one statement may end this sign-in: each step can tell by itself, and none that goes by what was shown holds it up. */
export function isUsual(steps: readonly Step[], facts: ProofFacts): boolean {
  return steps.every((step) => step.usual !== undefined && (step.usual !== 'proof' || step.hold(facts) === undefined))
}
