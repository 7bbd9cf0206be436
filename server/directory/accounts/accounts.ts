// Accounts: who exists in an instance, and who may act on whom. Owns account. Knows neither passwords nor sessions.
export { accountFaults, isEmail, isTimeZone, tidyFields } from './account-fields.ts'
export { type LoginWindow, loginWindow } from './login-window.ts'
export {
  type ActingAccount,
  accountNotFound,
  actingAccount,
  beyondYourPermissions,
  hasAll,
  lockReachableAccount,
  lockSeenAccount,
  mayGiveProfile,
  ownAccount,
  reachesTeam,
} from './reach.ts'
export {
  findAccountByKey,
  findAccountsByKeys,
  findLoginWindows,
  insertAccount,
  insertAccounts,
  type LockedAccount,
  lockAccount,
  lockAccounts,
  lockAccountsByKeys,
  type NewAccount,
  renewCredentialVersion,
  type StoredAccount,
  touchLastLogin,
  updateLanguage,
} from './store.ts'
export { type UsernameFault, usernameFault, usernameKey, usernameSkeleton } from './username.ts'
