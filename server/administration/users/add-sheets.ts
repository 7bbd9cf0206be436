import { findSheetWanting, newCodeSheet } from '../../authenticators/factors/factors.ts'
import { type GivenInitialPassword, giveCodeSheet } from '../../credentials/credentials.ts'
import { actingAccount, lockReachableAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { notPermitted, Problem } from '../../platform/problem.ts'
import type { Keys } from '../../platform/secret.ts'

/**
 * Adds a code sheet to the slips of those whose profile wants one, as far as whoever makes them may give sheets. Each in a transaction of
 * its own, so that hundreds of them hold up nobody; a slip stays good without its sheet.
 */
export async function addSheets(
  { database, keys }: { database: Database; keys: Keys },
  instance: { id: string },
  actorId: string,
  slips: readonly GivenInitialPassword[],
  caller: Caller,
): Promise<GivenInitialPassword[]> {
  if (slips.length === 0) return []
  const ids = slips.map(({ accountId }) => accountId)
  const wanting = await database.in(instance, (tx) => findSheetWanting(tx, ids))
  const given: GivenInitialPassword[] = []
  for (const slip of slips) {
    const sheet = wanting.has(slip.accountId) ? await newCodeSheet(keys) : undefined
    try {
      if (sheet !== undefined)
        await database.in(instance, async (tx) => {
          const acting = await actingAccount(tx, actorId, 'accounts.second-factor')
          await lockReachableAccount(tx, acting, slip.accountId)
          await giveCodeSheet(tx, sheet, slip.accountId, { kind: 'account', accountId: actorId }, caller)
        })
      given.push(sheet === undefined ? slip : { ...slip, codes: sheet.codes })
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== notPermitted().code) throw error
      given.push(slip)
    }
  }
  return given
}
