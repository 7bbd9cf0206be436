// The login role that serves: it may act as gatehouse_server, and as nobody else. So what finds its way into a statement finds neither
// the owner of the tables behind it, nor the operator, nor a superuser.
import { readdirSync } from 'node:fs'
import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import { type Database, type DatabaseAddress, nodeOptions } from './database.ts'
import { migrationsFolder } from './migrate.ts'
import { readRoutines } from './routines.ts'
import type { Tables } from './tables.ts'

/** Makes the serving role of the embedded PostgreSQL. Any number of processes may do it at once. Call it as the owner, once it is migrated. */
export async function makeServingRole(owner: DatabaseAddress): Promise<void> {
  await withClient(owner, '', (client) =>
    client.query(`do $$ begin
      if not exists (select from pg_roles where rolname = 'gatehouse_node') then create role gatehouse_node login; end if;
      if not pg_has_role('gatehouse_node', 'gatehouse_server', 'member') then grant gatehouse_server to gatehouse_node; end if;
    exception when duplicate_object or unique_violation then null; end $$`),
  )
}

/** Whether this login role owns the tables, or there are none yet. */
export function mayMigrate(address: DatabaseAddress): Promise<boolean> {
  return withClient(address, '', async (client) => {
    const { rows } = await client.query<{ may: boolean }>(
      "select coalesce((select pg_has_role(relowner, 'member') from pg_class where oid = to_regclass('public.migration')), true) as may",
    )
    return rows[0]!.may
  })
}

export type Login = { name: string; isSuperuser: boolean; ownsTables: boolean; mayOperate: boolean }

/** Who a node logs in as, and what that role could become. */
export function describeLogin(address: DatabaseAddress): Promise<Login> {
  return withClient(address, nodeOptions, async (client) => {
    const { rows } = await client.query<Login>(`
      select session_user as name, r.rolsuper or r.rolbypassrls as "isSuperuser", pg_has_role(session_user, 'gatehouse_operator', 'member') as "mayOperate",
        exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and pg_has_role(session_user, c.relowner, 'member')) as "ownsTables"
      from pg_roles r where r.rolname = session_user`)
    return rows[0]!
  })
}

/**
 * For a node that may not migrate.
 * @throws Error that says what to do, when the database is not that of this version
 */
export async function refuseUnmigrated(database: Database): Promise<void> {
  const { migrations, routines } = await database.call(appliedOf)
  const files = readdirSync(migrationsFolder).filter((name) => name.endsWith('.sql'))
  const newer = migrations.find((name) => !files.includes(name))
  if (newer !== undefined)
    throw new Error(`The database was used by a newer Gatehouse (migration ${newer}). Start that version, or a newer one.`)
  const missing = files.find((name) => !migrations.includes(name))
  const changed = readRoutines().find(({ name, checksum }) => routines.get(name) !== checksum)
  if (missing !== undefined || changed !== undefined)
    throw new Error(
      `The database is not that of this version yet (${missing ?? changed?.name}), and the login role of DATABASE_URL does not own it. ` +
        'Run `gatehouse migrate` with DATABASE_OWNER_URL, or give that to the node.',
    )
}

async function appliedOf(db: Kysely<Tables>): Promise<{ migrations: string[]; routines: Map<string, string> }> {
  try {
    const { rows } = await sql<{ isRoutine: boolean; name: string; checksum: string }>`select * from applied_versions()`.execute(
      db,
    )
    return {
      migrations: rows.filter(({ isRoutine }) => !isRoutine).map(({ name }) => name),
      routines: new Map(rows.filter(({ isRoutine }) => isRoutine).map(({ name, checksum }) => [name, checksum])),
    }
  } catch (error) {
    // The function came with a later version than that of the database.
    if ((error as { code?: string }).code !== '42883') throw error
    return { migrations: [], routines: new Map() }
  }
}

async function withClient<T>(address: DatabaseAddress, options: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...address, options, application_name: 'gatehouse', connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
