import type { Permission } from '../../contracts/permissions.ts'
import { record } from '../audit/audit.ts'
import { type GivenInitialPassword, giveInitialPassword } from '../credentials/credentials.ts'
import { actingAccount, type LockedAccount, lockReachableAccount, ownAccount } from '../directory/accounts/accounts.ts'
import type { Caller } from '../platform/caller.ts'
import type { Database, Transaction } from '../platform/database.ts'
import type { Keys } from '../platform/secret.ts'
import { requestNotFound, requestOver, requestSettled } from './problems.ts'
import { findRequest, settleRequest } from './request-store.ts'

/**
 * Gives the person of a recovery request a new initial password, on a slip: anybody can ask for anybody, so it takes what any new
 * initial password takes. Of two supervisors who press at the same moment one gets
 * the slip, and the other hears who was faster.
 * @throws recovery_request_not_found, recovery_request_settled, recovery_request_over, account_not_found, own_account,
 *   beyond_your_permissions, not_permitted
 */
export async function answerRequest(
  { database, keys }: { database: Database; keys: Keys },
  instance: { id: string },
  actorId: string,
  requestId: string,
  caller: Caller,
): Promise<GivenInitialPassword> {
  return database.in(instance, async (tx) => {
    const account = await lockAccountOf(tx, actorId, requestId, ['accounts.new-password'])
    await settle(tx, requestId, { outcome: 'answered', by: actorId })
    const actor = { kind: 'account', accountId: actorId } as const
    await record(tx, { event: 'recovery_request_answered', actor, accountId: account.id, caller, detail: { requestId } })
    return giveInitialPassword(tx, { keys }, account.id, actor, caller)
  })
}

/**
 * Refuses a recovery request, for whoever it was that asked could not show who they are. The reason is for the audit.
 * @throws as answerRequest
 */
export async function refuseRequest(
  { database }: { database: Database },
  instance: { id: string },
  actorId: string,
  requestId: string,
  reason: string,
  caller: Caller,
): Promise<void> {
  await database.in(instance, async (tx) => {
    const account = await lockAccountOf(tx, actorId, requestId)
    await settle(tx, requestId, { outcome: 'refused', by: actorId, reason })
    await record(tx, {
      event: 'recovery_request_refused',
      actor: { kind: 'account', accountId: actorId },
      accountId: account.id,
      caller,
      detail: { requestId, reason },
    })
  })
}

/** Locks the account of a request, if the actor may settle it. */
async function lockAccountOf(
  tx: Transaction,
  actorId: string,
  requestId: string,
  besides: readonly Permission[] = [],
): Promise<LockedAccount> {
  const acting = await actingAccount(tx, actorId, 'requests.answer', ...besides)
  const request = await findRequest(tx, requestId)
  if (request === undefined) throw requestNotFound()
  if (request.accountId === actorId) throw ownAccount()
  return lockReachableAccount(tx, acting, request.accountId)
}

async function settle(tx: Transaction, requestId: string, how: Parameters<typeof settleRequest>[2]): Promise<void> {
  if (await settleRequest(tx, requestId, how)) return
  const by = (await findRequest(tx, requestId))?.settledBy
  throw by ? requestSettled(by) : requestOver()
}
