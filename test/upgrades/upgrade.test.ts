// What an earlier version left is all there after the upgrade, and works. Each release adds a fixture: make-fixture.ts.
import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Writable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { simpleParser } from 'mailparser'
import pg from 'pg'
import { type Node, openNode } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { listInstances } from '../../server/instances/instances.ts'
import { ensureMain } from '../../server/operator/create-instance.ts'
import { findRules } from '../../server/rules/rules.ts'
import { openSystem, type System } from '../../server/system.ts'
import { type Answer, Browser } from '../browser.ts'
import { checkInvariants } from '../invariants.ts'
import { passwordIn } from '../mail-server.ts'
import { until } from '../nodes.ts'
import { type Facts, loadFixture, type Visitor } from './load-fixture.ts'

/**
 * Tables of earlier versions that a later one gave up or renamed, each with the reason. What is not named here keeps its rows. `now` is left out where the table is gone for good.
 */
const changedTables: Record<string, { now?: string; because: string }> = {
  pending_login: {
    now: 'sign_in',
    because: 'migrations/0035-sign-in.sql renames it: it keeps the proofs of every sign-in that waits',
  },
}

const versions = globSync('test/upgrades/*.sql.gz').map((path) => basename(path, '.sql.gz'))
assert.ok(versions.length > 0, 'no fixture is found: tests run in the folder of the checkout')
const newPassword = 'nine slow barges under a pale moon'

let facts: Facts
let owner: pg.Pool
let system: System
let node: Node
let dataDir: string
let log: string[]
let administrator: Promise<Browser> | undefined
/** The rows of each table, when it was migrated and no node had begun. */
let rowsAtStart: Record<string, number>

const browser = (host = facts.hosts.main) => new Browser(node.app, `${host}:8080`)
const sql = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => (await owner.query<Row>(text, values)).rows

async function countRows(): Promise<Record<string, number>> {
  const tables = await sql<{ name: string }>(
    "select oid::regclass::text as name from pg_class where relkind in ('r', 'p') and relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace)",
  )
  const rows: Record<string, number> = {}
  for (const { name } of tables) rows[name] = (await sql<{ count: number }>(`select count(*)::int from ${name}`))[0]!.count
  return rows
}

function returning({ cookies }: Visitor): Browser {
  const back = browser()
  for (const [name, value] of Object.entries(cookies)) back.cookies.set(name, value)
  return back
}

/** Where an answer leads to in the end, as a person sees it. */
async function followed(browser: Browser, answer: Answer): Promise<Answer> {
  for (let steps = 0; answer.location !== undefined && steps < 5; steps += 1) answer = await browser.get(answer.location)
  return answer
}

async function loggedIn(username: string, password = facts.passwords[username]!, host?: string): Promise<Browser> {
  const own = browser(host)
  const home = await followed(own, await own.logIn(username, password))
  assert.equal(home.status, 200, `${username} logs in: ${home.status}`)
  assert.equal((await own.get('/home')).status, 200, `${username} is at home`)
  return own
}

/** The Administrator, who is logged in once: an account has one session. */
function admins(): Promise<Browser> {
  administrator ??= loggedIn('admin')
  return administrator
}

async function read<T>(browser: Browser, url: string): Promise<T> {
  const answer = await browser.get(url)
  assert.equal(answer.status, 200, `${url}: ${answer.body}`)
  return JSON.parse(answer.body) as T
}

/** Chooses a lasting password at the page that the browser was led to. */
async function choose(browser: Browser, page: Answer): Promise<void> {
  assert.equal(page.status, 200)
  const action = /<form[^>]* action="([^"]+)"[\s\S]*?name="newPassword"/.exec(page.body)?.[1] ?? '/choose-password'
  assert.match(page.body, /name="newPassword"/)
  const chosen = await followed(browser, await browser.post(action, { newPassword, newPasswordAgain: newPassword }))
  assert.equal(chosen.status, 200, chosen.body)
  assert.equal((await browser.get('/home')).status, 200)
}

for (const version of versions)
  describe(`an upgrade from ${version}`, () => {
    before(async () => {
      dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-upgrade-'))
      log = []
      administrator = undefined
      const fixture = await loadFixture(version)
      facts = fixture.facts
      owner = new pg.Pool({ ...fixture.address, max: 3 })
      owner.on('error', () => {})
      const config = readConfig({
        DATABASE_URL: fixture.databaseUrl,
        SECRET_KEY: facts.secretKey,
        DATA_DIR: dataDir,
        HASH_CONCURRENCY: '2',
        LOG_LEVEL: 'warn',
      })
      const logTo = new Writable({
        write(chunk, _encoding, done) {
          log.push(String(chunk))
          done()
        },
      })
      system = await openSystem(config, (message) => log.push(message))
      rowsAtStart = await countRows()
      assert.equal(await ensureMain(system, facts.hosts.main), undefined, 'the instance `main` is found')
      node = await openNode(config, system.database, system.keys, logTo)
    })

    after(async () => {
      await node?.close()
      await system?.close()
      await owner?.end()
    })

    test('every table has the rows that it had, apart from those that were given up for a reason', () => {
      for (const [table, rows] of Object.entries(facts.rows)) {
        const changed = changedTables[table]
        if (changed !== undefined && changed.now === undefined) continue
        // How pg-boss divides its tables is its own affair; the jobs themselves are looked at below.
        if (table.startsWith('pgboss.')) continue
        const now = changed?.now ?? table
        assert.ok((rowsAtStart[now] ?? -1) >= rows, `${now} has ${rowsAtStart[now]} rows; ${table} had ${rows}`)
      }
      assert.equal(rowsAtStart['pgboss.job'], facts.rows['pgboss.job_common'], 'jobs')
    })

    test('the database keeps the rules of this version from the start', () => checkInvariants(owner))

    test('whoever was logged in still is, and whoever had moved elsewhere is told so', async () => {
      const live = returning(facts.live)
      const home = await live.get('/home')
      assert.equal(home.status, 200)
      assert.ok(home.body.includes(`>${facts.live.username}<`))
      const moved = await returning(facts.moved).get('/api/session')
      assert.equal(moved.status, 401)
      assert.equal((JSON.parse(moved.body) as { values: { reason: string } }).values.reason, 'moved')
    })

    test('who was choosing a password goes on, or is asked to log in again', async () => {
      const choosing = returning(facts.choosing)
      const page = await followed(choosing, await choosing.get('/choose-password'))
      if (/name="username"/.test(page.body) && !/name="newPassword"/.test(page.body)) assert.equal(page.status, 200)
      else await choose(choosing, page)
    })

    test('lasting passwords log in, in each instance its own, and neither others nor those of whom is kept out', async () => {
      for (const username of ['sam', 'lea', 'ben']) {
        const own = await loggedIn(username)
        assert.equal((await own.post('/log-out')).status, 303)
      }
      assert.equal((await browser().logIn('sam', facts.passwords.lea!)).status, 401)
      assert.equal((await browser().logIn(facts.disabled, facts.passwords[facts.disabled]!)).status, 401)
      assert.equal((await browser().logIn('fran', facts.passwords.fran!)).status, 403, 'the dates are over')
      await loggedIn(facts.acmeAdmin.username, facts.acmeAdmin.password, facts.hosts.acme)
    })

    test('initial and given passwords open the choice of a lasting one, and nothing else', async () => {
      for (const { username, password } of Object.values(facts.passwordsToReplace)) {
        const own = browser()
        await choose(own, await followed(own, await own.logIn(username, password)))
        await own.post('/log-out')
        await loggedIn(username, newPassword)
      }
    })

    test('a former password is remembered', async () => {
      const own = await loggedIn('ben')
      await own.get('/change-password')
      const former = 'walnut drifts over b-e-n rails'
      const refused = await own.post('/change-password', {
        currentPassword: facts.passwords.ben!,
        newPassword: former,
        newPasswordAgain: former,
      })
      assert.equal(refused.status, 422)
    })

    test('a link that was mailed opens the choice of a password, once', async () => {
      const own = browser()
      const page = await followed(own, await own.get(facts.recoveryLink.path))
      assert.equal(page.status, 200)
      assert.match(page.body, /name="newPassword"/)
      const done = await own.post('/recover', { newPassword, newPasswordAgain: newPassword })
      assert.equal(done.status, 303, done.body)
      await loggedIn(facts.recoveryLink.username, newPassword)
      const again = await browser().get(facts.recoveryLink.path)
      assert.doesNotMatch((await followed(browser(), again)).body, /name="newPassword"/)
    })

    test('a recovery request waits for whoever can answer it', async () => {
      const sam = await loggedIn('sam')
      const { requests } = await read<{ requests: { id: string; account: { username: string }; asked: number }[] }>(
        sam,
        '/api/recovery-requests',
      )
      assert.deepEqual(
        requests.map(({ account, asked }) => ({ username: account.username, asked })),
        [facts.recoveryRequest],
      )
      const answer = await sam.sendJson('POST', `/api/recovery-requests/${requests[0]!.id}/answer`)
      assert.equal(answer.status, 200, answer.body)
    })

    test('the rules of each instance are what they were', async () => {
      const instances = await system.database.asOperator(undefined, listInstances)
      assert.deepEqual(instances.map(({ name, hostname }) => [name, hostname]).sort(), Object.entries(facts.hosts).sort())
      for (const instance of instances) {
        const now = (await system.database.in(instance, findRules)) as Record<string, unknown>
        const before: Record<string, unknown> = facts.rules[instance.name as keyof Facts['rules']]
        assert.deepEqual(Object.fromEntries(Object.keys(before).map((name) => [name, now[name]])), before, instance.name)
      }
      const admin = await admins()
      const { reasons } = await read<{ reasons: Record<string, string> }>(admin, '/api/rules')
      for (const [rule, reason] of Object.entries(facts.reasons)) assert.equal(reasons[rule], reason)
    })

    test('teams, their supervisors, profiles and seats are what they were', async () => {
      const admin = await admins()
      const { teams } = await read<{ teams: { name: string; members: number; supervisors: unknown[] }[] }>(admin, '/api/teams')
      assert.deepEqual(
        teams.map(({ name, members, supervisors }) => [name, members, supervisors.length]),
        facts.teams.map(({ name, members, supervisors }) => [name, members, supervisors.length]),
      )
      const { profiles } = await read<{ profiles: { name: string; builtIn: boolean; permissions: string[] }[] }>(
        admin,
        '/api/profiles',
      )
      for (const { name, permissions } of facts.profiles) {
        const now = profiles.find((profile) => profile.name === name)!
        for (const permission of permissions) assert.ok(now.permissions.includes(permission), `${name}: ${permission}`)
      }
      const [seats] = await sql("select seats, seat_reserve as reserve from instance where name = 'main'")
      assert.deepEqual(seats, facts.seats)
    })

    test('a message that waited is sent, with a password that works', async () => {
      const { id, username } = facts.waitingMessage
      await owner.query("update pgboss.job set start_after = now() where state in ('created', 'retry')")
      node.work({ pollSeconds: 0.5 })
      await until(async () => (await sql('select state from message where id = $1', [id]))[0]!.state === 'sent')
      const outbox = join(dataDir, 'outbox')
      const [file] = readdirSync(outbox).filter((name) => name.includes(id))
      const mail = await simpleParser(readFileSync(join(outbox, file!)))
      const own = browser()
      await choose(own, await followed(own, await own.logIn(username, passwordIn(mail))))
    })

    test('the report of an import is there, it can be taken back, and one that was only checked can be run', async () => {
      const admin = await admins()
      const { done, checked } = facts.imports
      // Word for word, but for what the texts say otherwise since then.
      const report = done.report.replace(
        'It holds a character that a username cannot have',
        'This contains a character that usernames cannot have',
      )
      assert.equal((await admin.get(`/api/imports/${done.id}/report`)).body, report)
      assert.equal((await admin.sendJson('POST', `/api/imports/${checked.id}/run`)).status, 202)
      await until(async () => (await read<{ state: string }>(admin, `/api/imports/${checked.id}`)).state === 'done')
      const created = await sql('select username from account where username = any($1)', [checked.creates])
      assert.equal(created.length, checked.creates.length)
      assert.equal((await admin.sendJson('POST', `/api/imports/${checked.id}/undo`)).status, 204)
      // Somebody whom the first import created has logged in meanwhile.
      assert.equal((await admin.sendJson('POST', `/api/imports/${done.id}/undo`)).status, 409)
    })

    test('the audit has every event that it had, and can be read and exported', async () => {
      const events = await sql<{ event: string; count: number }>('select event, count(*)::int from audit_event group by 1')
      const now = new Map(events.map(({ event, count }) => [event, count]))
      for (const [event, count] of Object.entries(facts.audit)) assert.ok((now.get(event) ?? 0) >= count, event)
      const admin = await admins()
      const kinds = Object.keys(facts.audit)
      for (const event of kinds.filter((kind) => kind !== 'instance_created')) {
        const page = await read<{ events: { event: string }[] }>(admin, `/api/audit?events=${event}`)
        assert.ok(page.events.length > 0, `${event} is not shown`)
      }
      const exported = await admin.sendJson('POST', '/api/audit/export')
      assert.equal(exported.status, 200)
    })

    test('after all of this the database keeps its rules, and no node has complained', async () => {
      await checkInvariants(owner)
      assert.deepEqual(
        log.filter((line) => /"level":(50|60)/.test(line)),
        [],
      )
    })
  })
