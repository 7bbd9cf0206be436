import { record } from '../../audit/audit.ts'
import { unlockAttempts } from '../../authenticators/passwords/passwords.ts'
import { actingAccount, lockReachableAccount, ownAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { DeskNeeds } from './login-checks.ts'
import { attemptsUsedUp } from './problems.ts'

/**
 * Ends the waits of an account after wrong passwords. What was counted stays counted: unlocking again and again lets nobody try more
 * than a hundred times. Where there is no wait, nothing is done and nothing recorded.
 * @throws account_not_found, beyond_your_permissions, own_account, attempts_used_up, not_permitted
 */
export async function unlockAccount(
  { database, keys }: DeskNeeds,
  instance: { id: string },
  actorId: string,
  accountId: string,
  caller: Caller,
): Promise<{ unlocked: boolean }> {
  if (accountId === actorId) throw ownAccount()
  return database.in(instance, async (tx) => {
    const account = await lockReachableAccount(tx, await actingAccount(tx, actorId, 'accounts.unlock'), accountId)
    const { ended, usedUp } = await unlockAttempts(tx, keys, account)
    if (usedUp) throw attemptsUsedUp()
    if (ended) await record(tx, { event: 'account_unlocked', actor: { kind: 'account', accountId: actorId }, accountId, caller })
    return { unlocked: ended }
  })
}
