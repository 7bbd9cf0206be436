import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import type pg from 'pg'
import { connect } from '../../../test/connect.ts'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import { HttpBrowser } from '../../../test/http-browser.ts'
import { goodPassword, type TestSystem, until } from '../../../test/nodes.ts'
import { closeTestPostgres, newDatabase } from '../../../test/postgres.ts'
import { newProgram, stop } from '../../../test/server.ts'
import type { DatabaseAddress } from '../../platform/database.ts'
import { migrate } from '../../platform/migrate.ts'
import { jobQueues } from '../../system.ts'
import { listTables } from './catalogue.ts'
import { openBackup } from './file.ts'
import { restoreBackup } from './restore-backup.ts'
import { writeBackup } from './write-backup.ts'

after(closeTestPostgres)

const keyCheck = Buffer.alloc(32, 3)
const newPath = () => join(mkdtempSync(join(tmpdir(), 'backup-')), 'backup.gz')

async function restored(address: DatabaseAddress, path: string) {
  const { head, parts } = await openBackup(path)
  return restoreBackup(address, head, parts)
}

/** All rows of all tables that a backup holds, but for the numbers of transactions, which are each server's own. */
async function contentsOf(t: TestContext, address: DatabaseAddress): Promise<Record<string, string[]>> {
  const client = await connect(t, address)
  const found: Record<string, string[]> = {}
  for (const { name, columns, where } of await listTables(client)) {
    const shown = columns.filter((column) => column !== 'horizon')
    const { rows } = await client.query<{ row: string }>(
      `select row(${shown.join(', ')})::text as row from ${name} where ${where} order by 1`,
    )
    found[name] = rows.map(({ row }) => row)
  }
  return found
}

/** A database of somebody who owns its tables and is no superuser, so that row-level security binds them too. */
async function ownedDatabase(t: TestContext): Promise<DatabaseAddress & { user: string; database: string }> {
  const { address } = { address: await newDatabase({ migrated: false }) }
  const superuser = await connect(t, address)
  const name = `owner_${randomBytes(6).toString('hex')}`
  await superuser.query(`create role ${name} login createrole`)
  await superuser.query(`grant gatehouse_server, gatehouse_operator to ${name} with admin option`)
  await superuser.query(`alter database ${(address as { database: string }).database} owner to ${name}`)
  await superuser.query(`alter schema public owner to ${name}`)
  const owned = { ...(address as object), user: name } as DatabaseAddress & { user: string; database: string }
  await migrate(owned, jobQueues)
  return owned
}

async function startFilled(t: TestContext): Promise<TestSystem & { id: string }> {
  const floor = await startFloor(t)
  const { system, admin, ana } = floor
  const boss = await loggedIn(system, admin)
  await loggedIn(system, ana)
  await boss.sendJson('POST', '/api/accounts/disable', { accountIds: [floor.ben.id], reason: 'a tab\t, a \\ and a\nline' })
  await system.browser().post('/forgot-password', { username: 'ana' })
  await system.addInstance('other', 'other.example.com')
  return Object.assign(system, { id: ana.id })
}

test('fault-F33 a backup holds every row of every table, of one moment, whoever writes meanwhile, and puts them back', async (t) => {
  const system = await startFilled(t)
  const path = newPath()
  const before = await contentsOf(t, system.address)
  assert.ok(Object.values(before).filter((rows) => rows.length > 0).length >= 10)
  // Somebody writes after the backup has begun: it waits for what is locked here.
  const client = await connect(t, system.address)
  await client.query('begin')
  await client.query('lock table instance in access exclusive mode')
  const writing = writeBackup(system.address, keyCheck, path)
  await until(async () => {
    const waiting = "application_name = 'gatehouse backup' and wait_event_type = 'Lock'"
    return (await system.sql(`select from pg_stat_activity where datname = current_database() and ${waiting}`)).length > 0
  })
  await client.query("insert into team (instance_id, name) values ($1, 'Late')", [system.main.id])
  await client.query('commit')
  assert.ok((await writing) > 1000)
  assert.deepEqual(
    gunzipSync(readFileSync(path))
      .toString()
      .split('\n')
      .filter((line) => line.includes('\tLate\t')),
    [],
  )
  const target = await newDatabase({ migrated: true })
  await restored(target, path)
  assert.deepEqual(await contentsOf(t, target), before)
  // Numbers go on where they were, and everything is guarded as before.
  const there = await connect(t, target)
  await there.query("insert into audit_event (instance_id, event, actor_kind) values ($1, 'account_changed', 'operator')", [
    system.main.id,
  ])
  const { rows } = await there.query(`
    select (select count(*) from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity and not relforcerowsecurity)::int as unforced,
      (select count(*) from pg_trigger where tgenabled = 'D')::int as disabled`)
  assert.deepEqual(rows, [{ unforced: 0, disabled: 0 }])
})

test('a backup is written and put back by an owner who is no superuser, instance by instance', async (t) => {
  const system = await startFilled(t)
  const [first, second] = [newPath(), newPath()]
  const before = await contentsOf(t, system.address)
  await writeBackup(system.address, keyCheck, first)
  const owned = await ownedDatabase(t)
  await restored(owned, first)
  assert.deepEqual(await contentsOf(t, { ...owned, user: (system.address as { user: string }).user }), before)
  await writeBackup(owned, keyCheck, second)
  const target = await newDatabase({ migrated: true })
  await restored(target, second)
  assert.deepEqual(await contentsOf(t, target), before)
})

test('what is no whole backup, of another version, or for a database that is in use, changes nothing', async (t) => {
  const system = await startFilled(t)
  const path = newPath()
  await writeBackup(system.address, keyCheck, path)
  const good = readFileSync(path)
  const text = gunzipSync(good).toString()
  const target = await newDatabase({ migrated: true })
  const empty = await contentsOf(t, target)
  const refused = async (bytes: Buffer | string, words: RegExp) => {
    const other = newPath()
    writeFileSync(other, bytes)
    await assert.rejects(restored(target, other), words)
    assert.deepEqual(await contentsOf(t, target), empty)
  }
  await refused('', /no whole backup/)
  await refused('username,full name\n', /no whole backup: incorrect header check/)
  await refused(good.subarray(0, good.length - 100), /no whole backup/)
  await refused(good.with(good.length - 20, good[good.length - 20]! ^ 1) as Buffer, /no whole backup/)
  await refused(gzipSync('{"format":"another"}\n'), /something else/)
  await refused(gzipSync(text.split('\n').slice(0, -2).join('\n')), /cut off/)
  await refused(gzipSync(text.replace('"0080', '"0079')), /was made by Gatehouse/)
  await refused(
    gzipSync(text.replace(/^\{"table":"team",.*$/m, '{"table":"team","columns":["instance_id"]}')),
    /does not know so/,
  )
  await assert.rejects(restored(system.address, path), /empty one only/)
  await assert.rejects(writeBackup(system.address, keyCheck, path), { code: 'EEXIST' })
  assert.deepEqual(readFileSync(path), good, 'a backup that is there stays')
  await assert.rejects(
    writeBackup({ ...system.address, database: 'none' } as pg.ClientConfig as DatabaseAddress, keyCheck, newPath()),
  )
})

test('fault-F33 the embedded database is backed up while it serves, and comes back in another folder with its key alone', async (t) => {
  const program = await newProgram(t)
  const { child, started } = await program.serve()
  const browser = new HttpBrowser(started.url)
  await browser.logIn('admin', started.initialPassword!)
  await browser.get('/choose-password')
  await browser.post('/choose-password', { newPassword: goodPassword, newPasswordAgain: goodPassword })
  const path = newPath()
  const made = await program.run('backup', path)
  assert.equal(made.code, 0, made.stderr)
  assert.equal((await browser.get('/home')).status, 200)
  assert.equal((await program.run('backup', path)).code, 1)
  await stop(child, 'SIGTERM')

  const elsewhere = await newProgram(t)
  const folder = elsewhere.env.DATA_DIR!
  const without = await elsewhere.run('restore', path)
  assert.deepEqual([without.code, existsSync(folder)], [1, false])
  assert.match(without.stderr, /Put the secret key of that time in place first/)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'secret-key'), `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
  assert.match((await elsewhere.run('restore', path)).stderr, /not the one of the backup/)
  copyFileSync(join(program.env.DATA_DIR!, 'secret-key'), join(folder, 'secret-key'))
  const back = await elsewhere.run('restore', path)
  assert.equal(back.code, 0, back.stderr)
  assert.match(back.stdout, /rows of .* are back/)
  const again = await elsewhere.serve()
  assert.equal(again.started.username, undefined, 'main is there')
  const there = new HttpBrowser(again.started.url)
  // The session of then is not: a new epoch has begun.
  assert.equal((await there.logIn('admin', goodPassword)).location, '/home')
  const check = await elsewhere.run('audit', 'check', '--instance', 'main')
  assert.equal(check.code, 0, check.stdout + check.stderr)
})
