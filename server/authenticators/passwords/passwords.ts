// Passwords: what an account proves itself with, the rules of a new one, and the attempts on it.
// Owns password, password_history, login_attempt, known_device and address_attempt. Knows neither sessions nor pages.

export { type Attempt, type AttemptOutcome, settleAttempt } from './attempt.ts'
export {
  type BreachedPasswords,
  describeBreachedPasswords,
  openBreachedPasswords,
} from './breached-passwords.ts'
export { deviceCookie } from './cookie.ts'
export { givenPasswordFault, givePasswords, hashGivenPassword } from './give-passwords.ts'
export { type GuessEstimator, openGuessEstimator } from './guess-estimate.ts'
export { busy, type HashQueue, openHashQueue } from './hash-queue.ts'
export { watchHashQueue } from './hash-queue-metrics.ts'
export { isInitialPassword } from './initial-password.ts'
export { makeBreachedPasswords } from './make-breached-passwords.ts'
export { findComingExpiry, findPasswordStanding, type PasswordStanding } from './password-age-store.ts'
export { historyTidying } from './password-history-store.ts'
export type { PasswordFault, PasswordOwner } from './password-rules.ts'
export type { PasswordState } from './password-state.ts'
export {
  type ProvenPassword,
  type ProvePasswordNeeds,
  provePassword,
  type Refusal,
  tooManyAttempts,
} from './prove-password.ts'
export {
  type JudgePasswordNeeds,
  judgePassword,
  type PasswordDemands,
  PasswordRefused,
  passwordDemands,
  passwordsDiffer,
  prepareNewPassword,
  replaceByInitialPassword,
  setPassword,
} from './set-password.ts'
export { type CredentialStanding, credentialStanding, findHindrances, type Hindrance, unlockAttempts } from './standing.ts'
export { attemptTidying, forgetAttempts, knowsBrowser, type Lock, mostPersonsOfDevice, rememberBrowser } from './store.ts'
export { yieldToRequests } from './yield-to-requests.ts'
