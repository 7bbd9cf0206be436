// What a node logs in as, and what that role can never do, whatever finds its way into a statement.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import type pg from 'pg'
import { connect } from '../../test/connect.ts'
import { startNodes } from '../../test/nodes.ts'
import { newDatabase } from '../../test/postgres.ts'
import { newProgram } from '../../test/server.ts'
import { readConfig } from '../config.ts'
import { ensureMain } from '../operator/create-instance.ts'
import { openServing, openSystem } from '../system.ts'
import { nodeOptions } from './database.ts'
import { applyRoutines } from './routines.ts'

/** Everything by which a role would come to more than it was given; each begins as a node's connection does. */
const attempts = [
  'set role gatehouse',
  'set role gatehouse_operator',
  'set session authorization gatehouse',
  'reset role; select * from pg_authid',
  'reset role; set role gatehouse',
  'reset role; set role gatehouse_operator',
  'reset role; set role pg_read_server_files',
  'select * from pg_authid',
  "select pg_read_file('/etc/passwd')",
  "copy account to program 'true'",
  "copy account to '/tmp/gatehouse-stolen'",
  'set row_security = off; select * from account',
  'reset role; set row_security = off; select * from account',
  'alter table account disable row level security',
  'drop policy own on account',
  'reset role; alter table account owner to current_user',
  'create table public.mine (id integer)',
  'reset role; create table public.mine (id integer)',
  'create schema mine',
  'create function public.mine() returns integer language sql return 1',
  'create or replace function current_instance_id() returns uuid language sql return null::uuid',
  'create role mine',
  'reset role; create role mine',
  'create database mine',
  'create extension file_fdw',
  'alter system set log_statement = off',
  'delete from audit_event',
  'update audit_event set at = now()',
  'reset role; truncate audit_event',
  "insert into instance (name, hostname) values ('mine', 'mine.example.com')",
  "update instance set hostname = 'mine.example.com'",
  'update instance set seats = null',
  'select * from installation',
  "insert into migration (name, checksum) values ('x', 'x')",
  'delete from routine',
  'grant gatehouse_operator to gatehouse_node',
]

async function refusesAll(client: pg.Client): Promise<void> {
  for (const attempt of attempts) {
    await assert.rejects(
      client.query(attempt),
      (error: pg.DatabaseError) =>
        ['42501', '42704', '22023'].includes(error.code ?? '') || /permission denied|must be|not permitted/.test(error.message),
      attempt,
    )
  }
}

test('asvs-13.2.2 a node’s login role becomes neither owner, operator nor superuser, reads no password of PostgreSQL, and creates nothing', async (t) => {
  const system = await startNodes(t)
  await system.addInstance('other', 'other.example.com')
  const [own] = await system.sql<{ roles: string[] }>(
    "select array_agg(distinct usename::text) as roles from pg_stat_activity where datname = current_database() and application_name in ('gatehouse', 'gatehouse notices', 'gatehouse jobs') and usename <> 'gatehouse'",
  )
  assert.ok(own)
  const node = await connect(t, { ...system.address, user: 'gatehouse_node', options: nodeOptions })
  await refusesAll(node)
  const { rows: flags } = await node.query(
    'select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication from pg_roles where rolname = session_user',
  )
  assert.deepEqual(flags, [
    { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false, rolreplication: false },
  ])
  // The two that all of this would be for: no row of any instance, by either name.
  for (const who of ['', 'reset role;']) {
    const answers = (await node.query(
      `${who} select id from account; select id from instance; set role gatehouse_server`,
    )) as unknown as pg.QueryResult[]
    assert.deepEqual(
      answers.filter(({ command }) => command === 'SELECT').map(({ rowCount }) => rowCount),
      [0, 0],
      who,
    )
  }
})

test('asvs-13.2.2 what nodes hear across instances is ids and names, and only through the functions that say so', async (t) => {
  const system = await startNodes(t)
  const { instance } = await system.addInstance('other', 'other.example.com')
  const node = await connect(t, { ...system.address, user: 'gatehouse_node', options: nodeOptions })
  const { rows } = await node.query('select * from list_instances()')
  assert.deepEqual(rows, [
    { id: system.main.id, name: 'main' },
    { id: instance.id, name: 'other' },
  ])
  assert.deepEqual(
    (await node.query('select * from abandoned_imports(0)')).fields.map(({ name }) => name),
    ['instance_id', 'import_id'],
  )
  assert.deepEqual((await node.query('select is_key_check($1) as known', [Buffer.alloc(32)])).rows, [{ known: null }])
  // Every function that acts as somebody else is named here, closed to all but the server, and safe against names of its caller's.
  const definers = await system.sql<{ name: string; owner: string; path: string[]; isPublic: boolean }>(`
    select p.proname as name, p.proowner::regrole::text as owner, p.proconfig as path, has_function_privilege('public', p.oid, 'execute') as "isPublic"
    from pg_proc p where p.prosecdef and p.pronamespace = 'public'::regnamespace order by 1`)
  assert.deepEqual(
    definers.map(({ name, owner }) => [name, owner]),
    [
      ['abandoned_imports', 'gatehouse_operator'],
      ['applied_versions', 'gatehouse'],
      // Of the transaction's instance only, and the operator's alone.
      ['erase_from_audit', 'gatehouse'],
      ['is_key_check', 'gatehouse_operator'],
      ['list_instances', 'gatehouse_operator'],
      ['look_at_grown_tables', 'gatehouse'],
      // Of the transaction's instance only.
      ['remove_old_audit', 'gatehouse'],
    ],
  )
  for (const { name, path, isPublic } of definers) {
    assert.match(String(path), /^search_path=pg_catalog, public/, name)
    assert.equal(isPublic, false, name)
  }
  // A backup that was restored without its owners.
  const superuser = await connect(t, system.address)
  await superuser.query('alter function list_instances() owner to gatehouse')
  assert.deepEqual(await applyRoutines(superuser), ['list_instances'])
  assert.deepEqual(await applyRoutines(superuser), [])
  const [operator] = await system.sql("select has_schema_privilege('gatehouse_operator', 'public', 'create') as may")
  assert.deepEqual(operator, { may: false })
})

test('the embedded PostgreSQL is served from as that role, and the doctor says whom nodes log in as', async (t) => {
  const program = await newProgram(t)
  const { started } = await program.serve()
  assert.ok(started.initialPassword, 'the first start has migrated and made main')
  const socket = join(program.env.DATA_DIR!, 'postgres-socket')
  const owner = await connect(t, { host: socket, user: 'gatehouse', database: 'gatehouse' })
  const { rows } = await owner.query(
    "select distinct usename::text as role from pg_stat_activity where application_name in ('gatehouse', 'gatehouse notices', 'gatehouse jobs')",
  )
  assert.deepEqual(rows, [{ role: 'gatehouse_node' }])
  await refusesAll(await connect(t, { host: socket, user: 'gatehouse_node', database: 'gatehouse', options: nodeOptions }))
  assert.match(
    (await program.run('doctor')).stdout,
    /ok {3}login role: nodes log in as gatehouse_node, who can become nobody else/,
  )
})

test('with a PostgreSQL of one’s own the owner can be kept from the nodes, given to them, or be the only role there is', async (t) => {
  const address = (await newDatabase({ migrated: false })) as { host: string; database: string }
  const url = (user: string) => `postgres://${user}@localhost/${address.database}?host=${encodeURIComponent(address.host)}`
  const secretKey = randomBytes(32).toString('hex')
  const config = (urls: Record<string, string>) => readConfig({ SECRET_KEY: secretKey, ...urls })
  const serve = async (urls: Record<string, string>) => {
    const system = await openServing(
      config(urls),
      () => {},
      (whole) => ensureMain(whole, 'localhost'),
    )
    await system.close()
    return system
  }
  const node = { DATABASE_URL: url('gatehouse_node') }
  const owner = { DATABASE_OWNER_URL: url('gatehouse') }

  await assert.rejects(serve(node), 'a node alone makes nothing')
  const migrated = await openSystem(config({ ...node, ...owner }), () => {})
  assert.ok(migrated.migrated.length > 0, 'a command migrates as the owner')
  await migrated.close()
  await assert.rejects(serve(node), /The instance "main" does not answer at localhost/)
  assert.ok((await serve({ ...node, ...owner })).prepared?.initialPassword, 'a node that has both makes the first instance')
  assert.equal((await serve(node)).prepared, undefined, 'and then it serves alone')
  await assert.rejects(
    openServing(
      readConfig({ ...node, SECRET_KEY: randomBytes(32).toString('hex') }),
      () => {},
      async () => {},
    ),
    /SECRET_KEY is not the one/,
  )
  const superuser = await connect(t, address)
  for (const [change, undo, says] of [
    ["update routine set checksum = 'x' where name = 'take_seat'", undefined, /not that of this version yet \(take_seat\)/],
    [
      "insert into migration (name, checksum) values ('9999-later.sql', 'x')",
      "delete from migration where name = '9999-later.sql'",
      /newer Gatehouse/,
    ],
  ] as const) {
    await superuser.query(change)
    await assert.rejects(serve(node), says)
    if (undo !== undefined) await superuser.query(undo)
  }
  // One role for everything, as before.
  const alone = { DATABASE_URL: url('gatehouse') }
  await serve(alone)
  const { describeLogin } = await import('./serving-role.ts')
  assert.equal((await describeLogin({ connectionString: alone.DATABASE_URL })).ownsTables, true)
  assert.deepEqual(await describeLogin({ connectionString: node.DATABASE_URL }), {
    name: 'gatehouse_node',
    isSuperuser: false,
    ownsTables: false,
    mayOperate: false,
  })
})
