// Credentials: giving and taking away what lets somebody in, and changing what is said of an account. One use case for each, for one
// account or many, with everything that belongs to it inside: the lock, the notices, the end of the session, the audit. Screens, desk,
// imports, messages, recovery and the operator's commands all come here. Owns no table.
export { type AccountChange, type Changes, changeAccounts, mayChangeAddress } from './change-accounts.ts'
export { enableAccount } from './enable-account.ts'
export { extendValidity } from './extend-validity.ts'
export { type GivenCodeSheet, giveCodeSheet } from './give-code-sheet.ts'
export { type GivenInitialPassword, giveInitialPassword } from './give-initial-password.ts'
export { giveToken } from './give-tokens.ts'
export { removeAccounts } from './remove-accounts.ts'
export { hasFactor, requireOwnProof } from './require-own-proof.ts'
export { resetFactors } from './reset-factors.ts'
