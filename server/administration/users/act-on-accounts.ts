// What can be done to a selection of accounts. Each act is one line in the audit of each account.

import { changeAccounts, enableAccount, removeAccounts } from '../../credentials/credentials.ts'
import { actingAccount, lockReachableAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import { fieldsRefused } from '../../platform/problem.ts'
import { actOnEach, type Refused } from './act-on-each.ts'
import { placeFaults } from './create-account.ts'
import type { AdministrationNeeds } from './make-slips.ts'
import { findAccount } from './store.ts'

export type Act =
  | { kind: 'enable' }
  | { kind: 'disable'; reason: string }
  | { kind: 'remove' }
  | { kind: 'assign_profile'; profileId: string }
  | { kind: 'assign_team'; teamId: string | null }

/**
 * Does one act to each account of a selection.
 * @throws not_permitted
 */
export async function actOnAccounts(
  { database }: Pick<AdministrationNeeds, 'database'>,
  instance: { id: string },
  actorId: string,
  accountIds: readonly string[],
  act: Act,
  caller: Caller,
): Promise<{ done: number; refused: Refused[] }> {
  const actor = { kind: 'account', accountId: actorId } as const
  const { done, refused } = await actOnEach(
    database,
    instance,
    accountIds,
    async (tx, accountId) => {
      const acting = await actingAccount(tx, actorId, act.kind === 'remove' ? 'accounts.delete' : 'accounts.update')
      await lockReachableAccount(tx, acting, accountId)
      const before = (await findAccount(tx, acting, accountId))!
      switch (act.kind) {
        case 'enable':
          return enableAccount(tx, accountId, { enabled: true }, actor, caller)
        case 'disable':
          return enableAccount(tx, accountId, { enabled: false, reason: act.reason }, actor, caller)
        case 'remove':
          return removeAccounts(tx, [accountId], actor, caller)
        case 'assign_profile':
        case 'assign_team': {
          const from = { profileId: before.profile.id, teamId: before.team?.id ?? null }
          const fields = act.kind === 'assign_profile' ? { profileId: act.profileId } : { teamId: act.teamId }
          const faults = await placeFaults(tx, acting, { ...from, ...fields })
          if (faults.length > 0) throw fieldsRefused(faults)
          await changeAccounts(tx, acting, [{ accountId, fields }], caller)
        }
      }
    },
    actorId,
  )
  return { done: done.length, refused }
}
