import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { LoginHours, Tables } from '../../platform/tables.ts'
import type { AccountFields } from './account-fields.ts'
import type { WindowedAccount } from './login-window.ts'

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

/** What a profile permits. Keeps it from being removed until the transaction ends, so that an account can be given it. */
export async function findProfilePermissions(tx: Transaction, profileId: string): Promise<string[] | undefined> {
  const row = await tx.selectFrom('profile').select('permissions').where('id', '=', profileId).forKeyShare().executeTakeFirst()
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
  | 'openSteps'
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
      'account.openSteps',
      sql<string>`coalesce(account.time_zone, instance.time_zone)`.as('timeZone'),
      sql<Date>`clock_timestamp()`.as('now'),
    ])
    .where('account.id', '=', accountId)
    .forNoKeyUpdate('account')
    .executeTakeFirst()
}

/** Makes everything worthless that was proven with the credentials of before: sign-ins that wait, and those that are under way. Returns the new one. */
export async function renewCredentialVersion(tx: Transaction, accountId: string): Promise<number> {
  const { credentialVersion } = await tx
    .updateTable('account')
    .set({ credentialVersion: sql`credential_version + 1` })
    .where('id', '=', accountId)
    .returning('credentialVersion')
    .executeTakeFirstOrThrow()
  return credentialVersion
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

/**
 * Lets an account whose dates keep it out begin today, or go on for some days from today in the person's time zone. Nothing gets
 * shorter, and nothing happens where the dates are not in the way. Call with the account locked.
 * @returns the new dates; undefined when nothing was done
 */
export async function extendValidity(
  tx: Transaction,
  accountId: string,
  days: number,
): Promise<{ validFrom: string | null; validUntil: string | null } | undefined> {
  const { rows } = await sql<{ validFrom: string | null; validUntil: string | null }>`
    with day as (
      select a.id, (clock_timestamp() at time zone coalesce(a.time_zone, i.time_zone))::date as today
      from account a join instance i on i.id = a.instance_id where a.id = ${accountId}
    )
    update account a set version = version + 1,
      valid_from = least(a.valid_from, day.today),
      valid_until = case when a.valid_until < day.today then day.today + ${days}::int else a.valid_until end
    from day where a.id = day.id and (a.valid_from > day.today or a.valid_until < day.today)
    returning a.valid_from, a.valid_until`.execute(tx)
  return rows[0]
}

/** What `loginWindow` asks of accounts, by their ids, with the database's clock. */
export async function findLoginWindows(
  tx: Transaction,
  accountIds: readonly string[],
): Promise<Map<string, WindowedAccount & { now: Date }>> {
  const { rows } = await sql<WindowedAccount & { id: string; now: Date }>`
    select a.id, a.valid_from, a.valid_until, a.login_hours, coalesce(a.time_zone, i.time_zone) as time_zone, clock_timestamp() as now
    from account a join instance i on i.id = a.instance_id where a.id = any (${accountIds as string[]}::uuid[])`.execute(tx)
  return new Map(rows.map(({ id, ...account }) => [id, account]))
}

/** An account with what decides who may act on it. */
export type StoredAccount = Omit<AccountFields, 'loginHours'> & {
  id: string
  username: string
  usernameKey: string
  /** Of its profile. */
  permissions: string[]
}

const storedColumns = sql`a.id, a.username, a.username_key, a.full_name, a.email, a.phone, a.profile_id, a.team_id, a.language,
  a.time_zone, a.valid_from, a.valid_until, a.last_login_at`
const permissionsOf = sql`(select p.permissions from profile p where p.id = a.profile_id) as permissions`

// One look into the unique index for each, in one statement. A join with the profile could begin at the profile, and read all its accounts.

/** The accounts that have one of these usernames. */
export async function findAccountsByKeys(tx: Transaction, usernameKeys: readonly string[]): Promise<StoredAccount[]> {
  const { rows } = await sql<StoredAccount>`
    select ${storedColumns}, ${permissionsOf} from unnest(${usernameKeys as string[]}::text[]) as k (username_key)
    cross join lateral (select * from account where username_key = k.username_key limit 1) as a`.execute(tx)
  return rows
}

/** Locks the accounts that have one of these usernames, in one order for everybody. */
export async function lockAccountsByKeys(tx: Transaction, usernameKeys: readonly string[]): Promise<StoredAccount[]> {
  const found = await findAccountsByKeys(tx, usernameKeys)
  return found.length === 0
    ? []
    : lockAccounts(
        tx,
        found.map(({ id }) => id),
      )
}

/**
 * Locks accounts against everything, a login and their removal too; returns those that are still there.
 * In one order for everybody, so that two who do it never wait for each other.
 */
export async function lockAccounts(
  tx: Transaction,
  accountIds: readonly string[],
): Promise<(StoredAccount & { lastLoginAt: Date | null })[]> {
  const { rows } = await sql<StoredAccount & { lastLoginAt: Date | null }>`
    select ${storedColumns}, ${permissionsOf} from (select unnest(${accountIds as string[]}::uuid[]) as id order by 1) as k
    cross join lateral (select * from account where id = k.id for update) as a`.execute(tx)
  return rows
}

/**
 * Adds accounts in one statement and returns their ids by username key. Whose username is taken is left out: the unique key decides.
 * In the order of their keys, so that two who add the same ones never wait for each other.
 */
export async function insertAccounts(
  tx: Transaction,
  accounts: readonly ({ username: string; usernameKey: string } & Omit<AccountFields, 'loginHours'>)[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; usernameKey: string }>`
    insert into account (username, username_key, full_name, email, phone, profile_id, team_id, language, time_zone, valid_from, valid_until)
    select username, "usernameKey", "fullName", email, phone, "profileId", "teamId", language, "timeZone", "validFrom", "validUntil"
    from jsonb_to_recordset(${JSON.stringify(accounts)}::jsonb) as r (username text, "usernameKey" text, "fullName" text, email text, phone text,
      "profileId" uuid, "teamId" uuid, language text, "timeZone" text, "validFrom" date, "validUntil" date)
    order by "usernameKey"
    on conflict (instance_id, username_key) do nothing
    returning id, username_key`.execute(tx)
  return new Map(rows.map(({ id, usernameKey }) => [usernameKey, id]))
}

/** Changes what is said of many accounts, but not their hours. Call with the accounts locked. */
export async function updateAccounts(
  tx: Transaction,
  accounts: readonly ({ id: string } & Omit<AccountFields, 'loginHours'>)[],
): Promise<void> {
  await sql`
    update account a set full_name = r."fullName", email = r.email, phone = r.phone, profile_id = r."profileId", team_id = r."teamId",
      language = r.language, time_zone = r."timeZone", valid_from = r."validFrom", valid_until = r."validUntil", version = a.version + 1
    from jsonb_to_recordset(${JSON.stringify(accounts)}::jsonb) as r (id uuid, "fullName" text, email text, phone text,
      "profileId" uuid, "teamId" uuid, language text, "timeZone" text, "validFrom" date, "validUntil" date)
    where a.id = r.id`.execute(tx)
}

/** Removes many accounts and all that is their own. Call with the accounts locked. */
export async function deleteAccounts(tx: Transaction, accountIds: readonly string[]): Promise<void> {
  await sql`delete from account where id = any (${accountIds as string[]}::uuid[])`.execute(tx)
}
