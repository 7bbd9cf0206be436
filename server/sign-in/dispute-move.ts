import { record } from '../audit/audit.ts'
import type { Instance } from '../instances/instances.ts'
import type { Caller } from '../platform/caller.ts'
import type { Database } from '../platform/database.ts'
import { hashToken } from '../platform/secret.ts'
import { disputeMove as keepDispute } from '../sessions/sessions.ts'

/** Keeps for the supervisors that a person says it was somebody else who moved their session. Twice is no error. */
export async function disputeMove(
  { database }: { database: Database },
  instance: Instance,
  token: string,
  caller: Caller,
): Promise<void> {
  await database.in(instance, async (tx) => {
    const disputed = await keepDispute(tx, hashToken(token))
    if (disputed === undefined) return
    const { id, accountId, successorId } = disputed
    const actor = { kind: 'account', accountId } as const
    await record(tx, {
      event: 'session_move_disputed',
      actor,
      accountId,
      sessionId: id,
      caller,
      detail: { successor: successorId },
    })
  })
}
