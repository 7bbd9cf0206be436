import { record } from '../audit/audit.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { hashToken, newToken } from '../platform/secret.ts'
import { findRules } from '../rules/rules.ts'
import { endSessionThatGivesWay, findLiveSession, insertSession, type OtherSession } from './store.ts'

export type StartedSession = { kind: 'started'; token: string } | { kind: 'already_logged_in'; other: OtherSession }

/**
 * Starts an account's session, or says which other one is in the way. The only writer of sessions.
 * Call it last, in the transaction of the whole login, with the account locked.
 * A session without a sign of life gives way, and so does one of the same browser: a login whose answer got lost is sent again.
 */
export async function startSession(tx: Transaction, accountId: string, caller: Caller): Promise<StartedSession> {
  const token = newToken()
  const { address, device } = caller
  const insert = () =>
    insertSession(tx, { accountId, tokenHash: hashToken(token), visitHash: caller.visitHash ?? null, address, device })
  const sessionId = (await insert()) ?? ((await makeWay(tx, accountId, caller)) ? await insert() : undefined)
  if (sessionId !== undefined) {
    await record(tx, { event: 'login', actor: { kind: 'account', accountId }, accountId, sessionId, caller })
    return { kind: 'started', token }
  }
  const other = await findLiveSession(tx, accountId)
  // The account is locked, so the only one that could have ended it meanwhile is its own log-out: start anew.
  return other === undefined ? startSession(tx, accountId, caller) : { kind: 'already_logged_in', other }
}

/** Ends the session that is in the way if it gives way; true if so. */
async function makeWay(tx: Transaction, accountId: string, caller: Caller): Promise<boolean> {
  const lapsed = await endSessionThatGivesWay(tx, accountId, caller.visitHash, await findRules(tx))
  if (lapsed === undefined) return false
  const detail = { reason: lapsed.endReason }
  await record(tx, { event: 'session_ended', actor: { kind: 'system' }, accountId, sessionId: lapsed.id, detail })
  return true
}
