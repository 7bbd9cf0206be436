import { actingAccount, lockReachableAccount } from '../../directory/accounts/accounts.ts'
import { enqueueMessage } from '../../outward/messages/messages.ts'
import type { Database } from '../../platform/database.ts'
import { actOnEach, type Refused } from './act-on-each.ts'

/**
 * Sends new initial passwords by mail to a selection of accounts. Each voids what the account had when it leaves, and not before.
 * @throws not_permitted
 */
export async function sendPasswords(
  { database }: { database: Database },
  instance: { id: string },
  actorId: string,
  accountIds: readonly string[],
): Promise<{ done: number; refused: Refused[] }> {
  const { done, refused } = await actOnEach(
    database,
    instance,
    accountIds,
    async (tx, accountId) => {
      const acting = await actingAccount(tx, actorId, 'accounts.new-password')
      await lockReachableAccount(tx, acting, accountId)
      return enqueueMessage(tx, { kind: 'initial_password', accountId, requestedBy: actorId })
    },
    actorId,
  )
  return { done: done.length, refused }
}
