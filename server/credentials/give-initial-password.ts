import { type Actor, record } from '../audit/audit.ts'
import { replaceByInitialPassword } from '../authenticators/passwords/passwords.ts'
import { type LockedAccount, lockAccount } from '../directory/accounts/accounts.ts'
import { tellByMail } from '../outward/messages/messages.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import type { Keys } from '../platform/secret.ts'
import { endSession } from '../sessions/sessions.ts'

/** What hands an initial password to its person. It exists in clear here, and on the paper or in the mail that it goes into. */
export type GivenInitialPassword = Pick<LockedAccount, 'username' | 'fullName' | 'language' | 'timeZone'> & {
  accountId: string
  initialPassword: string
  expiresAt: Date
  /** Of the code sheet that goes with it, where the profile wants one. */
  codes?: readonly string[]
}

/**
 * Gives an account a new initial password in place of whatever it had, opens it for attempts again, ends its session, records it, and
 * tells the person where there is an address to tell.
 * @param told false where the person is told by what hands the password over, or has never had another
 */
export async function giveInitialPassword(
  tx: Transaction,
  { keys }: { keys: Keys },
  accountId: string,
  actor: Actor,
  caller: Caller | undefined,
  { told = true, detail = {} }: { told?: boolean; detail?: Record<string, unknown> } = {},
): Promise<GivenInitialPassword> {
  const account = await lockAccount(tx, accountId)
  if (account === undefined) throw new TypeError('there is no such account')
  if (told) await tellByMail(tx, 'new_initial_password', [account], actor, caller)
  const { initialPassword, expiresAt } = await replaceByInitialPassword(tx, { keys }, account)
  await endSession(tx, accountId, 'new_initial_password', actor, caller)
  await record(tx, { event: 'initial_password_made', actor, accountId, caller, detail })
  const { username, fullName, language, timeZone } = account
  return { accountId, username, fullName, language, timeZone, initialPassword, expiresAt }
}
