import { type Actor, record } from '../audit/audit.ts'
import { updateEnabled } from '../directory/accounts/account-changes.ts'
import { lockAccount } from '../directory/accounts/accounts.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { endSession } from '../sessions/sessions.ts'

/**
 * Enables an account, or disables it, which ends its session in the same transaction. Source: ASVS 5.0, 7.4.2.
 * @param reason for whoever helps the person, and for the audit
 */
export async function enableAccount(
  tx: Transaction,
  accountId: string,
  { enabled, reason }: { enabled: true; reason?: undefined } | { enabled: false; reason: string | undefined },
  actor: Actor,
  caller: Caller | undefined,
): Promise<void> {
  if ((await lockAccount(tx, accountId)) === undefined) throw new TypeError('there is no such account')
  await updateEnabled(tx, accountId, enabled, reason?.trim() || null)
  if (!enabled) await endSession(tx, accountId, 'account_disabled', actor, caller)
  const event = enabled ? 'account_enabled' : 'account_disabled'
  await record(tx, { event, actor, accountId, caller, detail: enabled ? {} : { reason: reason?.trim() } })
}
