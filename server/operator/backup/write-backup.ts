// Writes a backup while everything runs: all of one moment, without holding anybody up.
import { createWriteStream } from 'node:fs'
import { link, unlink } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { DatabaseAddress } from '../../platform/database.ts'
import { version } from '../../platform/version.ts'
import { type BackupTable, describeSchema, listInstanceIds, listTables } from './catalogue.ts'
import { type BackupHead, endOfRows } from './file.ts'

/**
 * Writes everything that the database holds into a new file; what cannot be finished leaves none.
 * @param owner who owns the tables
 * @returns the bytes of the file
 */
export async function writeBackup(owner: DatabaseAddress, keyCheck: Buffer, path: string): Promise<number> {
  const client = new pg.Client({ ...owner, application_name: 'gatehouse backup', connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  const unfinished = `${path}.unfinished-${process.pid}`
  const file = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true })
  try {
    await client.query('begin isolation level repeatable read read only')
    await pipeline(Readable.from(contents(client, keyCheck), { objectMode: false }), createGzip(), file)
    // Not over one that is there.
    await link(unfinished, path)
    return file.bytesWritten
  } finally {
    await client.end()
    await unlink(unfinished).catch(() => {})
  }
}

async function* contents(client: pg.Client, keyCheck: Buffer): AsyncGenerator<Buffer> {
  const line = (said: object) => Buffer.from(`${JSON.stringify(said)}\n`)
  const head: BackupHead = {
    format: 'gatehouse backup 1',
    version,
    schema: await describeSchema(client),
    keyCheck: keyCheck.toString('hex'),
    madeAt: new Date().toISOString(),
  }
  yield line(head)
  const instances = await listScopes(client)
  for (const table of await listTables(client)) {
    yield line({ table: table.name, columns: table.columns })
    for (const instance of table.ofInstances ? instances : [undefined]) yield* rowsOf(client, table, instance)
    yield Buffer.from(`${endOfRows}\n`)
  }
  yield line({ end: true })
}

/** The instances one by one, or all at once for a role that row-level security does not bind. */
async function listScopes(client: pg.Client): Promise<(string | undefined)[]> {
  const { rows } = await client.query<{ seesAll: boolean }>(
    'select rolsuper or rolbypassrls as "seesAll" from pg_roles where rolname = current_user',
  )
  if (rows[0]!.seesAll) return [undefined]
  return listInstanceIds(client)
}

async function* rowsOf(client: pg.Client, { name, columns, where }: BackupTable, instance: string | undefined) {
  if (instance !== undefined) await client.query("select set_config('gatehouse.instance_id', $1, true)", [instance])
  // The owner of the tables sees no instance; the operator sees all of them.
  const asOperator = name === 'instance'
  if (asOperator) await client.query('set local role gatehouse_operator')
  yield* client.query(copyTo(`copy (select ${columns.join(', ')} from ${name} where ${where}) to stdout`))
  if (asOperator) await client.query('reset role')
}
