import type { LockedAccount } from '../directory/accounts/accounts.ts'
import type { Transaction } from '../platform/database.ts'
import { hashToken, newToken } from '../platform/secret.ts'
import { findRules } from '../rules/rules.ts'
import { insertLink } from './store.ts'

/**
 * Makes the link of an account, for the message that leaves now. The one before is void. The only time that its token exists in clear
 * is in what this returns. Call with the account locked.
 */
export async function makeRecoveryLink(tx: Transaction, account: LockedAccount): Promise<{ token: string; expiresAt: Date }> {
  if (account.email === null) throw new TypeError('there is no address to send a link to')
  const token = newToken()
  const { resetLinkMinutes } = await findRules(tx)
  const expiresAt = await insertLink(tx, account, account.email, hashToken(token), resetLinkMinutes)
  return { token, expiresAt }
}
