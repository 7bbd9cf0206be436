// Passwords: what an account proves itself with, the rules of a new one, and the attempts on it.
// Owns password, password_history, login_attempt, known_device and address_attempt. Knows neither sessions nor pages.
export { type Attempt, type AttemptOutcome, settleAttempt } from './attempt.ts'
export {
  type BreachedPasswords,
  describeBreachedPasswords,
  openBreachedPasswords,
} from './breached-passwords.ts'
export { givenPasswordFault, givePasswords, hashGivenPassword } from './give-passwords.ts'
export { type GuessEstimator, openGuessEstimator } from './guess-estimate.ts'
export { busy, type HashQueue, openHashQueue } from './hash-queue.ts'
export { isInitialPassword } from './initial-password.ts'
export { makeBreachedPasswords } from './make-breached-passwords.ts'
export { findComingExpiry, findPasswordStanding, type PasswordStanding } from './password-age-store.ts'
export { forgetFormerPasswords } from './password-history-store.ts'
export type { PasswordFault, PasswordOwner } from './password-rules.ts'
export type { PasswordState } from './password-state.ts'
export {
  type ProvenPassword,
  type ProvePasswordNeeds,
  provePassword,
  type Refusal,
} from './prove-password.ts'
export {
  giveInitialPassword,
  type JudgePasswordNeeds,
  judgePassword,
  type PasswordDemands,
  PasswordRefused,
  passwordDemands,
  passwordsDiffer,
  prepareNewPassword,
  setPassword,
} from './set-password.ts'
export { type CredentialStanding, credentialStanding, findHindrances, type Hindrance, unlockAttempts } from './standing.ts'
export { type Lock, mostPersonsOfDevice, rememberBrowser, removeOldAttempts } from './store.ts'
export { yieldToRequests } from './yield-to-requests.ts'
