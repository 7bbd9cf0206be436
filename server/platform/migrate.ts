// Migrations: plain SQL files, applied in order, each once, by any number of nodes at the same time.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { DatabaseAddress } from './database.ts'
import { type JobQueue, migrateJobs } from './jobs.ts'
import { applyRoutines } from './routines.ts'

export const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url))
const oldestPostgres = 15
// Any number will do, as long as nobody else in this database uses it for something else.
const migrationLock = 741_911_001

/**
 * Brings the database up to this version and returns the names of the migrations that it applied.
 * @throws Error when PostgreSQL is too old, when the database is newer than this version, or when an applied migration was edited
 */
export async function migrate(address: DatabaseAddress, queues: readonly JobQueue[]): Promise<string[]> {
  const client = new pg.Client({ ...address, application_name: 'gatehouse migrate', connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    await refuseOldPostgres(client)
    await takeTurn(client)
    const applied = await applyMissing(client)
    await applyRoutines(client)
    await migrateJobs(client, queues)
    return applied
  } finally {
    await client.end()
  }
}

/** Asks for the lock again and again: a statement that waits for it would hold up an index that another node builds `concurrently`. */
async function takeTurn(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [migrationLock])
    if (rows[0]!.mine) return
    await wait(50)
  }
}

/** @throws Error naming the version found and the oldest one that works */
export async function refuseOldPostgres(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ major: number; version: string }>(
    "select current_setting('server_version_num')::int / 10000 as major, current_setting('server_version') as version",
  )
  const found = rows[0]!
  if (found.major < oldestPostgres)
    throw new Error(`DATABASE_URL leads to PostgreSQL ${found.version}. Gatehouse needs PostgreSQL ${oldestPostgres} or newer.`)
}

async function applyMissing(client: pg.Client): Promise<string[]> {
  await client.query(
    'create table if not exists migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
  )
  const { rows } = await client.query<{ name: string; checksum: string }>('select name, checksum from migration')
  const applied = new Map(rows.map((row) => [row.name, row.checksum]))
  const files = readdirSync(migrationsFolder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  const unknown = [...applied.keys()].filter((name) => !files.includes(name))
  if (unknown.length > 0)
    throw new Error(
      `The database was used by a newer Gatehouse (migration ${unknown.join(', ')}). Start that version, or a newer one.`,
    )

  const done: string[] = []
  for (const name of files) {
    const text = readFileSync(join(migrationsFolder, name), 'utf8')
    const checksum = createHash('sha256').update(text).digest('hex')
    if (applied.has(name)) {
      if (applied.get(name) !== checksum)
        throw new Error(`migrations/${name} was changed after it had been applied. Write a new migration instead.`)
      continue
    }
    await client.query('begin')
    try {
      await client.query(text)
      await client.query('insert into migration (name, checksum) values ($1, $2)', [name, checksum])
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      throw new Error(`migrations/${name} failed, and nothing of it was applied: ${(error as Error).message}`, { cause: error })
    }
    done.push(name)
  }
  return done
}
