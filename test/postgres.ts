// The PostgreSQL of the tests.
import { createHash, randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import packageOfJobs from 'pg-boss/package.json' with { type: 'json' }
import type { DatabaseAddress } from '../server/platform/database.ts'
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../server/platform/embedded-postgres.ts'
import { migrate } from '../server/platform/migrate.ts'
import { makeServingRole } from '../server/platform/serving-role.ts'
import { jobQueues } from '../server/system.ts'

const postgresFolder = process.env.GATEHOUSE_TEST_FOLDER ?? join(tmpdir(), `gatehouse-test-${process.getuid?.()}`)
const migrations = globSync(['migrations/*.sql', 'sql/routines/*.sql'])
  .sort()
  .map((path) => readFileSync(path, 'utf8'))
const made = createHash('sha256')
  .update(migrations.join())
  .update(JSON.stringify([packageOfJobs.version, jobQueues]))
const template = `gatehouse_template_${made.digest('hex').slice(0, 16)}`
const templateLock = 741_911_099

let postgres: Promise<EmbeddedPostgres> | undefined
const databases: string[] = []

/** The PostgreSQL of the tests: one for all test files, without the durability that only a power cut would show. */
export function testPostgres(): Promise<EmbeddedPostgres> {
  postgres ??= openEmbeddedPostgres(postgresFolder, () => {}, { fsync: 'off', full_page_writes: 'off', max_connections: '400' })
  return postgres
}

/** Removes what this process made there, and lets go of it. A test file that uses it says `after(closeTestPostgres)`, or its process would not end. */
export async function closeTestPostgres(): Promise<void> {
  const open = await postgres
  // In a whole run they go with the folder, which is faster.
  if (open !== undefined && process.env.GATEHOUSE_TEST_FOLDER === undefined) {
    const client = new pg.Client({ ...open.address, database: 'postgres' })
    await client.connect()
    for (const name of databases) await client.query(`drop database if exists ${name} with (force)`)
    await client.end()
  }
  await open?.close()
}

/** A new empty database, or a migrated one, until `closeTestPostgres`. */
export async function newDatabase({ migrated }: { migrated: boolean }): Promise<DatabaseAddress & { database: string }> {
  const { address } = await testPostgres()
  const client = new pg.Client({ ...address, database: 'postgres' })
  await client.connect()
  try {
    const name = `${process.env.GATEHOUSE_TEST_DATABASES ?? 'test'}_${randomBytes(8).toString('hex')}`
    // One at a time: PostgreSQL copies a template only while nobody uses it.
    await client.query('select pg_advisory_lock($1)', [templateLock])
    if (migrated) {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [template])
      if (rowCount === 0) {
        await client.query(`create database ${template}_new`)
        await migrate({ ...address, database: `${template}_new` }, jobQueues)
        await makeServingRole({ ...address, database: `${template}_new` })
        await client.query(`alter database ${template}_new rename to ${template}`)
      }
    }
    databases.push(name)
    await client.query(`create database ${name} ${migrated ? `template ${template}` : ''}`)
    return { ...address, database: name }
  } finally {
    await client.end()
  }
}
