import type { Transaction } from '../platform/database.ts'
import { Problem } from '../platform/problem.ts'
import { findProofAge } from './store.ts'

/** For how long a proof is fresh enough for what could take an account over. Source: ASVS 5.0, 7.5.1 and 7.5.3. */
export const freshMinutes = 5

export const proofTooOld = () => new Problem(403, 'proof_too_old', 'This takes a proof of who one is that is a few minutes old.')

/**
 * Refuses what could take an account over unless the person of the session has just proven who they are; by a factor of theirs, where
 * that is said. By the database's clock.
 * @throws proof_too_old
 */
export async function requireFreshProof(tx: Transaction, sessionId: string, { byFactor = false } = {}): Promise<void> {
  const proof = await findProofAge(tx, sessionId)
  if (proof === undefined || proof.minutes >= freshMinutes) throw proofTooOld()
  // Somebody was vouched for: they are who they are, but what they have to show for it is somebody else's word.
  if (byFactor && !proof.amr.some((method) => method === 'otp' || method === 'pop')) throw proofTooOld()
}
