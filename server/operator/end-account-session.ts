import { findAccountByKey, lockAccount, usernameKey } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import { endSession } from '../sessions/sessions.ts'
import type { OperatorNeeds } from './create-instance.ts'
import { accountUnknown, OperatorError } from './problems.ts'

/**
 * Ends an account's session.
 * @throws OperatorError when there is no such account, or it is not logged in
 */
export async function endAccountSession(
  { database }: OperatorNeeds,
  instance: Instance,
  username: string,
): Promise<{ username: string }> {
  return database.asOperator(instance, async (tx) => {
    const account = await findAccountByKey(tx, usernameKey(username) ?? '')
    if (account === undefined) throw accountUnknown(username, instance.name)
    await lockAccount(tx, account.id)
    const ended = await endSession(tx, account.id, 'ended_by_operator', { kind: 'operator' })
    if (!ended) throw new OperatorError(`"${account.username}" is not logged in.`)
    return { username: account.username }
  })
}
