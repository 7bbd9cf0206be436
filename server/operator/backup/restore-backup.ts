// Fills an empty database from a backup, all of it or nothing.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { DatabaseAddress } from '../../platform/database.ts'
import { OperatorError } from '../problems.ts'
import { describeSchema, listInstanceIds, listTables } from './catalogue.ts'
import type { BackupHead, BackupPart } from './file.ts'

/**
 * @param owner who owns the tables of a database that this version has just made
 * @throws OperatorError when something is there already, or the backup is of another version
 */
export async function restoreBackup(
  owner: DatabaseAddress,
  head: BackupHead,
  parts: AsyncIterable<BackupPart>,
): Promise<{ rows: number }> {
  const client = new pg.Client({ ...owner, application_name: 'gatehouse restore', connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('begin')
    await refuseOther(client, head)
    const tables = new Map((await listTables(client)).map((table) => [table.name, table]))
    const { rows: forced } = await client.query<{ name: string }>(
      "select oid::regclass::text as name from pg_class where relnamespace = 'public'::regnamespace and relforcerowsecurity",
    )
    // What is restored was judged when it was written: no trigger looks at it again, and the owner sees all of it.
    for (const { name } of forced) await client.query(`alter table ${name} no force row level security`)
    const own = [...tables.keys()].filter((name) => !name.includes('.'))
    for (const name of own) await client.query(`alter table ${name} disable trigger user`)
    let rows = 0
    for await (const part of parts) {
      const { table: name, columns } = part.table
      const table = tables.get(name)
      if (table === undefined || String(table.columns) !== String(columns))
        throw new OperatorError(`The backup has a table ${name} that this version does not know so.`)
      const target = client.query(copyFrom(`copy ${name} (${columns.join(', ')}) from stdin`))
      await pipeline(Readable.from(part.rows, { objectMode: false }), target)
      rows += target.rowCount
    }
    await continueNumbers(client)
    for (const name of own) await client.query(`alter table ${name} enable trigger user`)
    for (const { name } of forced) await client.query(`alter table ${name} force row level security`)
    await client.query('commit')
    return { rows }
  } finally {
    // Without its commit nothing has happened.
    await client.end()
  }
}

async function refuseOther(client: pg.Client, { schema, version }: BackupHead): Promise<void> {
  const here = await describeSchema(client)
  if (String(here) !== String(schema))
    throw new OperatorError(`The backup was made by Gatehouse ${version}. Restore it with that version, and upgrade afterwards.`)
  if ((await listInstanceIds(client)).length > 0)
    throw new OperatorError('There are instances in this database. A backup is restored into an empty one only.')
}

/** Numbers go on where they were; those of transactions are this server's. docs/decisions/0016-events-are-read-from-the-audit.md */
async function continueNumbers(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; column: string }>(
    "select attrelid::regclass::text as name, attname as column from pg_attribute join pg_class c on c.oid = attrelid where attidentity <> '' and c.relnamespace = 'public'::regnamespace",
  )
  for (const { name, column } of rows)
    await client.query(
      `select setval(pg_get_serial_sequence($1, $2), (select coalesce(max(${column}), 0) + 1 from ${name}), false)`,
      [name, column],
    )
  for (const name of ['audit_event', 'audit_seal'])
    await client.query(
      `update ${name} set horizon = pg_current_xact_id()::text::bigint where horizon > pg_current_xact_id()::text::bigint`,
    )
}
