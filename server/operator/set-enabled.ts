import { enableAccount } from '../credentials/credentials.ts'
import { findAccountByKey, usernameKey } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import type { OperatorNeeds } from './create-instance.ts'
import { accountUnknown } from './problems.ts'

/**
 * Disables an account, which ends its session in the same transaction, or enables it again.
 * Source: ASVS 5.0, 7.4.2.
 * @throws OperatorError when there is no such account
 */
export async function setEnabled(
  { database }: Pick<OperatorNeeds, 'database'>,
  instance: Pick<Instance, 'id' | 'name'>,
  username: string,
  enabled: boolean,
  reason: string | undefined,
): Promise<{ username: string; enabled: boolean }> {
  return database.asOperator(instance, async (tx) => {
    const account = await findAccountByKey(tx, usernameKey(username) ?? '')
    if (account === undefined) throw accountUnknown(username, instance.name)
    await enableAccount(tx, account.id, enabled ? { enabled } : { enabled, reason }, { kind: 'operator' }, undefined)
    return { username: account.username, enabled }
  })
}
