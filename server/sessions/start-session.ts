import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { hashToken, newToken } from '../platform/secret.ts'
import { findRules } from '../rules/rules.ts'
import { countSeatRefusal } from './seat-store.ts'
import {
  type Authentication,
  findLiveSession,
  insertSession,
  type NewSession,
  type OtherSession,
  updateAuthentication,
} from './store.ts'

export type StartedSession =
  | { kind: 'started'; token: string }
  | { kind: 'already_logged_in'; other: OtherSession }
  | { kind: 'no_seat' }

/**
 * Starts an account's session, or says what is in the way: another one of the account, or that all seats are in use.
 * Call it last, in the transaction of the whole login, with the account locked.
 * A session without a sign of life gives way, and so does one of the same browser: a login whose answer got lost is sent again.
 * @param moves the session that the person chose to end for this one; another one does not give way
 */
export async function startSession(
  tx: Transaction,
  accountId: string,
  authentication: Authentication,
  caller: Caller,
  { moves }: { moves?: string | undefined } = {},
): Promise<StartedSession> {
  const { token, ...session } = newSession(caller)
  const outcome = await insertSession(tx, accountId, session, authentication, await findRules(tx), moves)
  if (outcome === 'started') return { kind: 'started', token }
  if (outcome === 'no_seat') {
    await countSeatRefusal(tx)
    return { kind: 'no_seat' }
  }
  const other = await findLiveSession(tx, accountId)
  // The account is locked, so the only one that could have ended it meanwhile is its own log-out: start anew.
  return other === undefined ? startSession(tx, accountId, authentication, caller) : { kind: 'already_logged_in', other }
}

/** A session that is to be started, with the secret that only its browser gets. */
export function newSession({ visitHash, address, device, requestId }: Caller): NewSession & { token: string } {
  const token = newToken()
  return { token, tokenHash: hashToken(token), visitHash: visitHash ?? null, address, device, requestId }
}

/**
 * Gives a session whose person has proven again who they are a new secret, which it returns, and the time and the methods of the proof;
 * undefined when it has ended. Source: ASVS 5.0, 7.2.4.
 */
export async function renewSession(
  tx: Transaction,
  session: { id: string; accountId: string },
  authentication: Authentication,
): Promise<string | undefined> {
  const token = newToken()
  return (await updateAuthentication(tx, session, hashToken(token), authentication)) ? token : undefined
}
