import { type Actor, recordMany } from '../audit/audit.ts'
import { deleteAccounts } from '../directory/accounts/account-changes.ts'
import { lockAccounts } from '../directory/accounts/accounts.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { endManySessions } from '../sessions/sessions.ts'

/**
 * Removes accounts and all that is their own. What they did, and the ends of their sessions, stay in the audit.
 * @param detail besides their names
 */
export async function removeAccounts(
  tx: Transaction,
  accountIds: readonly string[],
  actor: Actor,
  caller: Caller | undefined,
  detail: Record<string, unknown> = {},
): Promise<void> {
  const accounts = await lockAccounts(tx, accountIds)
  // The sessions first: their ends belong into the audit, which outlives the accounts.
  const ids = accounts.map(({ id }) => id)
  for (const { now } of accounts.slice(0, 1)) await endManySessions(tx, ids, 'account_removed', actor, caller, undefined, now)
  await deleteAccounts(tx, ids)
  const rows = accounts.map(({ id, username, fullName }) => ({ accountId: id, detail: { ...detail, username, fullName } }))
  await recordMany(tx, 'account_removed', actor, rows, caller)
}
