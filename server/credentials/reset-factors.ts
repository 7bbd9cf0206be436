import { type Actor, record } from '../audit/audit.ts'
import { clearFactorAttempts, disableFactors } from '../authenticators/factors/factors.ts'
import { lockAccount, renewCredentialVersion } from '../directory/accounts/accounts.ts'
import { tellByMail } from '../outward/messages/messages.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { endSession } from '../sessions/sessions.ts'

/**
 * Takes an account all its second factors: a lost key opens nothing any more, its session ends, and what was begun with them is void. The
 * next login sets a new one up before anything else, and the password alone is not enough for that.
 * @returns how many there were; where there were none nothing is done
 */
export async function resetFactors(
  tx: Transaction,
  accountId: string,
  actor: Actor,
  caller: Caller | undefined,
): Promise<number> {
  const account = await lockAccount(tx, accountId)
  if (account === undefined) throw new TypeError('there is no such account')
  const factors = await disableFactors(tx, accountId, 'reset')
  if (factors.length === 0) return 0
  await clearFactorAttempts(tx, accountId)
  await renewCredentialVersion(tx, accountId)
  await endSession(tx, accountId, 'factors_reset', actor, caller)
  await record(tx, { event: 'factors_reset', actor, accountId, caller, detail: { kinds: factors.map(({ kind }) => kind) } })
  await tellByMail(tx, 'factors_reset', [account], actor, caller)
  return factors.length
}
