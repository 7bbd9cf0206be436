import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import { hashToken } from '../../platform/secret.ts'
import { removeSome, type TidyStep } from '../../platform/tidying.ts'

export type StoredPasskey = {
  factorId: string
  accountId: string
  credentialVersion: number
  credentialId: Buffer
  publicKey: Buffer
  transports: string[]
  rpId: string
}

/** For how long a challenge is good, and by how much the clock of the node that made it may be ahead, in minutes. */
const challengeMinutes = 10
const clockMinutes = 5

/** A live passkey of whoever it is. */
export async function findPasskey(tx: Transaction, credentialId: Buffer): Promise<StoredPasskey | undefined> {
  return livePasskeys(tx).where('passkey.credentialId', '=', credentialId).executeTakeFirst()
}

export async function listPasskeys(tx: Transaction, accountId: string): Promise<StoredPasskey[]> {
  return livePasskeys(tx).where('factor.accountId', '=', accountId).execute()
}

function livePasskeys(tx: Transaction) {
  return tx
    .selectFrom('passkey')
    .innerJoin('factor', 'factor.id', 'passkey.factorId')
    .innerJoin('account', 'account.id', 'factor.accountId')
    .select([
      'passkey.factorId',
      'factor.accountId',
      'account.credentialVersion',
      'passkey.credentialId',
      'passkey.publicKey',
      'passkey.transports',
      'passkey.rpId',
    ])
    .where('factor.state', '=', 'live')
}

/** Adds a passkey; false when there is one with this id already, whosever it is. The unique key decides. */
export async function insertPasskey(
  tx: Transaction,
  passkey: Omit<StoredPasskey, 'accountId' | 'credentialVersion'> & {
    counter: number
    aaguid: string
    verifiesUser: boolean
    backedUp: boolean
  },
): Promise<boolean> {
  const row = await tx
    .insertInto('passkey')
    .values(passkey)
    .onConflict((conflict) => conflict.columns(['instanceId', 'credentialId']).doNothing())
    .returning('factorId')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Keeps the counter of a key that has signed; false when it is not higher than the one before, and so came from a copy. Keys that do not
 * count always say 0. One statement. Source: Web Authentication Level 3, 6.1.1.
 */
export async function keepCounter(tx: Transaction, factorId: string, counter: number, backedUp: boolean): Promise<boolean> {
  const row = await tx
    .updateTable('passkey')
    .set({ counter, backedUp })
    .where('factorId', '=', factorId)
    .where(sql<boolean>`(counter < ${counter} or (counter = 0 and ${counter} = 0))`)
    .returning('factorId')
    .executeTakeFirst()
  return row !== undefined
}

/** Uses a challenge up; false when it is too old by the database's clock, or was answered already. The primary key decides. */
export async function consumeChallenge(tx: Transaction, challenge: string, madeAt: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into used_challenge (hash) select ${hashToken(challenge)}
    where ${madeAt}::timestamptz between clock_timestamp() - make_interval(mins => ${challengeMinutes})
      and clock_timestamp() + make_interval(mins => ${clockMinutes})
    on conflict do nothing returning hash`.execute(tx)
  return rows.length > 0
}

export const passkeyTidying: readonly TidyStep[] = [
  {
    name: 'answered challenges',
    tidy: (tx, most) =>
      removeSome(
        tx,
        'used_challenge',
        sql`used_at < now() - make_interval(mins => ${2 * (challengeMinutes + clockMinutes)})`,
        most,
      ),
  },
]
