import { record } from '../audit/audit.ts'
import { findAccountByKey, type LockedAccount, lockAccount } from '../directory/accounts/accounts.ts'
import { enqueueMessage } from '../outward/messages/messages.ts'
import type { Caller } from '../platform/caller.ts'
import type { Database, Transaction } from '../platform/database.ts'
import type { JobIds } from '../platform/jobs.ts'
import { type Keys, unseal } from '../platform/secret.ts'
import { openRequest } from './request-store.ts'
import { giveBackToHour, takeAsk, takeFromHour } from './store.ts'

export type DecideRecoveryNeeds = { database: Database; keys: Keys }

/**
 * Decides what becomes of somebody's asking: a link by mail where there is an address, else a recovery request for those who can help,
 * and nothing at all for a username that nobody has and for an account that is disabled.
 */
export async function decideRecovery({ database, keys }: DecideRecoveryNeeds, { instanceId, askId }: JobIds): Promise<'done'> {
  const instance = { id: instanceId! }
  await database.in(instance, async (tx) => {
    const ask = await takeAsk(tx, askId!)
    if (ask === undefined) return
    const found = await findAccountByKey(tx, unseal(keys.recovery, ask.sealedUsername, instance.id))
    const account = found && (await lockAccount(tx, found.id))
    if (!account?.enabled) return
    const leadsTo = account.email === null ? await openOrRenew(tx, account, ask.caller) : await sendLink(tx, account)
    // What leads to nothing is not recorded: a flood of it would bury the rest.
    if (leadsTo === undefined) return
    const detail = { leads_to: leadsTo }
    await record(tx, { event: 'recovery_asked', actor: { kind: 'visitor' }, accountId: account.id, caller: ask.caller, detail })
  })
  return 'done'
}

/** Undefined when the account or the instance was sent as many links as there may be in an hour. */
async function sendLink(tx: Transaction, { id }: LockedAccount): Promise<'link' | undefined> {
  if (!(await takeFromHour(tx))) return undefined
  if (await enqueueMessage(tx, { kind: 'recovery_link', accountId: id, requestedBy: null })) return 'link'
  await giveBackToHour(tx)
  return undefined
}

/** Undefined when there was a request already, or too many of them in the last hour. */
async function openOrRenew(tx: Transaction, account: LockedAccount, caller: Caller): Promise<'request' | undefined> {
  return (await openRequest(tx, account, caller)) === 'opened' ? 'request' : undefined
}
