// Attempts: a try is counted before it is checked, and settled once it is known what it was worth.
import type { Transaction } from '../../platform/database.ts'
import { countWrongFromAddress, forgiveAttempts, landAttempt, upgradeHash } from './store.ts'

/** A try that was counted before it was checked, until it is settled. */
export type Attempt = {
  /** What the tries of a username are counted under. */
  usernameHash: Buffer
  /** Of the browser's device cookie, if it has one. */
  deviceHash: Buffer | null
  address: string
  /** Undefined where nobody has the username. */
  accountId: string | undefined
  /** Whether it was let through. One that had to wait is not counted for its username. */
  admitted: boolean
  /** The right password hashed with the parameters of today, and the hash that it replaces. */
  rehashed?: { from: string; to: string }
}

/** `void`: it was right, but what it was right for has changed meanwhile. */
export type AttemptOutcome = 'right' | 'wrong' | 'void'

/** Settles an attempt, once, in the transaction that makes use of what it has shown. */
export async function settleAttempt(
  tx: Transaction,
  { usernameHash, deviceHash, address, accountId, admitted, rehashed }: Attempt,
  outcome: AttemptOutcome,
): Promise<void> {
  if (outcome === 'right') {
    await forgiveAttempts(tx, usernameHash, deviceHash, accountId!)
    if (rehashed !== undefined) await upgradeHash(tx, accountId!, rehashed.from, rehashed.to)
    return
  }
  if (admitted) await landAttempt(tx, usernameHash)
  if (outcome === 'wrong') await countWrongFromAddress(tx, address)
}
