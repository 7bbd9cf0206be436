import type { Actor } from '../audit/audit.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import type { TidyStep } from '../platform/tidying.ts'
import { findRules } from '../rules/rules.ts'
import { endSomeRunOut } from './run-out-store.ts'
import { type EndReason, endSessionsOf, removeOldSessions } from './store.ts'

/**
 * Ends an account's session, whoever wants it; false when it has none. Call it with the account locked.
 * @param note what the person is to read
 */
export async function endSession(
  tx: Transaction,
  accountId: string,
  reason: EndReason,
  actor: Actor,
  caller?: Caller,
  note?: string,
): Promise<boolean> {
  return (await endSessionsOf(tx, [accountId], { reason, actor, caller, note })) > 0
}

/**
 * Ends the sessions of many accounts at once, and returns how many there were. Call it with the accounts locked.
 * @param begunBy what has begun later lives on
 */
export async function endManySessions(
  tx: Transaction,
  accountIds: readonly string[],
  reason: EndReason,
  actor: Actor,
  caller: Caller | undefined,
  note: string | undefined,
  begunBy: Date,
): Promise<number> {
  return endSessionsOf(tx, accountIds, { reason, actor, caller, note }, begunBy)
}

/** What the watch has missed, should there be anything: nothing that ran out counts, marked or not. And what has had its time. */
export const sessionTidying: readonly TidyStep[] = [
  {
    name: 'sessions that have run out',
    tidy: async (tx, most) => endSomeRunOut(tx, await findRules(tx), most),
  },
  {
    name: 'sessions of long ago',
    async tidy(tx, most) {
      const { sessionDays } = await findRules(tx)
      return removeOldSessions(tx, sessionDays, most)
    },
  },
]
