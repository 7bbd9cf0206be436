import { record } from '../audit/audit.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { hashToken, newToken } from '../platform/secret.ts'
import { findRules } from '../rules/rules.ts'
import { endSessionThatGivesWay, findLiveSession, insertSession, type NewSession, type OtherSession } from './store.ts'

export type StartedSession = { kind: 'started'; token: string } | { kind: 'already_logged_in'; other: OtherSession }

/**
 * Starts an account's session, or says which other one is in the way.
 * Call it last, in the transaction of the whole login, with the account locked.
 * A session without a sign of life gives way, and so does one of the same browser: a login whose answer got lost is sent again.
 */
export async function startSession(tx: Transaction, accountId: string, caller: Caller): Promise<StartedSession> {
  const { token, ...session } = newSession(caller)
  const insert = () => insertSession(tx, accountId, session)
  if ((await insert()) || ((await makeWay(tx, accountId, caller)) && (await insert()))) return { kind: 'started', token }
  const other = await findLiveSession(tx, accountId)
  // The account is locked, so the only one that could have ended it meanwhile is its own log-out: start anew.
  return other === undefined ? startSession(tx, accountId, caller) : { kind: 'already_logged_in', other }
}

/** A session that is to be started, with the secret that only its browser gets. */
export function newSession({ visitHash, address, device, requestId }: Caller): NewSession & { token: string } {
  const token = newToken()
  return { token, tokenHash: hashToken(token), visitHash: visitHash ?? null, address, device, requestId }
}

/** Ends the session that is in the way if it gives way; true if so. */
async function makeWay(tx: Transaction, accountId: string, caller: Caller): Promise<boolean> {
  const lapsed = await endSessionThatGivesWay(tx, accountId, caller.visitHash, await findRules(tx))
  if (lapsed === undefined) return false
  const detail = { reason: lapsed.endReason }
  await record(tx, { event: 'session_ended', actor: { kind: 'system' }, accountId, sessionId: lapsed.id, detail })
  return true
}
