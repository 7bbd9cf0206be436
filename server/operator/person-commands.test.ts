import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type pg from 'pg'
import { connect } from '../../test/connect.ts'
import { loggedIn, startFloor } from '../../test/floor.ts'
import { type TestSystem, until } from '../../test/nodes.ts'
import { readPassages, sealKey, sealNext, verifyAudit } from '../audit/seals/seals.ts'
import { readConfig } from '../config.ts'
import type { System } from '../system.ts'
import { commands } from './commands.ts'

const run = (system: TestSystem, words: string, values: string[], options: Record<string, string>) =>
  commands
    .find((command) => command.words === words)!
    .run({ system: system as unknown as System, config: readConfig({}) }, values, { instance: 'main', ...options })

/** Everything that stands in any table, as text, a row each. */
async function everything(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'pgboss')",
  )
  const found: string[] = []
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`)
    found.push(...rows.map(({ row }) => `${name} ${row}`))
  }
  return found
}

const fullName = 'Zoraida Quispe'
const email = 'zoraida@quispe.example'

const nothingElse = { teamId: null, language: null, timeZone: null, validFrom: null, validUntil: null, loginHours: null }

/** Somebody of whom much is kept: they were created, changed, refused, helped, imported, mailed, and did things to others. */
async function startLife(t: TestContext) {
  const floor = await startFloor(t)
  const { system, admin, profiles } = floor
  const boss = await loggedIn(system, admin)
  const made = await boss.sendJson('POST', '/api/accounts', {
    username: 'zquispe',
    fullName,
    email,
    phone: '+591 70000000',
    profileId: profiles.Administrator,
    enabled: true,
    credentials: 'message',
    ...nothingElse,
  })
  assert.equal(made.status, 201, made.body)
  const { id } = JSON.parse(made.body)
  const { initialPassword } = (await run(system, 'account new-password', ['zquispe'], {})).json as { initialPassword: string }
  const own = system.browser()
  await own.logIn('zquispe', 'wrong wrong wrong')
  await own.logIn('zquispe', initialPassword)
  await own.get('/choose-password')
  const password = 'nine slow barges under a pale moon'
  const chosen = await own.post('/choose-password', { newPassword: password, newPasswordAgain: password })
  assert.equal(chosen.location, '/home')
  await own.get('/home')
  assert.equal((await own.sendJson('POST', '/api/accounts/disable', { accountIds: [floor.ana.id], reason: 'left' })).status, 200)
  await system.browser().post('/forgot-password', { username: 'zquispe' })
  // As an import of an older file left it.
  await system.sql(`insert into import (instance_id, created_by, file_name, state) values ($1, $2, 'people.csv', 'done')`, [
    system.main.id,
    id,
  ])
  await system.sql(
    `insert into import_row (instance_id, import_id, row_number, cells, fields, verdict, outcome, account_id)
     select $1, id, 2, '\\x00', jsonb_build_object('username', 'zquispe', 'fullName', $2::text), 'create', 'created', $3 from import`,
    [system.main.id, fullName, id],
  )
  return { ...floor, id: id as string, boss }
}

test('asvs-14.2.6 everything that is kept of a person is exported, and no secret', async (t) => {
  const { system, id } = await startLife(t)
  const { json } = await run(system, 'account export', ['zquispe'], {})
  const { about } = json as { about: Record<string, Record<string, unknown>[]> }
  assert.equal(about.account![0]!.full_name, fullName)
  assert.equal(about.session!.length, 1)
  const events = about.audit_event!.map(({ event }) => event)
  for (const event of ['account_created', 'login_refused', 'login', 'password_chosen']) assert.ok(events.includes(event), event)
  assert.ok('password' in about && 'import_row' in about)
  const text = JSON.stringify(about)
  assert.ok(!text.includes('argon2') && !text.includes('\\\\x'), 'no hash and no bytes')
  // Whatever stands anywhere with the person's id or name is in it.
  const tables = (await everything(await connect(t, system.address)))
    .filter((row) => row.includes(id))
    .map((row) => row.split(' ')[0]!.split('.')[1]!)
  const missing = [...new Set(tables)].filter((table) => !(table in about) && !['job', 'job_common'].includes(table))
  assert.deepEqual(missing, [])
})

test('asvs-14.2.6 an erased person stands in no table, and the audit is still whole', async (t) => {
  const { system, id, ana } = await startLife(t)
  const key = sealKey(system.keys)
  await until(async () => {
    await sealNext(system.database, key, system.main)
    const rows = await system.sql(
      'select from audit_seal s, unnest(s.ids) as i join audit_event e on e.id = i where e.account_id = $1',
      [id],
    )
    return rows.length > 5
  })
  await assert.rejects(async () => run(system, 'account erase', ['zquispe'], {}), /--yes/)
  const client = await connect(t, system.address)
  // The mail that asks for nothing any more.
  await client.query("delete from pgboss.job where name = 'message'")
  await run(system, 'account erase', ['zquispe'], { yes: 'yes' })
  await system.sql('delete from recovery_ask')
  const words = ['zquispe', 'Zoraida', 'Quispe', 'zoraida', '70000000']
  const found = (await everything(client)).filter((row) => words.some((word) => row.includes(word)))
  assert.deepEqual(found, [])
  const entries = await system.sql<{ event: string; address: string | null; detail: object }>(
    'select event, address, detail from audit_event where account_id = $1 order by id',
    [id],
  )
  assert.ok(entries.length > 6)
  for (const { event, address, detail } of entries) assert.deepEqual([address, detail], [null, {}], event)
  // What they did to others is told without them.
  const [disabled] = await system.sql<{ address: string | null; detail: object }>(
    "select address, detail from audit_event where event = 'account_disabled' and account_id = $1",
    [ana.id],
  )
  assert.deepEqual([disabled!.address, disabled!.detail], [null, { reason: 'left' }])
  const { faults } = await verifyAudit(system.main.id, readPassages(system.database, system.main), key.publicKey)
  assert.deepEqual(faults, [])
  await assert.rejects(async () => run(system, 'account erase', ['zquispe'], { yes: 'yes' }), /no account/)
})

test('an erasure that was cut short goes on, also when the account is no more', async (t) => {
  const { system, id, boss } = await startLife(t)
  assert.equal((await boss.sendJson('POST', '/api/accounts/remove', { accountIds: [id] })).status, 200)
  const { json } = await run(system, 'account erase', ['ZQuispe'], { yes: 'yes' })
  assert.equal((json as { accountId: string }).accountId, id)
  const left = await system.sql("select from audit_event where account_id = $1 and detail <> '{}'", [id])
  assert.deepEqual(left, [])
})

test('asvs-8.2.1 a node can erase nothing from the audit', async (t) => {
  const { system, ana } = await startFloor(t)
  const node = await connect(t, { ...system.address, user: 'gatehouse_node' })
  await node.query('set role gatehouse_server')
  await node.query("select set_config('gatehouse.instance_id', $1, false)", [system.main.id])
  await assert.rejects(node.query('select erase_from_audit($1, 10)', [ana.id]), /permission denied/)
})
