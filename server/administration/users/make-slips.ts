import { type Actor, record } from '../../audit/audit.ts'
import { giveInitialPassword } from '../../authenticators/passwords/passwords.ts'
import { actingAccount, type LockedAccount, lockAccount, lockReachableAccount } from '../../directory/accounts/accounts.ts'
import { tellByMail } from '../../outward/messages/messages.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { Keys } from '../../platform/secret.ts'
import { endSession } from '../../sessions/sessions.ts'
import { actOnEach, type Refused } from './act-on-each.ts'

export type AdministrationNeeds = { database: Database; keys: Keys }

/** What hands an initial password to a person without email. It exists in clear here, and on the paper. */
export type Slip = Pick<LockedAccount, 'username' | 'fullName' | 'language' | 'timeZone'> & {
  accountId: string
  initialPassword: string
  expiresAt: Date
}

/**
 * Makes new initial passwords for a selection of accounts, to hand over in person. Each voids what the account had.
 * @throws not_permitted
 */
export async function makeSlips(
  needs: AdministrationNeeds,
  instance: { id: string },
  actorId: string,
  accountIds: readonly string[],
  caller: Caller,
): Promise<{ slips: Slip[]; refused: Refused[] }> {
  const { done, refused } = await actOnEach(
    needs.database,
    instance,
    accountIds,
    async (tx, accountId) => {
      const acting = await actingAccount(tx, actorId, 'accounts.new-password')
      const account = await lockReachableAccount(tx, acting, accountId)
      const actor = { kind: 'account', accountId: actorId } as const
      await tellByMail(tx, 'new_initial_password', account, actor, caller)
      return makeSlip(tx, needs.keys, actor, accountId, caller)
    },
    actorId,
  )
  return { slips: done, refused }
}

/** Makes one slip. Call with the account locked and reach proven. */
export async function makeSlip(tx: Transaction, keys: Keys, actor: Actor, accountId: string, caller: Caller): Promise<Slip> {
  const { initialPassword, expiresAt } = await giveInitialPassword(tx, { keys }, accountId)
  await endSession(tx, accountId, 'new_initial_password', actor, caller)
  await record(tx, { event: 'initial_password_made', actor, accountId, caller })
  const { username, fullName, language, timeZone } = (await lockAccount(tx, accountId))!
  return { accountId, username, fullName, language, timeZone, initialPassword, expiresAt }
}

/** A slip as the API answers it. */
export function slipBody({ expiresAt, ...slip }: Slip) {
  return { ...slip, expiresAt: expiresAt.toISOString() }
}
