import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Transaction } from '../platform/database.ts'
import type { LoginHours, Tables } from '../platform/tables.ts'
import type { AccountFields } from './account-fields.ts'

export type NewAccount = { username: string; usernameKey: string } & Pick<AccountFields, 'fullName' | 'email' | 'profileId'> &
  Partial<AccountFields> & { enabled?: boolean }

/** Adds an account and returns its id; undefined when the username is taken. The unique key decides, not a look beforehand. */
export async function insertAccount(tx: Transaction, account: NewAccount): Promise<string | undefined> {
  const { loginHours, ...fields } = account
  const row = await tx
    .insertInto('account')
    .values({ ...fields, loginHours: asJson(loginHours) })
    .onConflict((conflict) => conflict.columns(['instanceId', 'usernameKey']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

function asJson(hours: LoginHours | null | undefined): string | null {
  return hours === null || hours === undefined ? null : JSON.stringify(hours)
}

/** Changes what is said of an account; false when it is no longer of this version. */
export async function updateAccount(
  tx: Transaction,
  accountId: string,
  version: number,
  fields: AccountFields,
): Promise<boolean> {
  const row = await tx
    .updateTable('account')
    .set({ ...fields, loginHours: asJson(fields.loginHours), version: sql`version + 1` })
    .where('id', '=', accountId)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Changes one thing of an account, whatever else was changed meanwhile. Call with the account locked. */
export async function updateAccountPart(
  tx: Transaction,
  accountId: string,
  part: Partial<Pick<AccountFields, 'profileId' | 'teamId'>>,
): Promise<void> {
  await tx
    .updateTable('account')
    .set({ ...part, version: sql`version + 1` })
    .where('id', '=', accountId)
    .execute()
}

/** Removes an account and all that is its own; what it did stays in the audit. Call with the account locked. */
export async function deleteAccount(tx: Transaction, accountId: string): Promise<void> {
  await tx.deleteFrom('account').where('id', '=', accountId).execute()
}

/** What somebody may do and which teams they supervise, at this moment. */
export async function findActor(
  tx: Transaction,
  accountId: string,
): Promise<{ permissions: string[]; teams: string[] } | undefined> {
  const { rows } = await sql<{ permissions: string[]; teams: string[] }>`
    select p.permissions, array(select team_id from team_supervisor s where s.account_id = a.id) as teams
    from account a join profile p on p.id = a.profile_id where a.id = ${accountId} and a.enabled`.execute(tx)
  return rows[0]
}

/** What decides who may act on an account. */
export async function findTarget(
  tx: Transaction,
  accountId: string,
): Promise<{ permissions: string[]; teamId: string | null } | undefined> {
  return tx
    .selectFrom('account')
    .innerJoin('profile', 'profile.id', 'account.profileId')
    .select(['profile.permissions', 'account.teamId'])
    .where('account.id', '=', accountId)
    .executeTakeFirst()
}

export async function findProfilePermissions(tx: Transaction, profileId: string): Promise<string[] | undefined> {
  const row = await tx.selectFrom('profile').select('permissions').where('id', '=', profileId).executeTakeFirst()
  return row?.permissions
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
  await tx
    .updateTable('account')
    .set({ enabled, disabledReason: reason, version: sql`version + 1` })
    .where('id', '=', accountId)
    .execute()
}

export async function updateLanguage(tx: Transaction, accountId: string, language: string): Promise<void> {
  await tx.updateTable('account').set({ language }).where('id', '=', accountId).execute()
}

export async function touchLastLogin(tx: Transaction, accountId: string): Promise<void> {
  await tx.updateTable('account').set({ lastLoginAt: sql`now()` }).where('id', '=', accountId).execute()
}
