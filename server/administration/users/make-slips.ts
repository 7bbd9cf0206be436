import { type GivenInitialPassword, giveInitialPassword } from '../../credentials/credentials.ts'
import { actingAccount, lockReachableAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import type { Keys } from '../../platform/secret.ts'
import { actOnEach, type Refused } from './act-on-each.ts'
import { addSheets } from './add-sheets.ts'

export type AdministrationNeeds = { database: Database; keys: Keys }

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
): Promise<{ slips: GivenInitialPassword[]; refused: Refused[] }> {
  const { done, refused } = await actOnEach(
    needs.database,
    instance,
    accountIds,
    async (tx, accountId) => {
      const acting = await actingAccount(tx, actorId, 'accounts.new-password')
      await lockReachableAccount(tx, acting, accountId)
      return giveInitialPassword(tx, needs, accountId, { kind: 'account', accountId: actorId }, caller)
    },
    actorId,
  )
  return { slips: await addSheets(needs, instance, actorId, done, caller), refused }
}

/** A slip as the API answers it. */
export function slipBody({ expiresAt, codes, ...slip }: GivenInitialPassword) {
  return { ...slip, expiresAt: expiresAt.toISOString(), ...(codes && { codes: [...codes] }) }
}
