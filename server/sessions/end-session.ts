import { type Actor, record } from '../audit/audit.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { findRules } from '../rules/rules.ts'
import { type EndReason, endRunOutSessions, endSessionById, endSessionOf } from './store.ts'

/** Ends an account's session, whoever wants it; false when it has none. Call it with the account locked. */
export async function endSession(
  tx: Transaction,
  accountId: string,
  reason: EndReason,
  actor: Actor,
  caller?: Caller,
): Promise<boolean> {
  const sessionId = await endSessionOf(tx, accountId, reason)
  if (sessionId === undefined) return false
  await record(tx, { event: 'session_ended', actor, accountId, sessionId, caller, detail: { reason } })
  return true
}

/** Ends the session that asks for it. Twice is no error: the second time there is nothing to do. */
export async function logOut(tx: Transaction, session: { id: string; accountId: string }, caller: Caller): Promise<void> {
  if (!(await endSessionById(tx, session.id, 'logged_out'))) return
  const { accountId } = session
  await record(tx, {
    event: 'session_ended',
    actor: { kind: 'account', accountId },
    accountId,
    sessionId: session.id,
    caller,
    detail: { reason: 'logged_out' },
  })
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
