import { record } from '../audit/audit.ts'
import { knowsBrowser } from '../authenticators/passwords/passwords.ts'
import { findAccountByKey, type LockedAccount, lockAccount } from '../directory/accounts/accounts.ts'
import { enqueueMessage } from '../outward/messages/messages.ts'
import { networkOf } from '../platform/address.ts'
import type { Caller } from '../platform/caller.ts'
import type { Database, Transaction } from '../platform/database.ts'
import type { JobIds } from '../platform/jobs.ts'
import { type Keys, unseal } from '../platform/secret.ts'
import { recoveryKey } from './key.ts'
import { openRequest } from './request-store.ts'
import { type Ask, giveBackToHour, type Share, takeAsk, takeFromHour } from './store.ts'

export type DecideRecoveryNeeds = {
  database: Database
  keys: Keys
  /** Told of each link that is not sent because the hour has none left for its network, or for the instance. */
  onHeldBack?: (share: Share) => void
}

/**
 * Decides what becomes of somebody's asking: a link by mail where there is an address, else a recovery request for those who can help,
 * and nothing at all for a username that nobody has and for an account that is disabled.
 */
export async function decideRecovery(
  { database, keys, onHeldBack = () => {} }: DecideRecoveryNeeds,
  { instanceId, askId }: JobIds,
): Promise<'done'> {
  const instance = { id: instanceId! }
  await database.in(instance, async (tx) => {
    const ask = await takeAsk(tx, askId!)
    if (ask === undefined) return
    const found = await findAccountByKey(tx, unseal(keys.of(recoveryKey), ask.sealedUsername, instance.id))
    const account = found && (await lockAccount(tx, found.id))
    if (!account?.enabled) return
    const leadsTo =
      account.email === null ? await openOrRenew(tx, account, ask.caller) : await sendLink(tx, account, ask, onHeldBack)
    // What leads to nothing is not recorded: a flood of it would bury the rest.
    if (leadsTo === undefined) return
    const detail = { leads_to: leadsTo }
    await record(tx, { event: 'recovery_asked', actor: { kind: 'visitor' }, accountId: account.id, caller: ask.caller, detail })
  })
  return 'done'
}

/**
 * Undefined when there may be no more links in this hour: to the account, or because the network that asks, or all of them together, have
 * used theirs up. What strangers have used up does not keep anybody waiting who asks in a browser of their own.
 */
async function sendLink(
  tx: Transaction,
  { id }: LockedAccount,
  { deviceHash, caller }: Ask,
  onHeldBack: (share: Share) => void,
): Promise<'link' | undefined> {
  const message = { kind: 'recovery_link', accountId: id, requestedBy: null } as const
  if (deviceHash !== null && (await knowsBrowser(tx, id, deviceHash)))
    return (await enqueueMessage(tx, message)) ? 'link' : undefined
  const network = networkOf(caller.address)
  const taken = await takeFromHour(tx, network)
  if ('none' in taken) {
    onHeldBack(taken.none)
    return undefined
  }
  if (!(await enqueueMessage(tx, message))) {
    await giveBackToHour(tx, network)
    return undefined
  }
  // With the last one, and so once an hour: a row for each that is held back would be a flood of its own.
  for (const share of taken.last) {
    const detail = share === 'network' ? { network } : {}
    await record(tx, { event: 'recovery_links_used_up', actor: { kind: 'visitor' }, caller, detail })
  }
  return 'link'
}

/** Undefined when there was a request already, or too many of them in the last hour. */
async function openOrRenew(tx: Transaction, account: LockedAccount, caller: Caller): Promise<'request' | undefined> {
  return (await openRequest(tx, account, caller)) === 'opened' ? 'request' : undefined
}
