// Accounts: who exists in an instance, and who may act on whom. Owns account. Knows neither passwords nor sessions.
export { type AccountFields, accountFaults, isEmail, isTimeZone } from './account-fields.ts'
export { loginWindow } from './login-window.ts'
export {
  type ActingAccount,
  accountNotFound,
  actingAccount,
  beyondYourPermissions,
  hasAll,
  lockReachableAccount,
  mayGiveProfile,
  ownAccount,
  reachesTeam,
} from './reach.ts'
export {
  deleteAccount,
  findAccountByKey,
  insertAccount,
  type LockedAccount,
  lockAccount,
  type NewAccount,
  renewCredentialVersion,
  touchLastLogin,
  updateAccount,
  updateAccountPart,
  updateEnabled,
  updateLanguage,
} from './store.ts'
export { type UsernameFault, usernameFault, usernameKey } from './username.ts'
