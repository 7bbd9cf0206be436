import { type Actor, record } from '../audit/audit.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { findRules } from '../rules/rules.ts'
import { type EndReason, endRunOutSessions, endSessionOf } from './store.ts'

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

/** Marks the sessions that have run out as ended. Only tidies: nothing that ran out counts, marked or not. */
export async function endRunOutSessionsOf(tx: Transaction): Promise<void> {
  const ended = await endRunOutSessions(tx, await findRules(tx))
  if (ended.length === 0) return
  await record(
    tx,
    ...ended.map(({ id, accountId, endReason }) => ({
      event: 'session_ended' as const,
      actor: { kind: 'system' as const },
      accountId,
      sessionId: id,
      detail: { reason: endReason },
    })),
  )
}
