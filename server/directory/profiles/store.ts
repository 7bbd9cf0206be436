import { sql } from 'kysely'
import { builtInProfiles } from '../../../contracts/permissions.ts'
import { inOrder, type Transaction } from '../../platform/database.ts'
import type { ActingAccount } from '../accounts/accounts.ts'

/** Gives a new instance its built-in profiles and returns their ids by name. */
export async function insertBuiltInProfiles(tx: Transaction): Promise<Map<string, string>> {
  const rows = await tx
    .insertInto('profile')
    .values(
      Object.entries(builtInProfiles).map(([name, permissions]) => ({ name, builtIn: true, permissions: [...permissions] })),
    )
    .returning(['id', 'name'])
    .execute()
  return new Map(rows.map(({ id, name }) => [name, id]))
}

export async function findProfileId(tx: Transaction, name: string): Promise<string | undefined> {
  const row = await tx.selectFrom('profile').select('id').where('name', '=', name).executeTakeFirst()
  return row?.id
}

export type Profile = {
  id: string
  name: string
  builtIn: boolean
  permissions: string[]
  version: number
  /** Whether it is the profile of who asks. */
  own: boolean
}

const columns = (accountId: string) => sql`p.id, p.name, p.built_in, p.permissions, p.version,
  exists (select from account where id = ${accountId} and profile_id = p.id) as own`

/** Every profile, the built-in ones first, with the number of accounts within reach that have it. */
export async function listProfiles(tx: Transaction, actor: ActingAccount): Promise<(Profile & { accounts: number })[]> {
  const reach = actor.teams === 'all' ? sql`true` : sql`a.team_id = any (${actor.teams as string[]}::uuid[])`
  const { rows } = await sql<Profile & { accounts: number }>`
    select ${columns(actor.accountId)}, coalesce(n.accounts, 0) as accounts
    from profile p left join (
      select a.profile_id, count(*)::int as accounts from account a where ${reach} group by a.profile_id
    ) n on n.profile_id = p.id
    order by p.built_in desc, case when p.built_in then -cardinality(p.permissions) end, ${inOrder('p.name')}`.execute(tx)
  return rows
}

export async function findProfile(tx: Transaction, accountId: string, profileId: string): Promise<Profile | undefined> {
  const { rows } = await sql<Profile>`select ${columns(accountId)} from profile p where p.id = ${profileId}`.execute(tx)
  return rows[0]
}

export async function countAccountsOf(tx: Transaction, profileId: string): Promise<number> {
  const { accounts } = await tx
    .selectFrom('account')
    .select(sql<number>`count(*)::int`.as('accounts'))
    .where('profileId', '=', profileId)
    .executeTakeFirstOrThrow()
  return accounts
}

/** Adds a profile and returns its id; undefined when the name is taken. */
export async function insertProfile(
  tx: Transaction,
  profile: { name: string; permissions: string[] },
): Promise<string | undefined> {
  const row = await tx
    .insertInto('profile')
    .values(profile)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

/** Changes an own profile; false when it is no longer of this version, or is a built-in one. */
export async function updateProfile(
  tx: Transaction,
  profileId: string,
  version: number,
  change: { name: string; permissions: string[] },
): Promise<boolean> {
  const row = await tx
    .updateTable('profile')
    .set({ ...change, version: sql`version + 1` })
    .where('id', '=', profileId)
    .where('version', '=', version)
    .where('builtIn', '=', false)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Removes an own profile; false when it is no longer of this version, or is a built-in one. */
export async function deleteProfile(tx: Transaction, profileId: string, version: number): Promise<boolean> {
  const row = await tx
    .deleteFrom('profile')
    .where('id', '=', profileId)
    .where('version', '=', version)
    .where('builtIn', '=', false)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
