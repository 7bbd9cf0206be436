import { sql } from 'kysely'
import type { ModuleKind, SigningAlgorithm } from '../../../contracts/modules.ts'
import type { Transaction } from '../../platform/database.ts'

/** What somebody says of a module. */
export type ModuleFields = {
  name: string
  enabled: boolean
  /** Where people open it; null where there is nothing to open. */
  address: string | null
  /** Whether it is among the tiles at home. */
  onHome: boolean
  redirectAddresses: string[]
  afterLogoutAddresses: string[]
  /** Where it is told that a session has ended. */
  logoutAddress: string | null
  signing: SigningAlgorithm
  withoutPkce: boolean
  /** Who may use it: whoever has one of these profiles, or is in one of these teams; by their ids. */
  profiles: string[]
  teams: string[]
  /** Those of the profiles that land here after the login, when they were going nowhere else. */
  landing: string[]
}

export type Module = ModuleFields & {
  id: string
  clientId: string
  kind: ModuleKind
  version: number
  secrets: { id: string; hint: string; createdAt: string }[]
}

const columns = [
  'id',
  'clientId',
  'name',
  'kind',
  'enabled',
  'address',
  'onHome',
  'redirectAddresses',
  'afterLogoutAddresses',
  'logoutAddress',
  'signing',
  'withoutPkce',
  'version',
] as const

const together = [
  sql<string[]>`array(select profile_id from module_profile p where p.module_id = module.id order by 1)`.as('profiles'),
  sql<string[]>`array(select profile_id from module_profile p where p.module_id = module.id and p.lands order by 1)`.as(
    'landing',
  ),
  sql<string[]>`array(select team_id from module_team t where t.module_id = module.id order by 1)`.as('teams'),
  sql<
    Module['secrets']
  >`coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'hint', s.hint, 'createdAt', s.created_at) order by s.created_at)
    from module_secret s where s.module_id = module.id), '[]')`.as('secrets'),
]

export async function listModules(tx: Transaction): Promise<Module[]> {
  return tx.selectFrom('module').select(columns).select(together).orderBy(sql`lower(name)`).execute()
}

/** A module, and nobody changes it until the transaction ends. */
export async function lockModule(tx: Transaction, id: string): Promise<Module | undefined> {
  await sql`select from module where id = ${id} for no key update`.execute(tx)
  return tx.selectFrom('module').select(columns).select(together).where('id', '=', id).executeTakeFirst()
}

export async function findModuleByClientId(tx: Transaction, clientId: string): Promise<Module | undefined> {
  return tx.selectFrom('module').select(columns).select(together).where('clientId', '=', clientId).executeTakeFirst()
}

/** Adds a module and returns its id; undefined when the name is taken. */
export async function insertModule(
  tx: Transaction,
  clientId: string,
  kind: ModuleKind,
  { profiles, teams, landing, ...fields }: ModuleFields,
): Promise<string | undefined> {
  const row = await tx
    .insertInto('module')
    .values({ clientId, kind, ...fields })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

export async function updateModule(
  tx: Transaction,
  id: string,
  { profiles, teams, landing, ...fields }: ModuleFields,
): Promise<void> {
  await tx
    .updateTable('module')
    .set({ ...fields, version: sql`version + 1` })
    .where('id', '=', id)
    .execute()
}

export async function deleteModule(tx: Transaction, id: string): Promise<void> {
  await tx.deleteFrom('module').where('id', '=', id).execute()
}

/** Gives a module to these, and takes it from all others. Whoever lands here lands at no other module any more: those are returned. */
export async function replaceUsers(
  tx: Transaction,
  moduleId: string,
  { profiles, teams, landing }: Pick<ModuleFields, 'profiles' | 'teams' | 'landing'>,
): Promise<string[]> {
  const elsewhere =
    landing.length === 0
      ? []
      : await tx
          .updateTable('moduleProfile')
          .set({ lands: false })
          .where('profileId', 'in', landing)
          .where('moduleId', '<>', moduleId)
          .where('lands', '=', true)
          .returning('moduleId')
          .execute()
  await tx.deleteFrom('moduleProfile').where('moduleId', '=', moduleId).execute()
  await tx.deleteFrom('moduleTeam').where('moduleId', '=', moduleId).execute()
  if (profiles.length > 0)
    await tx
      .insertInto('moduleProfile')
      .values(profiles.map((profileId) => ({ moduleId, profileId, lands: landing.includes(profileId) })))
      .execute()
  if (teams.length > 0)
    await tx
      .insertInto('moduleTeam')
      .values(teams.map((teamId) => ({ moduleId, teamId })))
      .execute()
  return [...new Set(elsewhere.map((row) => row.moduleId))]
}

/** Those of the ids that are profiles, and those that are teams. */
export async function knownUsers(
  tx: Transaction,
  profiles: readonly string[],
  teams: readonly string[],
): Promise<{ profiles: Map<string, string>; teams: Map<string, string> }> {
  const { rows } = await sql<{ what: 'profile' | 'team'; id: string; name: string }>`
    select 'profile' as what, id, name from profile where id = any (${profiles as string[]}::uuid[])
    union all select 'team', id, name from team where id = any (${teams as string[]}::uuid[])`.execute(tx)
  const named = (what: string) => new Map(rows.filter((row) => row.what === what).map(({ id, name }) => [id, name]))
  return { profiles: named('profile'), teams: named('team') }
}

/** Whether no other module behind a proxy answers at this host, nor the instance itself. The index decides when two come at once. */
export async function isHostFree(tx: Transaction, host: string, except: string | undefined): Promise<boolean> {
  const { rows } = await sql`
    select from module where host = ${host} and id is distinct from ${except ?? null}
    union all select from instance where hostname = ${host.replace(/:\d+$/, '')}`.execute(tx)
  return rows.length === 0
}

export async function insertSecret(tx: Transaction, moduleId: string, secretHash: Buffer, hint: string): Promise<void> {
  await tx.insertInto('moduleSecret').values({ moduleId, secretHash, hint }).execute()
}

export async function deleteSecret(tx: Transaction, moduleId: string, id: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('moduleSecret')
    .where('moduleId', '=', moduleId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** The hashes of the secrets that a module proves itself with. */
export async function secretHashes(tx: Transaction, clientId: string): Promise<Buffer[]> {
  const rows = await tx
    .selectFrom('moduleSecret')
    .innerJoin('module', 'module.id', 'moduleSecret.moduleId')
    .select('secretHash')
    .where('module.clientId', '=', clientId)
    .execute()
  return rows.map(({ secretHash }) => secretHash)
}

/** What a module that somebody may use is on their home. */
export type Tile = { id: string; name: string; address: string }

/** The modules that a person may use and can open. */
export async function listTiles(tx: Transaction, accountId: string): Promise<Tile[]> {
  const { rows } = await sql<Tile>`
    select m.id, m.name, m.address from module m join account a on a.id = ${accountId}
    where m.on_home and m.address is not null and may_use_module(m, a) order by lower(m.name)`.execute(tx)
  return rows
}

/** A person, as modules are told of them. */
export type Person = {
  accountId: string
  username: string
  fullName: string
  email: string | null
  phone: string | null
  language: string | null
  timeZone: string
  profile: string
  team: string | null
}

/** A person who is enabled. */
export async function findPerson(tx: Transaction, accountId: string): Promise<Person | undefined> {
  const { rows } = await sql<Person>`
    select a.id as account_id, a.username, a.full_name, a.email, a.phone, coalesce(a.language, i.language) as language,
      coalesce(a.time_zone, i.time_zone) as time_zone, p.name as profile, t.name as team
    from account a join profile p on p.id = a.profile_id join instance i on i.id = a.instance_id
    left join team t on t.id = a.team_id
    where a.id = ${accountId} and a.enabled`.execute(tx)
  return rows[0]
}
