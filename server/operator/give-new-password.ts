import { giveInitialPassword } from '../credentials/credentials.ts'
import { findAccountByKey, usernameKey } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import type { OperatorNeeds } from './create-instance.ts'
import { accountUnknown } from './problems.ts'

/**
 * Gives an account a new initial password, which voids its old password and ends its session.
 * @throws OperatorError when there is no such account
 */
export async function giveNewPassword(
  { database, keys }: OperatorNeeds,
  instance: Instance,
  username: string,
): Promise<{ username: string; initialPassword: string; expiresAt: Date }> {
  return database.asOperator(instance, async (tx) => {
    const account = await findAccountByKey(tx, usernameKey(username) ?? '')
    if (account === undefined) throw accountUnknown(username, instance.name)
    const { initialPassword, expiresAt } = await giveInitialPassword(tx, { keys }, account.id, { kind: 'operator' }, undefined)
    return { username: account.username, initialPassword, expiresAt }
  })
}
