import { type Actor, record } from '../audit/audit.ts'
import { addToken, type TokenLine } from '../authenticators/factors/factors.ts'
import { lockAccount } from '../directory/accounts/accounts.ts'
import { tellByMail } from '../outward/messages/messages.ts'
import type { Transaction } from '../platform/database.ts'
import type { Keys } from '../platform/secret.ts'

/**
 * Gives an account a hardware token, to be handed over in person; it counts at once. Records it, and tells the person where there is an
 * address to tell.
 * @returns false, and nothing is done, where the account has a live token with this serial number
 */
export async function giveToken(
  tx: Transaction,
  { keys }: { keys: Keys },
  instance: { id: string },
  accountId: string,
  token: Pick<TokenLine, 'serial' | 'secret' | 'shape'>,
  actor: Actor,
): Promise<boolean> {
  const account = await lockAccount(tx, accountId)
  if (account === undefined) throw new TypeError('there is no such account')
  if (!(await addToken(tx, keys, instance, accountId, token))) return false
  await record(tx, { event: 'factor_added', actor, accountId, detail: { kind: 'totp', name: token.serial } })
  await tellByMail(tx, 'factor_added', [account], actor, undefined)
  return true
}
