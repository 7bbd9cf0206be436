import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, test } from 'node:test'
import pg from 'pg'
import { closeTestPostgres, newDatabase } from '../../test/postgres.ts'
import { tableColumns } from '../../test/table-columns.ts'
import { jobQueues } from '../system.ts'
import { migrate, refuseOldPostgres } from './migrate.ts'
import { applyRoutines, type Routine, readRoutines } from './routines.ts'

after(closeTestPostgres)

test('fault-F31 ten nodes that migrate at the same moment apply every migration once', async () => {
  const address = await newDatabase({ migrated: false })
  const applied = (await Promise.all(Array.from({ length: 10 }, () => migrate(address, jobQueues)))).flat()
  assert.deepEqual(applied.sort(), readdirSync('migrations').sort())
})

test('a migration that was edited, or is of a newer version, stops the start and changes nothing', async (t) => {
  const address = await newDatabase({ migrated: true })
  const client = new pg.Client(address)
  await client.connect()
  t.after(() => client.end())
  await client.query("insert into migration (name, checksum) values ('9999-later.sql', 'x')")
  await assert.rejects(migrate(address, jobQueues), /used by a newer Gatehouse \(migration 9999-later\.sql\)/)
  await client.query("delete from migration where name = '9999-later.sql'")
  await client.query("update migration set checksum = 'other' where name = '0001-instances.sql'")
  await assert.rejects(migrate(address, jobQueues), /0001-instances\.sql was changed after/)
})

test('a PostgreSQL older than 15 is refused by its version', async () => {
  const answering = (major: number, version: string) =>
    ({ query: async () => ({ rows: [{ major, version }] }) }) as unknown as pg.Client
  await assert.rejects(refuseOldPostgres(answering(14, '14.23')), /PostgreSQL 14\.23\. Gatehouse needs PostgreSQL 15 or newer/)
  await refuseOldPostgres(answering(15, '15.0'))
})

test('the owner need be no superuser, and row-level security binds it too', async (t) => {
  const address = await newDatabase({ migrated: false })
  const superuser = new pg.Client(address)
  await superuser.connect()
  t.after(() => superuser.end())
  const owner = `owner_of_${address.database}`
  await superuser.query(`create role ${owner} login createrole`)
  await superuser.query(`alter database ${address.database} owner to ${owner}`)
  // Roles that are there already are handed to the owner by whoever made them.
  await superuser.query(
    `do $$ begin if exists (select from pg_roles where rolname = 'gatehouse_server') then grant gatehouse_server, gatehouse_operator to ${owner}; end if; end $$`,
  )
  await migrate({ ...address, user: owner }, jobQueues)
  const client = new pg.Client({ ...address, user: owner })
  await client.connect()
  t.after(() => client.end())
  await superuser.query("insert into instance (name, hostname) values ('a', 'a.example.com')")
  await superuser.query("insert into profile (instance_id, name, permissions) select id, 'Agent', '{}' from instance")
  assert.equal((await client.query('select id from profile')).rowCount, 0)
})

test('the types of the tables are those of the migrated database', async (t) => {
  const client = new pg.Client(await newDatabase({ migrated: true }))
  await client.connect()
  t.after(() => client.end())
  const { rows } = await client.query<{ table: string; column: string; nullable: boolean }>(`
    select table_name as table, column_name as column, is_nullable = 'YES' as nullable from information_schema.columns
    where table_schema = 'public' and table_name not in ('migration', 'routine')`)
  const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  const actual = rows.map(({ table, column, nullable }) => `${camel(table)}.${camel(column)}${nullable ? ' | null' : ''}`).sort()
  assert.deepEqual(tableColumns(), actual)
})

/** What is there of these functions, such as `start_session(uuid,bytea)`. */
async function functionsOf(client: pg.Client, names: string[]): Promise<string[]> {
  const { rows } = await client.query<{ signature: string }>(
    "select oid::regprocedure::text as signature from pg_proc where pronamespace = 'public'::regnamespace and proname = any ($1) order by 1",
    [names],
  )
  return rows.map(({ signature }) => signature)
}

test('a database has each routine once, as its file has it, and no function beside them', async (t) => {
  const client = new pg.Client(await newDatabase({ migrated: true }))
  await client.connect()
  t.after(() => client.end())
  const { rows } = await client.query<{ name: string }>(
    "select proname::text as name from pg_proc where pronamespace = 'public'::regnamespace order by 1",
  )
  assert.deepEqual(
    rows.map(({ name }) => name),
    readRoutines().map(({ name }) => name),
  )
  assert.deepEqual(await applyRoutines(client), [], 'none is applied twice')
})

test('a routine that changed is applied anew, whatever it takes and answers, and one that went is dropped', async (t) => {
  const client = new pg.Client(await newDatabase({ migrated: true }))
  await client.connect()
  t.after(() => client.end())
  const routines = readRoutines()
  const probe = (text: string): Routine[] => [...routines, { name: 'probe', text, checksum: text }]
  const body = 'language sql return 1'
  const forms = ['probe(a integer) returns integer', 'probe(a text) returns integer', 'probe(a text) returns bigint']
  for (const form of forms) {
    assert.deepEqual(await applyRoutines(client, probe(`create or replace function ${form} ${body}`)), ['probe'])
    assert.equal((await functionsOf(client, ['probe'])).length, 1, form)
  }
  await assert.rejects(
    applyRoutines(client, probe('create or replace function other() returns integer language sql return 1')),
    /probe/,
  )
  assert.deepEqual(await functionsOf(client, ['probe', 'other']), ['probe(text)'], 'a failure changes nothing')
  await applyRoutines(client, routines)
  assert.deepEqual(await functionsOf(client, ['probe']), [])
  await client.query("update routine set version = '99.0.0' where name = 'take_seat'")
  await assert.rejects(applyRoutines(client), /used by Gatehouse 99\.0\.0/)
})
