import type { AccountFields } from '../../../contracts/account-fields.ts'
import { record } from '../../audit/audit.ts'
import {
  accountFaults,
  accountNotFound,
  actingAccount,
  lockReachableAccount,
  ownAccount,
  tidyFields,
  updateAccount,
} from '../../directory/accounts/accounts.ts'
import { tellByMail } from '../../outward/messages/messages.ts'
import type { Caller } from '../../platform/caller.ts'
import { changedMeanwhile, fieldsRefused } from '../../platform/problem.ts'
import { orLastAdministrator } from './act-on-each.ts'
import { placeFaults } from './create-account.ts'
import type { AdministrationNeeds } from './make-slips.ts'
import { findAccount } from './store.ts'

/**
 * Changes what is said of an account.
 * @param version of the account that the change was made on
 * @throws account_not_found, beyond_your_permissions, fields_refused, changed_meanwhile, last_administrator, own_account, not_permitted
 */
export async function changeAccount(
  { database }: Pick<AdministrationNeeds, 'database'>,
  instance: { id: string },
  actorId: string,
  accountId: string,
  { version, ...said }: AccountFields & { version: number },
  caller: Caller,
): Promise<void> {
  const fields = tidyFields(said)
  await orLastAdministrator(() =>
    database.in(instance, async (tx) => {
      const acting = await actingAccount(tx, actorId, 'accounts.update')
      const account = await lockReachableAccount(tx, acting, accountId)
      const before = await findAccount(tx, acting, accountId)
      if (before === undefined) throw accountNotFound()
      const faults = [...accountFaults(fields), ...(await placeFaults(tx, acting, fields))]
      if (faults.length > 0) throw fieldsRefused(faults)
      if (accountId === actorId && fields.profileId !== before.profile.id) throw ownAccount()
      if (!(await updateAccount(tx, accountId, version, fields))) throw changedMeanwhile()
      const former = { ...before, profileId: before.profile.id, teamId: before.team?.id ?? null }
      const changes = Object.fromEntries(
        (Object.keys(fields) as (keyof AccountFields)[])
          .filter((field) => JSON.stringify(former[field]) !== JSON.stringify(fields[field]))
          .map((field) => [field, { from: former[field], to: fields[field] }]),
      )
      const actor = { kind: 'account', accountId: actorId } as const
      if (changes.email !== undefined) {
        await tellByMail(tx, 'email_changed', account, actor, caller)
        await tellByMail(tx, 'email_changed_here', { ...account, email: fields.email }, actor, caller)
      }
      await record(tx, {
        event: 'account_changed',
        actor,
        accountId,
        caller,
        detail: { changes },
      })
    }),
  )
}
