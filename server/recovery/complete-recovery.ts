import { record } from '../audit/audit.ts'
import {
  isInitialPassword,
  type JudgePasswordNeeds,
  prepareNewPassword,
  setPassword,
} from '../authenticators/passwords/passwords.ts'
import { lockAccount } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import { tellByMail } from '../outward/messages/messages.ts'
import type { Caller } from '../platform/caller.ts'
import type { Database } from '../platform/database.ts'
import { otherPersonsPage } from '../platform/problem.ts'
import { hashToken, type Keys } from '../platform/secret.ts'
import { endSession } from '../sessions/sessions.ts'
import { linkInvalid } from './problems.ts'
import { consumeLink, findLink, type LinkOwner } from './store.ts'

export type CompleteRecoveryNeeds = JudgePasswordNeeds & { database: Database; keys: Keys }

/**
 * Whose password the link of this browser sets. Looking uses nothing up.
 * @throws recovery_link_invalid
 */
export async function linkOwner(
  { database }: { database: Database },
  instance: Instance,
  token: string | undefined,
): Promise<LinkOwner> {
  const owner = token === undefined ? undefined : await database.in(instance, (tx) => findLink(tx, hashToken(token)))
  if (owner === undefined) throw linkInvalid()
  return owner
}

/**
 * Sets a new password from a recovery link, ends the account's session and voids whatever was begun with the old password. It logs
 * nobody in. The link works once, also when many nodes receive it at the same moment.
 * @param linkId of the link that the page was made for
 * @throws recovery_link_invalid, other_persons_page, password_refused, busy
 */
export async function completeRecovery(
  needs: CompleteRecoveryNeeds,
  instance: Instance,
  { token, linkId, newPassword }: { token: string | undefined; linkId: string; newPassword: string },
  caller: Caller,
): Promise<void> {
  const { accountId, username, fullName, initialHash, ...link } = await linkOwner(needs, instance, token)
  // What the page named is what is changed: a link of another person may have been opened in this browser since.
  if (link.linkId !== linkId) throw otherPersonsPage()
  const owner = { username, fullName, instanceName: instance.name }
  const unchanged = isInitialPassword(needs.keys, newPassword, initialHash)
  const passwordHash = await prepareNewPassword(needs, instance, owner, newPassword, accountId, unchanged)

  await needs.database.in(instance, async (tx) => {
    const account = await lockAccount(tx, accountId)
    if (!account?.enabled || !(await consumeLink(tx, account, hashToken(token!)))) throw linkInvalid()
    await setPassword(tx, needs, account, passwordHash)
    const actor = { kind: 'account', accountId } as const
    await endSession(tx, accountId, 'password_changed', actor, caller)
    await record(tx, { event: 'password_reset', actor, accountId, caller })
    await tellByMail(tx, 'password_reset', account, actor, caller)
  })
}
