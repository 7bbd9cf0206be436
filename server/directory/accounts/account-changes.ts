// What changes an account. Only server/credentials/ calls these: there a change has its notices, its audit and the end of the session.
export { deleteAccounts, updateAccounts, updateEnabled } from './store.ts'
