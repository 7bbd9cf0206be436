// Routines: the database functions. The current text of each is one file of sql/routines/, named like the function, and is applied
// anew when it has changed; migrations/ holds tables only.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { version } from './version.ts'

const folder = fileURLToPath(new URL('../../sql/routines', import.meta.url))

export type Routine = { name: string; text: string; checksum: string }

/** Every routine of this version, by name. */
export function readRoutines(): Routine[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      return { name: file.replace(/\.sql$/, ''), text, checksum: createHash('sha256').update(text).digest('hex') }
    })
}

/**
 * Applies the routines that are not in the database as this version has them, or belong to somebody else, in one transaction, and returns their names. What has
 * the name of a routine but takes other arguments is dropped, and so is what is no routine of this version any more.
 * The caller holds the lock of the migrations.
 * @throws Error when a newer version has applied its own, or when one does not apply; nothing is changed then
 */
export async function applyRoutines(client: pg.Client, routines: readonly Routine[] = readRoutines()): Promise<string[]> {
  await client.query('create table if not exists routine (name text primary key, checksum text not null, version text not null)')
  const { rows } = await client.query<{ name: string; checksum: string; version: string }>('select * from routine')
  const newer = rows.find((row) => isNewer(row.version, version))
  if (newer) throw new Error(`The database was used by Gatehouse ${newer.version}. Start that version, or a newer one.`)
  const applied = new Map(rows.map((row) => [row.name, row.checksum]))
  const owners = await ownersOf(client)
  // A backup that was restored without its owners has the right text and the wrong owner, as whom it would see nothing.
  const isOwnedWrongly = ({ name, text }: Routine) => {
    const owner = / owner to (\w+);/.exec(text)?.[1]
    return owner !== undefined && owners.get(name) !== owner
  }
  const changed = routines.filter((routine) => applied.get(routine.name) !== routine.checksum || isOwnedWrongly(routine))
  const gone = rows.filter(({ name }) => !routines.some((routine) => routine.name === name))
  await client.query('begin')
  try {
    // One may call another that comes after it.
    await client.query('set local check_function_bodies = off')
    for (const { name } of gone) {
      await dropAll(client, name, await overloads(client, name))
      await client.query('delete from routine where name = $1', [name])
    }
    for (const routine of changed) await apply(client, routine)
    if (routines.length > 0) await client.query('update routine set version = $1 where version <> $1', [version])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
  return changed.map(({ name }) => name)
}

async function apply(client: pg.Client, { name, text, checksum }: Routine): Promise<void> {
  const before = await overloads(client, name)
  await client.query('savepoint routine')
  try {
    await client.query(text)
  } catch (error) {
    // PostgreSQL does not replace a function by one that answers with something else.
    if ((error as pg.DatabaseError).code !== '42P13') throw failed(name, error)
    await client.query('rollback to savepoint routine')
    await dropAll(client, name, before)
    await client.query(text).catch((again) => {
      throw failed(name, again)
    })
  }
  const after = await overloads(client, name)
  const made = after.filter((one) => !before.some((other) => other.signature === one.signature && other.written === one.written))
  if (made.length !== 1) throw failed(name, new Error('a file makes one function, of the name of the file'))
  await dropAll(
    client,
    name,
    after.filter((one) => one !== made[0]),
  )
  await client.query(
    'insert into routine values ($1, $2, $3) on conflict (name) do update set checksum = excluded.checksum, version = excluded.version',
    [name, checksum, version],
  )
}

async function ownersOf(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; owner: string }>(
    'select proname as name, proowner::regrole::text as owner from pg_proc where pronamespace = current_schema::regnamespace',
  )
  return new Map(rows.map(({ name, owner }) => [name, owner]))
}

type Overload = { signature: string; written: string }

/** The functions of this name, and the transaction that has written each. */
async function overloads(client: pg.Client, name: string): Promise<Overload[]> {
  const { rows } = await client.query<Overload>(
    'select oid::regprocedure::text as signature, xmin::text || ctid::text as written from pg_proc where proname = $1 and pronamespace = current_schema::regnamespace',
    [name],
  )
  return rows
}

async function dropAll(client: pg.Client, name: string, these: Overload[]): Promise<void> {
  for (const { signature } of these)
    await client.query(`drop function ${signature}`).catch((error) => {
      throw failed(name, error)
    })
}

const failed = (name: string, cause: unknown) =>
  new Error(`sql/routines/${name}.sql failed, and nothing was applied: ${(cause as Error).message}`, { cause })

/** Whether `one` comes after `other`, both like `1.2.3`. */
function isNewer(one: string, other: string): boolean {
  const [these, those] = [one, other].map((text) => text.split('.').map(Number))
  const place = these!.findIndex((part, i) => part !== (those![i] ?? 0))
  return place !== -1 && these![place]! > (those![place] ?? 0)
}
