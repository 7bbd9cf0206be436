// Each thing that the doctor looks at, as it is found to be bad: a check that says yes to everything is none.
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { newMailServer } from '../../test/mail-server.ts'
import { startNodes } from '../../test/nodes.ts'
import { freePort } from '../../test/server.ts'
import { readConfig } from '../config.ts'
import { type Database, openDatabase } from '../platform/database.ts'
import { diagnose } from './diagnose.ts'

async function startDoctor(t: TestContext) {
  const system = await startNodes(t)
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-doctor-'))
  const keyFile = join(dataDir, 'secret-key')
  writeFileSync(keyFile, 'a1b2c3d4e5f60718'.repeat(4), { mode: 0o600 })
  const usual = { DATA_DIR: dataDir, PUBLIC_URL: 'http://localhost:8080' }
  const look = async ({
    database = system.database,
    user = 'gatehouse_node',
    settings = {},
    mail,
  }: {
    database?: Database
    user?: string
    settings?: Record<string, string>
    mail?: string
  } = {}) => {
    const serving = { ...system.address, user } as typeof system.address
    const findings = await diagnose(
      { ...system, database, serving, migrated: [], close: async () => {} },
      readConfig({ ...usual, ...settings }),
      mail,
    )
    return { findings, bad: findings.filter(({ ok }) => !ok).map(({ check }) => check) }
  }
  return { system, look, keyFile }
}

test('a doctor who looks at what is well finds nothing', async (t) => {
  const { look } = await startDoctor(t)
  const { findings, bad } = await look()
  assert.deepEqual(bad, [])
  assert.deepEqual(
    findings.map(({ check }) => check),
    ['node', 'database', 'isolation', 'login role', 'clock', 'time zones', 'secret key', 'breached passwords', 'main', 'mail'],
  )
})

test('asvs-13.2.2 a role whom row-level security does not bind is found, for requests and behind them', async (t) => {
  const { system, look } = await startDoctor(t)
  // As behind a pooler that does not set the role.
  const asSuperuser = openDatabase(system.address, 2, () => {}, system.address)
  t.after(() => asSuperuser.close())
  assert.deepEqual((await look({ database: asSuperuser })).bad, ['isolation'])
  assert.deepEqual((await look({ user: 'gatehouse' })).bad, ['login role'])
  const owner = `owner_${Date.now()}`
  await system.sql(`create role ${owner} login`)
  await system.sql(`grant gatehouse_server, gatehouse_operator to ${owner}`)
  const { bad, findings } = await look({ user: owner })
  assert.deepEqual(bad, [], 'one role for everything still works')
  assert.match(findings.find(({ check }) => check === 'login role')!.says, /a role of their own would be safer/)
  await system.sql(`drop role ${owner}`)
})

test('a clock that is off is found', async (t) => {
  const { look } = await startDoctor(t)
  const now = Date.now
  for (const [seconds, bad] of [
    [30, []],
    [-30, []],
    [120, ['clock']],
    [-7200, ['clock']],
  ] as const) {
    const mocked = t.mock.method(Date, 'now', () => now() + seconds * 1000)
    assert.deepEqual((await look()).bad, bad, `${seconds} s`)
    mocked.mock.restore()
  }
})

test('a mail server that is away, refuses the login, or is none, is found', async (t) => {
  const { look } = await startDoctor(t)
  const open = await newMailServer(t)
  await open.start()
  assert.deepEqual((await look({ settings: { SMTP_URL: open.url } })).bad, [])
  const closed = await newMailServer(t, {
    authOptional: false,
    onAuth: (_auth, _session, done) => done(new Error('535 5.7.8 no')),
  })
  await closed.start()
  const refused = await look({ settings: { SMTP_URL: closed.url.replace('//', '//user:wrong@') } })
  assert.deepEqual(refused.bad, ['mail'])
  assert.doesNotMatch(JSON.stringify(refused.findings), /wrong/)
  assert.deepEqual((await look({ settings: { SMTP_URL: `smtp://localhost:${await freePort()}` } })).bad, ['mail'])
})

test('a test message of the doctor says what the mail server said to it', async (t) => {
  const { look } = await startDoctor(t)
  const server = await newMailServer(t)
  await server.start()
  const settings = { SMTP_URL: server.url }
  const sent = await look({ settings, mail: 'ops@example.com' })
  assert.deepEqual(sent.bad, [])
  assert.match(sent.findings.at(-1)!.says, /took it for ops@example\.com: 250 /)
  assert.equal(server.mails.length, 1)
  server.onRecipient = () => '550 5.1.1 nobody here'
  const refused = await look({ settings, mail: 'ops@example.com' })
  assert.deepEqual(refused.bad, ['test message'])
  assert.match(refused.findings.at(-1)!.says, /did not leave: 550 5\.1\.1 nobody here/)
})

test('an address that leads to no instance, a list that is none and a zone that PostgreSQL does not know are found', async (t) => {
  const { system, look } = await startDoctor(t)
  assert.deepEqual((await look({ settings: { PUBLIC_URL: 'https://nobody.example.com' } })).bad, ['main'])
  const list = join(mkdtempSync(join(tmpdir(), 'gatehouse-list-')), 'list')
  writeFileSync(list, 'not a list')
  assert.deepEqual((await look({ settings: { BREACHED_PASSWORDS_FILE: list } })).bad, ['breached passwords'])
  const supported = Intl.supportedValuesOf
  t.mock.method(Intl, 'supportedValuesOf', (key: 'timeZone') => [...supported(key), 'Mars/Olympus'])
  assert.deepEqual((await look()).bad, ['time zones'])
  assert.ok(system)
})

test('a secret key that others can read, and a Node that is too old, are found', async (t) => {
  const { look, keyFile } = await startDoctor(t)
  for (const mode of [0o640, 0o604, 0o666]) {
    chmodSync(keyFile, mode)
    assert.deepEqual((await look()).bad, ['secret key'], mode.toString(8))
  }
  chmodSync(keyFile, 0o600)
  const { versions } = process
  t.after(() => Object.defineProperty(process, 'versions', { value: versions }))
  Object.defineProperty(process, 'versions', { value: { ...versions, node: '25.9.0' } })
  assert.deepEqual((await look()).bad, ['node'])
})
