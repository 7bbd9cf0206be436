import { type Actor, record } from '../audit/audit.ts'
import { replaceSheet, type StoredSheet } from '../authenticators/factors/factors.ts'
import { type LockedAccount, lockAccount } from '../directory/accounts/accounts.ts'
import { tellByMail } from '../outward/messages/messages.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'

/** A sheet on its way to its person. Its codes exist in clear here, and on the paper. */
export type GivenCodeSheet = Pick<LockedAccount, 'username' | 'fullName' | 'language' | 'timeZone'> & { accountId: string }

/**
 * Gives an account a code sheet in place of the one that it had, to be handed over in person; it counts at once. Opens its codes for
 * tries again, records it, and tells the person where there is an address to tell.
 * @param sheet made before, as its hashes are work
 */
export async function giveCodeSheet(
  tx: Transaction,
  sheet: StoredSheet,
  accountId: string,
  actor: Actor,
  caller: Caller | undefined,
): Promise<GivenCodeSheet> {
  const account = await lockAccount(tx, accountId)
  if (account === undefined) throw new TypeError('there is no such account')
  const madeBy = actor.kind === 'account' ? actor.accountId : null
  const { replaced } = await replaceSheet(tx, sheet, accountId, madeBy, caller)
  await record(tx, { event: 'code_sheet_made', actor, accountId, caller, detail: { replaced } })
  await tellByMail(tx, 'code_sheet_made', [account], actor, caller)
  const { username, fullName, language, timeZone } = account
  return { accountId, username, fullName, language, timeZone }
}
