import { record } from '../audit/audit.ts'
import { findAccountByKey, lockAccount, updateEnabled, usernameKey } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import { endSession } from '../sessions/sessions.ts'
import type { OperatorNeeds } from './create-instance.ts'
import { accountUnknown } from './problems.ts'

const actor = { kind: 'operator' } as const

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
    await lockAccount(tx, account.id)
    await updateEnabled(tx, account.id, enabled, enabled ? null : (reason ?? null))
    await record(tx, {
      event: enabled ? 'account_enabled' : 'account_disabled',
      actor,
      accountId: account.id,
      detail: { reason },
    })
    if (!enabled) await endSession(tx, account.id, 'account_disabled', actor)
    return { username: account.username, enabled }
  })
}
