// What a power cut and an unusual user leave the embedded PostgreSQL to start from.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { openEmbeddedPostgres } from './embedded-postgres.ts'
import { freeLockFile } from './embedded-postgres-lock-file.ts'

const asRoot = process.getuid?.() === 0
/** Who the embedded PostgreSQL belongs to. */
const owner = asRoot ? { uid: 65_534, gid: 65_534 } : {}

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-embedded-'))
  chmodSync(folder, 0o711)
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Another program of the same user, whose number was the server's before. */
async function newForeigner(t: TestContext): Promise<ChildProcess> {
  const child = spawn('sleep', ['600'], { ...owner, cwd: '/', stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  return child
}

test('fault-F04 after a power cut a program that has the old number keeps the PostgreSQL away no more', async (t) => {
  const folder = newFolder(t)
  const troubles: string[] = []
  const open = () => openEmbeddedPostgres(folder, (message) => troubles.push(message), { fsync: 'off' })
  const first = await open()
  const client = new pg.Client(first.address)
  await client.connect()
  await client.query('create table kept as select 1 as n')
  await client.end()
  const path = join(folder, 'postgres/postmaster.pid')
  const before = readFileSync(path, 'utf8')
  await first.close()
  const foreigner = await newForeigner(t)
  writeFileSync(path, before.replace(/^\d+/, String(foreigner.pid)))

  const second = await open()
  const again = new pg.Client(second.address)
  await again.connect()
  assert.deepEqual((await again.query('select n from kept')).rows, [{ n: 1 }])
  await again.end()
  assert.match(troubles.join('\n'), new RegExp(`named process ${foreigner.pid} .* It is sleep`))
  assert.equal(foreigner.exitCode, null, 'and the other program lives on')

  // A server that runs is nobody else's number.
  const running = readFileSync(path, 'utf8')
  assert.equal(await freeLockFile(join(folder, 'postgres')), undefined)
  assert.equal(readFileSync(path, 'utf8'), running)
  await second.close()
})

test('a number that nobody has, none at all, and what is no number are left to PostgreSQL', async (t) => {
  const folder = newFolder(t)
  assert.equal(await freeLockFile(folder), undefined, 'no file')
  for (const text of ['', '\n', 'x\n', '-1\n', `${2 ** 30}\n`, '4194304\n/somewhere\n']) {
    writeFileSync(join(folder, 'postmaster.pid'), text)
    assert.equal(await freeLockFile(folder), undefined, text)
    assert.equal(readFileSync(join(folder, 'postmaster.pid'), 'utf8'), text)
  }
})

test('the PostgreSQL of another folder is another program', async (t) => {
  const folder = newFolder(t)
  const other = await openEmbeddedPostgres(newFolder(t), () => {}, { fsync: 'off' })
  const pid = readFileSync(join(other.address.host, '../postgres/postmaster.pid'), 'utf8').split('\n')[0]!
  writeFileSync(join(folder, 'postmaster.pid'), `${pid}\n/somewhere\n`)
  assert.match((await freeLockFile(folder)) ?? '', /the PostgreSQL of /)
  await other.close()
})

test('a user whose number has no name is told what to do', {
  skip: !asRoot && 'only root starts a program as anybody',
}, async (t) => {
  const folder = newFolder(t)
  const uid = 54_321
  const data = join(folder, 'data')
  spawn('install', ['-d', '-o', String(uid), data])
  const child = spawn(process.execPath, ['server/main.ts', 'instance', 'list'], {
    uid,
    gid: uid,
    env: { PATH: process.env.PATH, DATA_DIR: data, HOME: '/' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += String(chunk)
  })
  const [code] = (await once(child, 'close')) as [number]
  assert.equal(code, 1)
  assert.match(said, /User 54321 has no name on this machine/)
  assert.match(said, /gatehouse:x:54321:54321::\/:\/sbin\/nologin/)
})
