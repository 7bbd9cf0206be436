import { actingAccount, lockReachableAccount } from '../../directory/accounts/accounts.ts'
import type { Database } from '../../platform/database.ts'
import { enqueueJob } from '../../platform/jobs.ts'
import { messageNotFailed, messageNotFound } from './problems.ts'
import { messageQueue } from './queue.ts'
import { findMessage, requeueMessage } from './store.ts'

/**
 * Tries a message that has failed for another day. Of two people who want it at the same moment, one is let through.
 * @throws message_not_found, message_not_failed, account_not_found, beyond_your_permissions, not_permitted
 */
export async function retryMessage(
  { database }: { database: Database },
  instance: { id: string },
  actorId: string,
  messageId: string,
): Promise<void> {
  await database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, actorId, 'accounts.new-password')
    const message = await findMessage(tx, messageId)
    if (message === undefined) throw messageNotFound()
    await lockReachableAccount(tx, acting, message.accountId)
    const queued = await requeueMessage(tx, messageId, actorId)
    if (queued === undefined) throw messageNotFailed()
    await enqueueJob(tx, messageQueue, { instanceId: queued.instanceId, messageId: queued.id })
  })
}
