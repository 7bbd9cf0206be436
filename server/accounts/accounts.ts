// Accounts: who exists in an instance. Owns account, team and team_supervisor. Knows neither passwords nor sessions.
export { loginWindow } from './login-window.ts'
export {
  findAccountByKey,
  insertAccount,
  type LockedAccount,
  lockAccount,
  renewCredentialVersion,
  touchLastLogin,
  updateEnabled,
  updateLanguage,
} from './store.ts'
export { type UsernameFault, usernameFault, usernameKey } from './username.ts'
