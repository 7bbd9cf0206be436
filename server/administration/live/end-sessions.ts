import { actingAccount, lockReachableAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { endSession } from '../../sessions/sessions.ts'
import { actOnEach, type Refused } from '../users/act-on-each.ts'

/**
 * Ends the sessions of a selection of accounts, each with what the person is to read. Whoever is not logged in any more is no error.
 * Source: ASVS 5.0, 7.4.5.
 * @throws not_permitted
 */
export async function endSessions(
  { database }: { database: Database },
  instance: { id: string },
  actorId: string,
  accountIds: readonly string[],
  reason: string,
  caller: Caller,
): Promise<{ done: number; refused: Refused[] }> {
  const actor = { kind: 'account', accountId: actorId } as const
  const note = reason.trim() || undefined
  const { done, refused } = await actOnEach(
    database,
    instance,
    accountIds,
    async (tx, accountId) => {
      await lockReachableAccount(tx, await actingAccount(tx, actorId, 'sessions.end'), accountId)
      return endSession(tx, accountId, 'ended_by_supervisor', actor, caller, note)
    },
    actorId,
  )
  return { done: done.filter(Boolean).length, refused }
}
