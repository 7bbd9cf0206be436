import type { Actor } from '../../audit/audit.ts'
import type { LockedAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Transaction } from '../../platform/database.ts'
import { enqueueJobs } from '../../platform/jobs.ts'
import type { NoticeAbout, NoticeKindName } from './notice-message.ts'
import { messageQueue } from './queue.ts'
import { insertNotices } from './store.ts'

/**
 * Lets a notice wait for its way out, in the transaction of what it tells of, to one account or to many. Whatever happens afterwards,
 * it is sent: neither a newer one nor newer credentials take its place. Does nothing where there is no address to tell.
 * @param accounts locked; `email` is the address that is told, which need not be the account's of now
 */
export async function tellByMail(
  tx: Transaction,
  kind: NoticeKindName,
  accounts: readonly Pick<LockedAccount, 'id' | 'email' | 'credentialVersion' | 'now'>[],
  actor: Actor,
  caller: Caller | undefined,
): Promise<void> {
  const told = accounts.flatMap(({ id: accountId, email: toAddress, credentialVersion, now }) => {
    const about: NoticeAbout = { at: now.toISOString(), device: caller?.device || null, address: caller?.address ?? null }
    return toAddress === null ? [] : [{ accountId, toAddress, credentialVersion, about }]
  })
  if (told.length === 0) return
  const added = await insertNotices(tx, { kind, requestedBy: actor.kind === 'account' ? actor.accountId : null }, told)
  await enqueueJobs(
    tx,
    messageQueue,
    added.map(({ instanceId, id }) => ({ instanceId, messageId: id })),
  )
}
