import type { AccountFields } from '../../../contracts/account-fields.ts'
import { changeAccounts } from '../../credentials/credentials.ts'
import {
  accountFaults,
  accountNotFound,
  actingAccount,
  lockReachableAccount,
  ownAccount,
  tidyFields,
} from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import { fieldsRefused } from '../../platform/problem.ts'
import { orLastAdministrator } from './act-on-each.ts'
import { placeFaults } from './create-account.ts'
import type { AdministrationNeeds } from './make-slips.ts'
import { findAccount } from './store.ts'

/**
 * Changes what is said of an account.
 * @param version of the account that the change was made on
 * @throws account_not_found, beyond_your_permissions, fields_refused, changed_meanwhile, last_administrator, own_account,
 *   address_takes_new_password, not_permitted
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
      await lockReachableAccount(tx, acting, accountId)
      const before = await findAccount(tx, acting, accountId)
      if (before === undefined) throw accountNotFound()
      const faults = [...accountFaults(fields), ...(await placeFaults(tx, acting, fields))]
      if (faults.length > 0) throw fieldsRefused(faults)
      if (accountId === actorId && fields.profileId !== before.profile.id) throw ownAccount()
      await changeAccounts(tx, acting, [{ accountId, fields, version }], caller)
    }),
  )
}
