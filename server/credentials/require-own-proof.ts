import { type FactorStanding, findFactorStanding } from '../authenticators/factors/factors.ts'
import type { Transaction } from '../platform/database.ts'
import { requireFreshProof } from '../sessions/sessions.ts'

/**
 * Refuses to change what lets somebody in unless its person has just proven who they are: by a factor of theirs, if they have one. A
 * supervisor's word is none. Call with the account locked.
 * @throws proof_too_old
 */
export async function requireOwnProof(
  tx: Transaction,
  { id, accountId }: { id: string; accountId: string },
): Promise<FactorStanding> {
  const standing = await findFactorStanding(tx, accountId)
  await requireFreshProof(tx, id, { byFactor: hasFactor(standing) })
  return standing
}

/** Whether somebody is asked for a second factor when they log in. */
export function hasFactor({ live, demand }: FactorStanding): boolean {
  return live.length > 0 && demand !== 'off'
}
