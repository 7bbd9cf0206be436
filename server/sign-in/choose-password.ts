import { record } from '../audit/audit.ts'
import {
  isInitialPassword,
  type JudgePasswordNeeds,
  prepareNewPassword,
  rememberBrowser,
  setPassword,
} from '../authenticators/passwords/passwords.ts'
import { lockAccount } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import { tellByMail } from '../outward/messages/messages.ts'
import type { Caller } from '../platform/caller.ts'
import type { Database } from '../platform/database.ts'
import { Problem } from '../platform/problem.ts'
import { hashToken, type Keys } from '../platform/secret.ts'
import { completeLogin, type LoginOutcome } from './complete-login.ts'
import { consumePendingLogin, findPendingLogin, type PendingLogin } from './store.ts'

export type ChoosePasswordNeeds = JudgePasswordNeeds & { database: Database; keys: Keys }

export const loginExpired = () => new Problem(403, 'login_expired', 'This login has expired or was finished elsewhere.')

/**
 * The login that waits in this browser for a password to be chosen.
 * @throws login_expired
 */
export async function pendingLoginOf(
  { database }: { database: Database },
  instance: Instance,
  token: string | undefined,
): Promise<PendingLogin> {
  const pending = token === undefined ? undefined : await database.in(instance, (tx) => findPendingLogin(tx, hashToken(token)))
  if (pending === undefined) throw loginExpired()
  return pending
}

/**
 * Sets the password that a person chose in place of an initial or expired one, and goes on with the login.
 * Works once, also when two browsers or nodes send it at the same moment.
 * @throws login_expired, password_refused, busy
 */
export async function choosePassword(
  needs: ChoosePasswordNeeds,
  instance: Instance,
  { token, newPassword, deviceToken }: { token: string | undefined; newPassword: string; deviceToken: string },
  caller: Caller,
): Promise<LoginOutcome> {
  const { database, keys } = needs
  const pending = await pendingLoginOf(needs, instance, token)
  const owner = { username: pending.username, fullName: pending.fullName, instanceName: instance.name }
  const isInitial = isInitialPassword(keys, newPassword, pending.initialHash)
  const passwordHash = await prepareNewPassword(needs, instance, owner, newPassword, pending.accountId, isInitial)

  return database.in(instance, async (tx) => {
    const account = await lockAccount(tx, pending.accountId)
    if (account === undefined || !account.enabled) throw loginExpired()
    const consumed = await consumePendingLogin(tx, hashToken(token!), 'choose_password', account.credentialVersion)
    if (consumed === undefined) throw loginExpired()
    await setPassword(tx, needs, account, passwordHash)
    const actor = { kind: 'account', accountId: account.id } as const
    await tellByMail(tx, 'password_changed', account, actor, caller)
    await record(tx, {
      event: 'password_chosen',
      actor,
      accountId: account.id,
      caller,
      detail: { instead_of: pending.reason },
    })
    const outcome = await completeLogin(tx, { account, passwordStep: undefined, returnTo: consumed.returnTo }, caller)
    if (outcome.kind === 'started') await rememberBrowser(tx, account.id, deviceToken)
    return outcome
  })
}
