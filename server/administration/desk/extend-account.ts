import { extendValidity } from '../../credentials/credentials.ts'
import { actingAccount, lockReachableAccount, ownAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { DeskNeeds } from './login-checks.ts'

/**
 * Lets an account whose dates keep it out begin today, or be valid for some days more. Does nothing where they do not.
 * @param days how many after today, in the person's time zone
 * @throws account_not_found, beyond_your_permissions, own_account, not_permitted
 */
export async function extendAccount(
  { database }: Pick<DeskNeeds, 'database'>,
  instance: { id: string },
  actorId: string,
  accountId: string,
  days: number,
  caller: Caller,
): Promise<{ extended: boolean }> {
  if (accountId === actorId) throw ownAccount()
  return database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, actorId, 'accounts.extend')
    const account = await lockReachableAccount(tx, acting, accountId)
    return { extended: await extendValidity(tx, acting, account, days, caller) }
  })
}
