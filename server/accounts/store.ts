import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Transaction } from '../platform/database.ts'
import type { Tables } from '../platform/tables.ts'

export type NewAccount = {
  username: string
  usernameKey: string
  fullName: string
  email: string | null
  profileId: string
}

/** Adds an account and returns its id; undefined when the username is taken. The unique key decides, not a look beforehand. */
export async function insertAccount(tx: Transaction, account: NewAccount): Promise<string | undefined> {
  const row = await tx
    .insertInto('account')
    .values(account)
    .onConflict((conflict) => conflict.columns(['instanceId', 'usernameKey']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

export async function findAccountByKey(
  tx: Transaction,
  usernameKey: string,
): Promise<{ id: string; username: string; fullName: string } | undefined> {
  return tx.selectFrom('account').select(['id', 'username', 'fullName']).where('usernameKey', '=', usernameKey).executeTakeFirst()
}

export type LockedAccount = Pick<
  Selectable<Tables['account']>,
  | 'id'
  | 'username'
  | 'fullName'
  | 'email'
  | 'enabled'
  | 'language'
  | 'validFrom'
  | 'validUntil'
  | 'loginHours'
  | 'credentialVersion'
> & { timeZone: string; now: Date }

/**
 * Reads an account and holds its row until the transaction ends.
 * Whatever changes an account's credentials, state or session takes this lock first, so these things happen one after the other.
 * `now` is the database's clock.
 */
export async function lockAccount(tx: Transaction, accountId: string): Promise<LockedAccount | undefined> {
  return tx
    .selectFrom('account')
    .innerJoin('instance', 'instance.id', 'account.instanceId')
    .select([
      'account.id',
      'account.username',
      'account.fullName',
      'account.email',
      'account.enabled',
      'account.language',
      'account.validFrom',
      'account.validUntil',
      'account.loginHours',
      'account.credentialVersion',
      sql<string>`coalesce(account.time_zone, instance.time_zone)`.as('timeZone'),
      sql<Date>`clock_timestamp()`.as('now'),
    ])
    .where('account.id', '=', accountId)
    .forNoKeyUpdate('account')
    .executeTakeFirst()
}

/** Makes everything worthless that was proven with the credentials of before: pending logins, and logins that are under way. */
export async function renewCredentialVersion(tx: Transaction, accountId: string): Promise<void> {
  await tx.updateTable('account').set({ credentialVersion: sql`credential_version + 1` }).where('id', '=', accountId).execute()
}

export async function updateEnabled(tx: Transaction, accountId: string, enabled: boolean, reason: string | null): Promise<void> {
  await tx.updateTable('account').set({ enabled, disabledReason: reason }).where('id', '=', accountId).execute()
}

export async function updateLanguage(tx: Transaction, accountId: string, language: string): Promise<void> {
  await tx.updateTable('account').set({ language }).where('id', '=', accountId).execute()
}

export async function touchLastLogin(tx: Transaction, accountId: string): Promise<void> {
  await tx.updateTable('account').set({ lastLoginAt: sql`now()` }).where('id', '=', accountId).execute()
}
