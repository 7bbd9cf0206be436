import type { Actor } from '../../audit/audit.ts'
import type { LockedAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Transaction } from '../../platform/database.ts'
import { enqueueJob } from '../../platform/jobs.ts'
import type { NoticeAbout, NoticeKindName } from './notice-message.ts'
import { insertNotice } from './store.ts'

/**
 * Lets a notice wait for its way out, in the transaction of what it tells of. Whatever happens afterwards, it is sent: neither a
 * newer one nor newer credentials take its place. Does nothing where there is no address to tell.
 * @param account locked; `email` is the address that is told, which need not be the account's of now
 */
export async function tellByMail(
  tx: Transaction,
  kind: NoticeKindName,
  { id: accountId, email, credentialVersion, now }: Pick<LockedAccount, 'id' | 'email' | 'credentialVersion' | 'now'>,
  actor: Actor,
  caller: Caller | undefined,
): Promise<void> {
  if (email === null) return
  const about: NoticeAbout = { at: now.toISOString(), device: caller?.device || null, address: caller?.address ?? null }
  const requestedBy = actor.kind === 'account' ? actor.accountId : null
  const added = await insertNotice(tx, accountId, { kind, toAddress: email, requestedBy, credentialVersion, about })
  await enqueueJob(tx, 'message', { instanceId: added.instanceId, messageId: added.id })
}
