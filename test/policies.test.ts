// Every table of instances, read from the catalogue: with a row of another instance in each, nothing of it is seen, changed or made.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type pg from 'pg'
import { nodeOptions } from '../server/platform/database.ts'
import { connect } from './connect.ts'
import { startNodes, type TestSystem } from './nodes.ts'

type Column = { name: string; type: string; allowed: string | null }

/** What any column of a type takes; a list of words in a check gives its first one. */
function sample({ name, type, allowed }: Column, instanceId: string): string {
  if (name === 'instance_id') return `'${instanceId}'`
  const word = /'([^']+)'::text/.exec(allowed ?? '')?.[1]
  if (word !== undefined && type === 'text') return `'${word}'`
  const values: Record<string, string> = {
    uuid: 'gen_random_uuid()',
    text: "'x'",
    'text[]': "'{}'",
    bytea: "sha256('x')",
    integer: '1',
    bigint: '1',
    smallint: '1',
    boolean: 'true',
    date: "'2026-01-01'",
    'timestamp with time zone': 'now()',
    inet: "'192.0.2.1'",
    jsonb: "'{}'",
  }
  const value = values[type]
  assert.ok(value, `say what a column of the type ${type} takes`)
  return value
}

/** A connection whose writes no foreign key and no trigger looks at; checks do. */
async function unchecked(t: TestContext, system: TestSystem): Promise<pg.Client> {
  const client = await connect(t, system.address)
  await client.query('set session_replication_role = replica')
  return client
}

/** Puts a row of an instance into every table that has instances, whatever the row would lead to. */
async function fillEveryTable(t: TestContext, system: TestSystem, instanceId: string): Promise<string[]> {
  const tables = await system.sql<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'instance_id' and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
  )
  const superuser = await unchecked(t, system)
  for (const { name } of tables) {
    const columns = await system.sql<Column>(
      `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
         (select string_agg(pg_get_constraintdef(k.oid), ' ') from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'c' and a.attnum = any (k.conkey)) as allowed
       from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attnotnull
         and (d.adbin is null or a.attname = 'instance_id') and a.attidentity = '' and a.attgenerated = ''`,
      [name],
    )
    const names = columns.map((column) => column.name).join(', ')
    const values = columns.map((column) => sample(column, instanceId)).join(', ')
    await superuser.query(`insert into ${name} (${names}) values (${values}) on conflict do nothing`).catch((error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error })
    })
  }
  return tables.map(({ name }) => name)
}

test('asvs-8.2.2 cve-C14 every table of instances shows, changes and takes nothing of another instance, with a row of it there', async (t) => {
  const system = await startNodes(t)
  const other = '00000000-0000-4000-8000-00000000000a'
  await system.sql("insert into instance (id, name, hostname) values ($1, 'other', 'other.example.com')", [other])
  const tables = await fillEveryTable(t, system, other)
  assert.ok(tables.length > 20)
  const node = await connect(t, { ...system.address, user: 'gatehouse_node', options: nodeOptions })
  const seenAs = async (instanceId: string, table: string) => {
    await node.query("select set_config('gatehouse.instance_id', $1, false)", [instanceId])
    const { rows } = await node.query<{ n: number }>(`select count(*)::int as n from ${table} where instance_id = $1`, [other])
    return rows[0]!.n
  }
  const may = async (right: string, table: string) =>
    (await system.sql<{ may: boolean }>("select has_table_privilege('gatehouse_server', $1, $2) as may", [table, right]))[0]!.may
  for (const table of tables) {
    assert.ok((await seenAs(other, table)) > 0, `${table}: its own row is seen`)
    assert.equal(await seenAs(system.main.id, table), 0, `${table} shows a row of another instance`)
    assert.equal(await seenAs('', table), 0, `${table} shows a row where there is no instance`)
    await seenAs(system.main.id, table)
    if (await may('update', table))
      assert.equal(
        (await node.query(`update ${table} set instance_id = instance_id where instance_id = '${other}'`)).rowCount,
        0,
        table,
      )
    if (await may('delete', table))
      assert.equal((await node.query(`delete from ${table} where instance_id = '${other}'`)).rowCount, 0, table)
    if (await may('insert', table))
      await assert.rejects(
        node.query(`insert into ${table} (instance_id) values ('${other}')`),
        /row-level security|null value/,
        table,
      )
  }
  await emptyAll(t, system, tables, other)
})

/** What was put there belongs to nobody: no invariant holds for it. */
async function emptyAll(t: TestContext, system: TestSystem, tables: readonly string[], instanceId: string): Promise<void> {
  const superuser = await unchecked(t, system)
  for (const table of tables) await superuser.query(`delete from ${table} where instance_id = $1`, [instanceId])
  await superuser.query('delete from instance where id = $1', [instanceId])
}

test('asvs-8.2.2 every policy of a table of instances is the one that holds to the transaction’s instance, or is the operator’s', async (t) => {
  const system = await startNodes(t)
  const policies = await system.sql<{ table: string; name: string; roles: string[]; using: string | null; check: string | null }>(
    `select p.tablename as table, p.policyname as name, p.roles::text[] as roles, p.qual as using, p.with_check as check from pg_policies p
     join information_schema.columns c on c.table_schema = p.schemaname and c.table_name = p.tablename and c.column_name = 'instance_id'
     where p.schemaname = 'public' order by 1, 2`,
  )
  const plain = (text: string | null) =>
    text?.replace(/\( SELECT (current_instance_id\(\)) AS current_instance_id\)/, '$1') ?? null
  const tables = await system.sql<{ n: number }>(
    "select count(*)::int as n from information_schema.columns where table_schema = 'public' and column_name = 'instance_id'",
  )
  const own = policies.filter(({ name }) => name === 'own')
  assert.equal(own.length, tables[0]!.n, 'each has one')
  for (const { table, roles, using, check } of own) {
    assert.deepEqual([roles, plain(using)], [['public'], '(instance_id = current_instance_id())'], table)
    assert.ok(check === null || plain(check) === '(instance_id = current_instance_id())', table)
  }
  // Whatever else there is widens what is seen.
  assert.deepEqual(
    policies.filter(({ name }) => name !== 'own').map(({ table, name, roles, using }) => [table, name, roles, using]),
    [['import', 'running', ['gatehouse_operator'], "(state = 'running'::text)"]],
  )
})
