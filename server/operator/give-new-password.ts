import { record } from '../audit/audit.ts'
import { giveInitialPassword } from '../authenticators/passwords/passwords.ts'
import { findAccountByKey, lockAccount, usernameKey } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import { tellByMail } from '../outward/messages/messages.ts'
import { endSession } from '../sessions/sessions.ts'
import type { OperatorNeeds } from './create-instance.ts'
import { accountUnknown } from './problems.ts'

const actor = { kind: 'operator' } as const

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
    const { initialPassword, expiresAt } = await giveInitialPassword(tx, { keys }, account.id)
    await endSession(tx, account.id, 'new_initial_password', actor)
    await record(tx, { event: 'initial_password_made', actor, accountId: account.id })
    await tellByMail(tx, 'new_initial_password', (await lockAccount(tx, account.id))!, actor, undefined)
    return { username: account.username, initialPassword, expiresAt }
  })
}
