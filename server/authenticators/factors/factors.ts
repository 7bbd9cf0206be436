// Second factors: what proves a person beside the password, the tries of their codes, and what a profile demands.
// Owns factor, totp_secret, code_sheet, passkey, used_challenge, factor_attempt, factor_rule, factor_grace and vouch. Knows neither sessions nor sign-ins.

export {
  clearFactorAttempts,
  type FactorAttemptRules,
  findFactorWait,
  forgiveFactorAttempts,
  type TryingBrowser,
} from './attempt-store.ts'
export { type CheckedCode, type CodeKind, checkCode, prepareCode, type TypedCode } from './check-code.ts'
export { newCodeSheet, type StoredSheet } from './code-sheet.ts'
export { type FactorFinding, factorFindings } from './compliance.ts'
export { listPasskeys, passkeyTidying } from './passkey-store.ts'
export {
  checkAnswer,
  checkNewKey,
  factorOptions,
  keepNewKey,
  loginOptions,
  type Place,
  type SignedPasskey,
  setUpOptions,
  usePasskey,
} from './passkeys.ts'
export { readDigits } from './read-digits.ts'
export { readTokens, type TokenFault, type TokenLine } from './read-tokens.ts'
export {
  type FactorRule,
  findFactorRule,
  findSheetWanting,
  listFactorRules,
  listWithoutFactor,
  lockProfile,
  type StoredFactorRule,
  saveFactorRule,
} from './rule-store.ts'
export {
  addToken,
  beginSheet,
  beginTotp,
  type FinishedSetUp,
  findPendingSheet,
  findPendingTotp,
  hashPendingCode,
  ownKinds,
  proveSheet,
  proveTotp,
  replaceSheet,
  type SetUp,
} from './set-up.ts'
export { findSheet } from './sheet-store.ts'
export {
  disableFactors,
  type FactorStanding,
  factorTidying,
  findFactorStanding,
  type ListedFactor,
  listFactors,
  postponeEnrolment,
  renameFactor,
} from './store.ts'
export type { FactorEnd } from './tables.ts'
export { inBase32, totpUri, usualTotp } from './totp.ts'
export { mostWrongNumbers, vouchMinutes, vouchNumber } from './vouch.ts'
export {
  askForVouch,
  consumeVouch,
  countWrongNumber,
  findVouch,
  listWaitingVouches,
  settleVouch,
  type VouchStanding,
  type WaitingVouch,
} from './vouch-store.ts'
