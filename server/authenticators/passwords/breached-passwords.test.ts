import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startNodes } from '../../../test/nodes.ts'
import { describeBreachedPasswords, openBreachedPasswords } from './breached-passwords.ts'
import { makeBreachedPasswords } from './make-breached-passwords.ts'

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-breached-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

const hashLine = (password: string, count: number) =>
  `${createHash('sha1').update(password).digest('hex').toUpperCase()}:${count}`

test('asvs-6.2.12 every password of the list is found, and of others about one in a thousand', async (t) => {
  const folder = newFolder(t)
  const [source, target] = [join(folder, 'source.txt'), join(folder, 'list.bloom')]
  const members = Array.from({ length: 20_000 }, (_, i) => `breached ${i}`)
  writeFileSync(source, members.map((each, i) => (i % 2 === 0 ? hashLine(each, i) : each)).join('\r\n'))
  assert.deepEqual(await makeBreachedPasswords(source, target), { entries: 20_000, bytes: 64 + 625 * 64 })
  const list = await openBreachedPasswords(target)
  t.after(() => list.close())
  assert.equal(list.entries, 20_000)
  for (const each of members) assert.ok(await list.has(each), each)
  let mistaken = 0
  for (let i = 0; i < 50_000; i += 1) if (await list.has(`fine ${i}`)) mistaken += 1
  assert.ok(mistaken > 0 && mistaken < 100, `${mistaken} of 50 000`)
})

test('asvs-6.2.12 both ways to write é are the same password, and a sorted source of hashes gives the same file as any', async (t) => {
  const folder = newFolder(t)
  const lines = Array.from({ length: 500 }, (_, i) => hashLine(`each ${i}`, i))
  writeFileSync(join(folder, 'sorted'), lines.toSorted().join('\n'))
  writeFileSync(join(folder, 'unsorted'), `${lines.join('\n').toLowerCase()}\n\n`)
  writeFileSync(join(folder, 'words'), 'caf\u00e9 con leche')
  for (const name of ['sorted', 'unsorted', 'words'])
    await makeBreachedPasswords(join(folder, name), join(folder, `${name}.bloom`))
  assert.deepEqual(readFileSync(join(folder, 'sorted.bloom')), readFileSync(join(folder, 'unsorted.bloom')))
  const list = await openBreachedPasswords(join(folder, 'words.bloom'))
  assert.ok(await list.has('cafe\u0301 con leche'))
  await list.close()
})

test('a file that is no list, is not whole or is not there is refused with what is wrong, and no half file is left behind', async (t) => {
  const folder = newFolder(t)
  const path = join(folder, 'list.bloom')
  writeFileSync(join(folder, 'words'), 'one\ntwo')
  await makeBreachedPasswords(join(folder, 'words'), path)
  assert.deepEqual(await describeBreachedPasswords(path), { ok: true, says: `2 in ${path}` })
  truncateSync(path, 100)
  assert.match((await describeBreachedPasswords(path)).says, /is not whole: it has 100 bytes and should have 128/)
  writeFileSync(path, 'x'.repeat(128))
  assert.match((await describeBreachedPasswords(path)).says, /is no list of breached passwords/)
  assert.match((await describeBreachedPasswords(join(folder, 'none'))).says, /cannot be read/)
  await assert.rejects(makeBreachedPasswords(join(folder, 'none'), join(folder, 'new')))
  await assert.rejects(makeBreachedPasswords(join(folder, 'words'), folder))
  assert.deepEqual(readdirSync(folder).sort(), ['list.bloom', 'words'])
})

test('asvs-6.2.12 a breached password is refused wherever one is chosen, and the rules say so', async (t) => {
  const folder = newFolder(t)
  const leaked = 'harvest moon over the silent mill'
  writeFileSync(join(folder, 'words'), leaked)
  await makeBreachedPasswords(join(folder, 'words'), join(folder, 'list'))
  const system = await startNodes(t, 1, { BREACHED_PASSWORDS_FILE: join(folder, 'list') })
  const { username, password } = await system.addAccount({ password: 'initial' })
  const browser = system.browser()
  await browser.logIn(username, password)
  assert.match((await browser.get('/choose-password')).body, /Not exposed in a data breach/)
  const refused = await browser.post('/choose-password', { newPassword: leaked, newPasswordAgain: leaked })
  assert.match(refused.body, /data-code="breached" data-state="broken"/)
  assert.deepEqual(JSON.parse((await browser.postJson('/api/password-check', { newPassword: leaked })).body).faults, ['breached'])
})
