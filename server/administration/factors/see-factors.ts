import {
  findFactorStanding,
  findFactorWait,
  type ListedFactor,
  listFactors,
  listWaitingVouches,
  type WaitingVouch,
} from '../../authenticators/factors/factors.ts'
import { actingAccount, lockSeenAccount } from '../../directory/accounts/accounts.ts'
import type { Database } from '../../platform/database.ts'
import { findRules } from '../../rules/rules.ts'

export type SeenFactors = {
  factors: ListedFactor[]
  /** Who of it waits at a login page at this moment. */
  waiting: WaitingVouch[]
  /** Until when its codes wait after wrong ones; null where they are used up; undefined where they do not. */
  wait: { until: Date | null } | undefined
  vouching: boolean
}

/**
 * The second factors of an account within reach, those of before too.
 * @throws account_not_found, not_permitted
 */
export async function seeFactors(
  { database }: { database: Database },
  instance: { id: string },
  actorId: string,
  accountId: string,
): Promise<SeenFactors> {
  return database.in(instance, async (tx) => {
    await lockSeenAccount(tx, await actingAccount(tx, actorId, 'accounts.view'), accountId)
    return {
      factors: await listFactors(tx, accountId, ['live', 'disabled']),
      waiting: await listWaitingVouches(tx, accountId),
      wait: await findFactorWait(tx, accountId, await findRules(tx)),
      vouching: (await findFactorStanding(tx, accountId)).vouching,
    }
  })
}
