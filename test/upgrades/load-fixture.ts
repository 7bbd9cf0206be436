// Databases as earlier versions left them, for the tests of upgrades: loaded with nothing but the client that nodes use too.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { newDatabase } from '../postgres.ts'

/** What whoever made a fixture knew, and what no database holds. */
export type Facts = {
  version: string
  /** The commit that was released as this version. */
  commit: string
  /** The last moment of the dump, by its database. */
  madeAt: string
  postgres: string
  secretKey: string
  /** The host name of each instance. */
  hosts: Record<'main' | 'acme', string>
  /** Lasting passwords of accounts of `main`, by username. */
  passwords: Record<string, string>
  /** Passwords of accounts of `main` that open only the choice of a lasting one: from a slip, and from a spreadsheet. */
  passwordsToReplace: Record<'slip' | 'given', { username: string; password: string }>
  /** The Administrator of `acme`, whose seats are all in use, and who has one all the same. */
  acmeAdmin: { username: string; password: string }
  disabled: string
  /** The cookies of a browser that is logged in, of one in which the session had been before, and of one that is choosing a password. */
  live: Visitor
  moved: Visitor
  choosing: Visitor
  /** The path of a link that was mailed. */
  recoveryLink: { username: string; path: string }
  recoveryRequest: { username: string; asked: number }
  /** The message that waits for a node. */
  waitingMessage: { id: string; username: string }
  imports: { done: { id: string; report: string }; checked: { id: string; creates: string[] } }
  /** As the application read them, by the instance. */
  rules: Record<'main' | 'acme', Record<string, unknown>>
  /** Why rules of `main` go against a clause, by the name of the rule. */
  reasons: Record<string, string>
  teams: { name: string; supervisors: string[]; members: number }[]
  profiles: { name: string; permissions: string[] }[]
  seats: { seats: number | null; reserve: number }
  /** How many rows each table had, those of the jobs too. */
  rows: Record<string, number>
  /** How many events of each kind the audit had. */
  audit: Record<string, number>
}
export type Visitor = { username: string; cookies: Record<string, string> }

export type LoadedFixture = {
  facts: Facts
  /** As the role that owns the database, and is no superuser: as an operator's role, it is bound by row-level security. */
  databaseUrl: string
  /** As a superuser, whom no policy holds back. */
  address: { host: string; user: string; database: string }
}

// Not named as the roles of the nodes are, about which tests say what they may not do.
const owner = 'owner_of_upgrades'
const roleLock = 741_911_098

/** A database of its own with everything that this version left, as if it had been in use a moment ago. Its nodes are not there any more. */
export async function loadFixture(version: string): Promise<LoadedFixture> {
  const file = (ending: string) => new URL(`${version}.${ending}`, import.meta.url)
  const facts = JSON.parse(readFileSync(file('json'), 'utf8')) as Facts
  const text = gunzipSync(readFileSync(file('sql.gz'))).toString()
  // The PostgreSQL of the tests is reached by its socket.
  const address = (await newDatabase({ migrated: false })) as LoadedFixture['address']
  await makeRoles(address)
  await inClient({ ...address, user: owner }, (client) => client.query(text))
  await inClient(address, (client) => bringToNow(client, facts.madeAt))
  const { host, database } = address
  return { facts, address, databaseUrl: `postgres://${owner}@localhost/${database}?host=${encodeURIComponent(host)}` }
}

/** Roles belong to the whole PostgreSQL: any other test may have made them. */
async function makeRoles(address: { host: string; user: string; database: string }): Promise<void> {
  await inClient({ ...address, database: 'postgres' }, async (client) => {
    await client.query('select pg_advisory_lock($1)', [roleLock])
    for (const [role, how] of Object.entries({
      gatehouse_server: 'nologin',
      gatehouse_operator: 'nologin',
      [owner]: 'login createrole',
    }))
      await client.query(
        `do $$ begin create role ${role} ${how}; exception when duplicate_object or unique_violation then null; end $$`,
      )
    await client.query(`grant gatehouse_server, gatehouse_operator to ${owner}`)
    await client.query(`alter database ${address.database} owner to ${owner}`)
  })
}

/**
 * Moves every moment by the time that has passed since the dump, and every day by its whole days: a session that was live is live,
 * a link that was good for half an hour is good for half an hour. When migrations were applied stays as it is.
 */
async function bringToNow(client: pg.Client, madeAt: string): Promise<void> {
  const { rows } = await client.query<{ name: string; moments: string[] | null; days: string[] | null }>(`
    select c.oid::regclass::text as name,
      array_agg(quote_ident(a.attname)) filter (where a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype)) as moments,
      array_agg(quote_ident(a.attname)) filter (where a.atttypid = 'date'::regtype) as days
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace) and c.relname <> 'migration'
      and a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
    group by c.oid`)
  await client.query('begin')
  // No trigger is to take this for something that a person does.
  await client.query('set local session_replication_role = replica')
  for (const { name, moments, days } of rows) {
    const changes = [
      ...(moments ?? []).map((column) => `${column} = ${column} + (now() - $1::timestamptz)`),
      ...(days ?? []).map((column) => `${column} = ${column} + extract(day from now() - $1::timestamptz)::integer`),
    ]
    await client.query(`update ${name} set ${changes.join(', ')}`, [madeAt])
  }
  await client.query('commit')
  await client.query('analyze')
}

async function inClient<T>(address: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(address)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
