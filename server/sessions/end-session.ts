import { type Actor, record, recordMany } from '../audit/audit.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import type { TidyStep } from '../platform/tidying.ts'
import { findRules } from '../rules/rules.ts'
import { type EndReason, endRunOutSessions, endSessionOf, endSessionsOf } from './store.ts'

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
  const sessionId = await endSessionOf(tx, accountId, reason, note)
  if (sessionId === undefined) return false
  await record(tx, { event: 'session_ended', actor, accountId, sessionId, caller, detail: { reason, note } })
  return true
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
  caller: Caller,
  note: string | undefined,
  begunBy: Date,
): Promise<number> {
  const ended = await endSessionsOf(tx, accountIds, reason, note, begunBy)
  const detail = { reason, ...(note !== undefined && { note }), device: caller.device }
  const rows = ended.map(({ id, accountId }) => ({ accountId, sessionId: id, detail }))
  await recordMany(tx, 'session_ended', actor, rows, caller)
  return ended.length
}

/** Marks sessions that have run out as ended. Only tidies: nothing that ran out counts, marked or not. */
export const sessionTidying: readonly TidyStep[] = [
  {
    name: 'sessions that have run out',
    async tidy(tx, most) {
      const ended = await endRunOutSessions(tx, await findRules(tx), most)
      const rows = ended.map(({ id, accountId, endReason }) => ({ accountId, sessionId: id, detail: { reason: endReason } }))
      await recordMany(tx, 'session_ended', { kind: 'system' }, rows)
      return ended.length
    },
  },
]
