import { lockAccount } from '../../directory/accounts/accounts.ts'
import type { Transaction } from '../../platform/database.ts'
import { enqueueJob, enqueueJobs } from '../../platform/jobs.ts'
import { type MessageKindName, messageKinds } from './kinds.ts'
import type { MessageKind } from './message-kind.ts'
import { accountIsDisabled, noEmail } from './problems.ts'
import { messageQueue } from './queue.ts'
import { insertMessage, insertMessages } from './store.ts'

/**
 * Lets a message to an account wait for its way out, in the transaction of what it is about: it leaves if and only if that
 * is committed, once, also when the mail server is down at this moment. Takes the place of one of its kind that still waits.
 * @param requestedBy the account that wanted it; null for the operator or Gatehouse itself
 * @returns whether it was taken; not when its kind has a most in an hour and this account has had them
 * @throws no_email, account_is_disabled
 */
export async function enqueueMessage(
  tx: Transaction,
  { kind, accountId, requestedBy }: { kind: MessageKindName; accountId: string; requestedBy: string | null },
): Promise<boolean> {
  const account = await lockAccount(tx, accountId)
  if (account === undefined) throw new TypeError('there is no such account')
  if (account.email === null) throw noEmail()
  if (!account.enabled) throw accountIsDisabled()
  const { email, credentialVersion } = account
  const { mostPerHour }: MessageKind = messageKinds[kind]
  const added = await insertMessage(tx, accountId, { kind, toAddress: email, requestedBy, credentialVersion }, mostPerHour)
  if (added === undefined) return false
  await enqueueJob(tx, messageQueue, { instanceId: added.instanceId, messageId: added.id })
  return true
}

/** The same for accounts that are new in this transaction, many in a few statements. Those without an address get none. */
export async function enqueueMessagesToNew(
  tx: Transaction,
  { kind, accountIds, requestedBy }: { kind: MessageKindName; accountIds: readonly string[]; requestedBy: string },
): Promise<void> {
  const messages = await insertMessages(tx, accountIds, { kind, requestedBy })
  await enqueueJobs(
    tx,
    messageQueue,
    messages.map(({ instanceId, id }) => ({ instanceId, messageId: id })),
  )
}
