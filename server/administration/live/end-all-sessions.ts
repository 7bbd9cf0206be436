import { actingAccount, hasAll, lockAccounts, reachesTeam } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { endManySessions } from '../../sessions/sessions.ts'
import { accountsToEnd, databaseNow } from './store.ts'

// So many accounts are locked at a time: nobody who logs in waits for long, and a floor of 20,000 takes twenty rounds.
const atOnce = 1000

/**
 * Ends every session within reach but the own one. It ends what had begun when it was asked for, so people who log in again meanwhile
 * stay in, and there is an end to it. What was ended before something went wrong stays ended.
 * @param reason what the people read
 * @returns how many it ended
 * @throws not_permitted
 */
export async function endAllSessions(
  { database }: { database: Database },
  instance: { id: string },
  actorId: string,
  reason: string,
  caller: Caller,
): Promise<number> {
  const actor = { kind: 'account', accountId: actorId } as const
  const note = reason.trim() || undefined
  const begunBy = await database.in(instance, databaseNow)
  let ended = 0
  for (let after: string | undefined = '00000000-0000-0000-0000-000000000000'; after !== undefined; ) {
    const from: string = after
    const round = await database.in(instance, async (tx) => {
      const acting = await actingAccount(tx, actorId, 'sessions.end')
      const found = await accountsToEnd(tx, acting, begunBy, from, atOnce)
      const others = found.filter((id) => id !== actorId)
      // Who they are is judged with the accounts locked: a profile or a team can change between any look and the lock.
      const accounts = (await lockAccounts(tx, others)).filter(
        ({ permissions, teamId }) => hasAll(acting, permissions) && reachesTeam(acting, teamId),
      )
      const ids = accounts.map(({ id }) => id)
      return { last: found.at(-1), count: await endManySessions(tx, ids, 'ended_by_supervisor', actor, caller, note, begunBy) }
    })
    ended += round.count
    after = round.last
  }
  return ended
}
