// What can be done to a selection of accounts. Each act is one line in the audit of each account.

import { record } from '../../audit/audit.ts'
import {
  actingAccount,
  deleteAccount,
  lockReachableAccount,
  updateAccountPart,
  updateEnabled,
} from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import { fieldsRefused } from '../../platform/problem.ts'
import { endSession } from '../../sessions/sessions.ts'
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
      const { username } = await lockReachableAccount(tx, acting, accountId)
      const before = (await findAccount(tx, acting, accountId))!
      switch (act.kind) {
        case 'enable':
          await updateEnabled(tx, accountId, true, null)
          return record(tx, { event: 'account_enabled', actor, accountId, caller })
        case 'disable':
          await updateEnabled(tx, accountId, false, act.reason.trim() || null)
          await endSession(tx, accountId, 'account_disabled', actor, caller)
          return record(tx, { event: 'account_disabled', actor, accountId, caller, detail: { reason: act.reason.trim() } })
        case 'remove':
          // The session first: its end belongs into the audit, which outlives the account.
          await endSession(tx, accountId, 'account_removed', actor, caller)
          await deleteAccount(tx, accountId)
          return record(tx, {
            event: 'account_removed',
            actor,
            accountId,
            caller,
            detail: { username, fullName: before.fullName },
          })
        case 'assign_profile':
        case 'assign_team': {
          const from = { profileId: before.profile.id, teamId: before.team?.id ?? null }
          const to = act.kind === 'assign_profile' ? { ...from, profileId: act.profileId } : { ...from, teamId: act.teamId }
          const faults = await placeFaults(tx, acting, to)
          if (faults.length > 0) throw fieldsRefused(faults)
          await updateAccountPart(tx, accountId, to)
          const field = act.kind === 'assign_profile' ? 'profileId' : 'teamId'
          const changes = { [field]: { from: from[field], to: to[field] } }
          return record(tx, { event: 'account_changed', actor, accountId, caller, detail: { changes } })
        }
      }
    },
    actorId,
  )
  return { done: done.length, refused }
}
