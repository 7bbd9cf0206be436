// Passwords: what an account proves itself with, the rules of a new one, and the attempts on it.
// Owns password, login_attempt, known_device and address_attempt. Knows neither sessions nor pages.
export { givenPasswordFault, givePasswords, hashGivenPassword } from './give-passwords.ts'
export { type GuessEstimator, openGuessEstimator } from './guess-estimate.ts'
export { busy, type HashQueue, openHashQueue } from './hash-queue.ts'
export { isInitialPassword } from './initial-password.ts'
export { defaultPasswordRules, type PasswordFault, type PasswordOwner } from './password-rules.ts'
export { type Proof, type ProvePasswordNeeds, provePassword, type Refusal } from './prove-password.ts'
export {
  giveInitialPassword,
  isPresentPassword,
  type JudgePasswordNeeds,
  judgePassword,
  PasswordRefused,
  passwordsDiffer,
  prepareNewPassword,
  setPassword,
} from './set-password.ts'
export { mostPersonsOfDevice, rememberBrowser, removeOldAttempts } from './store.ts'
export { yieldToRequests } from './yield-to-requests.ts'
