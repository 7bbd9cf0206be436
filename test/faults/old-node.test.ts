// An upgrade while a node of the last version still serves: the first node of this version migrates the database under it.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, type TestContext, test } from 'node:test'
import pg from 'pg'
import { freePort } from '../../cluster/cluster.ts'
import { type HttpAnswer, HttpBrowser } from '../http-browser.ts'
import { checkInvariants } from '../invariants.ts'
import { closeTestPostgres } from '../postgres.ts'
import { type Facts, loadFixture } from '../upgrades/load-fixture.ts'
import { unpackOldProgram } from '../upgrades/old-program.ts'
import { long, seconds } from './floor.ts'
import { type Load, startLoad } from './load.ts'

const lastVersion = '0.1.0'
after(closeTestPostgres)

const newPassword = 'nine slow barges under a pale moon'

// docs/operating.md says that the nodes of 0.1.0 are stopped before: this is one that was forgotten.
test(`a node of ${lastVersion} that was not stopped answers with errors, lets nobody in wrongly, and does not start again`, async (t) => {
  const { facts, address, databaseUrl } = await loadFixture(lastVersion)
  const old = unpackOldProgram(facts)
  t.after(old.remove)
  const owner = new pg.Pool({ ...address, max: 3 })
  owner.on('error', () => {})
  t.after(() => owner.end())
  const settings = { DATABASE_URL: databaseUrl, SECRET_KEY: facts.secretKey }
  const oldNode = await startNode(t, old.folder, settings)
  const people = (usernames: string[]) => usernames.map((username) => ({ username, password: facts.passwords[username]! }))

  // Somebody is in the middle of everything when the database changes under the node.
  const choosing = new HttpBrowser(oldNode)
  const slip = facts.passwordsToReplace.slip
  await choosing.logIn(slip.username, slip.password)
  const loads: Load[] = [startLoad(oldNode, people(['sam', 'lea', 'ben']))]
  let newNode: string
  try {
    await seconds(2)
    newNode = await startNode(t, '.', settings)
    const { rows } = await owner.query<{ applied: number }>('select count(*)::int as applied from migration')
    assert.equal(rows[0]!.applied, readdirSync('migrations').length, 'the new node has migrated')
    loads.push(startLoad(newNode, people(['hugo', 'ines'])))
    await seconds(long ? 20 : 3)
    await checkInvariants(owner)
    await goOn(at(newNode, choosing), '/choose-password')
    await firstLogin(newNode, facts)
  } finally {
    await Promise.all(loads.map((load) => load.end()))
  }
  for (const [place, load] of loads.entries()) {
    const where = ['at the old node', 'at the new node'][place]!
    t.diagnostic(
      `${where}: ${JSON.stringify({ ...(await load.compare(owner)), served: load.served, busy: load.busy, broken: load.broken.length, longestMs: Math.round(load.longestMs) })}`,
    )
    // The forgotten node fails, and what it counts is no measure any more.
    const wrong = place === 0 ? load.wrong.filter((what) => !what.includes(': 500 ') && !what.includes(' was told ')) : load.wrong
    assert.deepEqual(wrong, [], where)
    assert.ok(load.served > 50, `${where}: ${load.served} answers`)
  }
  assert.deepEqual(loads[1]!.broken, [], 'at the new node')
  await checkInvariants(owner)
  await refusesToStart(old.folder, settings)
})

/** A first login, with what the console gives out. */
async function firstLogin(node: string, facts: Facts): Promise<void> {
  const boss = new HttpBrowser(node)
  assert.equal((await lead(boss, await boss.logIn('admin', facts.passwords.admin!))).status, 200)
  await boss.get('/home')
  const username = `new-${Date.now()}`
  const initialPassword = await hire(boss, username)
  const first = new HttpBrowser(node)
  await first.logIn(username, initialPassword)
  await goOn(first, '/choose-password')
  assert.equal((await first.get('/home')).status, 200)
}

/** The same browser, which a proxy leads to another node. */
function at(url: string, { cookies, formToken }: HttpBrowser): HttpBrowser {
  const browser = new HttpBrowser(url)
  for (const [name, value] of cookies) browser.cookies.set(name, value)
  browser.formToken = formToken
  return browser
}

async function lead(browser: HttpBrowser, answer: HttpAnswer): Promise<HttpAnswer> {
  for (let steps = 0; answer.location !== undefined && steps < 5; steps += 1) answer = await browser.get(answer.location)
  return answer
}

/** Goes on at the page at which a password is chosen. */
async function goOn(browser: HttpBrowser, path: string): Promise<void> {
  const page = await lead(browser, await browser.get(path))
  assert.match(page.body, /name="newPassword"/)
  const action = /<form[^>]* action="([^"]+)"[^>]*>(?:(?!<\/form>)[\s\S])*name="newPassword"/.exec(page.body)?.[1] ?? path
  const chosen = await lead(browser, await browser.post(action, { newPassword, newPasswordAgain: newPassword }))
  assert.equal(chosen.status, 200, chosen.body)
  assert.equal((await browser.get('/home')).status, 200)
}

async function hire(browser: HttpBrowser, username: string): Promise<string> {
  const { profiles } = JSON.parse((await browser.get('/api/profiles')).body) as { profiles: { id: string; name: string }[] }
  const nothing = { email: null, phone: null, teamId: null, language: null, timeZone: null }
  const answer = await browser.sendJson('POST', '/api/accounts', {
    ...{ username, fullName: 'Ana Souza', enabled: true, credentials: 'slip', ...nothing },
    ...{ profileId: profiles.find(({ name }) => name === 'Agent')!.id, validFrom: null, validUntil: null, loginHours: null },
  })
  assert.equal(answer.status, 201, answer.body)
  return (JSON.parse(answer.body) as { slip: { initialPassword: string } }).slip.initialPassword
}

/** An old node that is started again after the migration stops at once and says why, rather than write what nobody understands. */
async function refusesToStart(folder: string, settings: Record<string, string>): Promise<void> {
  const child = spawnNode(folder, settings, await freePort())
  const [said, errors] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')])
  assert.match(said + errors, /used by a newer Gatehouse/)
  assert.notEqual(child.exitCode, 0)
}

function spawnNode(folder: string, settings: Record<string, string>, port: number): ChildProcess {
  const env = {
    PATH: process.env.PATH,
    UV_THREADPOOL_SIZE: '8',
    HOST: '127.0.0.1',
    PORT: String(port),
    METRICS_PORT: '0',
    DATA_DIR: mkdtempSync(join(tmpdir(), 'gatehouse-old-node-')),
    HASH_CONCURRENCY: '2',
    DRAIN_SECONDS: '0',
    LOG_LEVEL: 'warn',
    ...settings,
  }
  return spawn(process.execPath, ['server/main.ts', 'serve', '--json'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function startNode(t: TestContext, folder: string, settings: Record<string, string>): Promise<string> {
  const port = await freePort()
  const child = spawnNode(folder, settings, port)
  t.after(async () => {
    if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit')
  })
  let [said, errors] = ['', '']
  child.stdout!.on('data', (chunk) => {
    said += String(chunk)
  })
  child.stderr!.on('data', (chunk) => {
    errors += String(chunk)
  })
  while (!said.includes('\n') && child.exitCode === null) await seconds(0.02)
  assert.ok(said.includes('\n') && !said.includes('"error"'), `a node did not start: ${said}${errors}`)
  return `http://localhost:${port}`
}
