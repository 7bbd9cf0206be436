import type { Caller } from '../platform/caller.ts'
import { rehearse, type Transaction } from '../platform/database.ts'
import { findRules } from '../rules/rules.ts'
import { takeSeat } from './seat-store.ts'
import { startSession } from './start-session.ts'
import { endSessionOf, type OtherSession } from './store.ts'

/** What would be in the way of a session of this account at this moment. */
export type SessionStanding = {
  other: OtherSession | undefined
  /** Whether there is no seat for it, with the other session ended. */
  noSeat: boolean
}

/**
 * Starts a session as a login does, in a browser that nobody knows, and undoes it. Call with the account locked.
 * @param caller who asks
 */
export async function rehearseStart(tx: Transaction, accountId: string, caller: Caller): Promise<SessionStanding> {
  const stranger = { ...caller, visitHash: undefined }
  const nothing = { at: new Date(), amr: [] }
  return rehearse(tx, async () => {
    const first = await startSession(tx, accountId, nothing, stranger)
    if (first.kind !== 'already_logged_in') return { other: undefined, noSeat: first.kind === 'no_seat' }
    await endSessionOf(tx, accountId, 'ended_by_supervisor')
    return { other: first.other, noSeat: (await startSession(tx, accountId, nothing, stranger)).kind === 'no_seat' }
  })
}

/** Whether there would be a seat for one more session, of this account. */
export async function rehearseSeat(tx: Transaction, accountId: string): Promise<boolean> {
  const limits = await findRules(tx)
  return rehearse(tx, () => takeSeat(tx, accountId, limits))
}
