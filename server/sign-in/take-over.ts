import { rememberBrowser } from '../authenticators/passwords/passwords.ts'
import { lockAccount } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import type { Caller } from '../platform/caller.ts'
import type { Database } from '../platform/database.ts'
import { hashToken } from '../platform/secret.ts'
import { loginExpired } from './choose-password.ts'
import { completeLogin, type LoginOutcome } from './complete-login.ts'
import { consumePendingLogin, findTakeOver } from './store.ts'

/**
 * Moves the session of a proven login to this browser: ends the one that the person was shown, and no other, and starts one here.
 * Works once. When that session has ended or another one is in its place, the checks of a login answer as they do for any login.
 * @throws login_expired
 */
export async function takeOver(
  { database }: { database: Database },
  instance: Instance,
  { token, deviceToken }: { token: string | undefined; deviceToken: string },
  caller: Caller,
): Promise<LoginOutcome> {
  if (token === undefined) throw loginExpired()
  return database.in(instance, async (tx) => {
    const accountId = await findTakeOver(tx, hashToken(token))
    const account = accountId === undefined ? undefined : await lockAccount(tx, accountId)
    if (account === undefined || !account.enabled) throw loginExpired()
    const consumed = await consumePendingLogin(tx, hashToken(token), 'take_over', account.credentialVersion)
    if (consumed === undefined) throw loginExpired()
    const { returnTo, otherSessionId } = consumed
    const outcome = await completeLogin(tx, { account, passwordStep: undefined, returnTo, moves: otherSessionId! }, caller)
    if (outcome.kind === 'started') await rememberBrowser(tx, account.id, deviceToken)
    return outcome
  })
}
