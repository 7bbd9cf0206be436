// Starts real nodes on a fresh, real database, for tests.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { after, type TestContext } from 'node:test'
import pg from 'pg'
import { openNode } from '../server/app.ts'
import { hashPassword } from '../server/authenticators/passwords/hash-password.ts'
import { giveInitialPassword, setPassword } from '../server/authenticators/passwords/passwords.ts'
import { type Config, readConfig } from '../server/config.ts'
import { insertAccount, lockAccount, usernameKey } from '../server/directory/accounts/accounts.ts'
import { findProfileId } from '../server/directory/profiles/profiles.ts'
import type { Instance } from '../server/instances/instances.ts'
import { createInstance } from '../server/operator/create-instance.ts'
import { type Database, type DatabaseAddress, openDatabase } from '../server/platform/database.ts'
import type { App, Route } from '../server/platform/http.ts'
import { deriveKeys, type Keys } from '../server/platform/secret.ts'
import type { Step } from '../server/sign-in/sign-in.ts'
import { Browser } from './browser.ts'
import { checkInvariants, checkNoSecrets } from './invariants.ts'
import { closeTestPostgres, newDatabase } from './postgres.ts'

/** That somebody has just shown a password, for what starts a session without a login. */
export const authenticated = { at: new Date(), amr: ['pwd'] }

/** A lasting password that keeps the default rules. */
export const goodPassword = 'walnut drifts over copper rails'

after(closeTestPostgres)

export type NewTestAccount = {
  username?: string
  profile?: string
  password?: string | 'initial' | 'none'
  fullName?: string
  email?: string
  language?: string
  timeZone?: string
}
export type TestAccount = { id: string; username: string; password: string }

export type TestSystem = {
  nodes: App[]
  routes: readonly Route[]
  database: Database
  address: DatabaseAddress
  keys: Keys
  main: Instance
  admin: { username: string; initialPassword: string }
  /** Everything that the nodes have logged. */
  logged(): string
  browser(node?: number, host?: string): Browser
  /** Lets the nodes work on jobs, looking for some twice a second, and trying again a second later. */
  work(): Promise<void>
  addInstance(
    name: string,
    hostname: string,
  ): Promise<{ instance: Instance; admin: { username: string; initialPassword: string } }>
  addAccount(account?: NewTestAccount, instance?: Instance): Promise<TestAccount>
  /** Rows of one statement, as the owner of the database, whom no policy holds back. */
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  /**
   * Holds a lock on the table, starts all, waits until the database says that as many as expected wait, and lets go.
   * Requests that merely run in parallel miss a broken rule most of the time.
   * @param meanwhile statements that count from the moment at which it lets go
   */
  race<T>(table: string, starts: (() => Promise<T>)[], waiters?: number, meanwhile?: string[]): Promise<T[]>
}

/**
 * Nodes of one system, with the instance `main` at localhost.
 * @param steps what can hold a sign-in up, in place of what can
 */
export async function startNodes(
  t: TestContext,
  count = 1,
  settings: Record<string, string> = {},
  steps?: readonly Step[],
): Promise<TestSystem> {
  const address = await newDatabase({ migrated: true })
  const keys = deriveKeys(randomBytes(32))
  const log: string[] = []
  const logTo = new Writable({
    write(chunk, _encoding, done) {
      log.push(String(chunk))
      done()
    },
  })
  const config: Config = readConfig({ PORT: '8080', LOG_LEVEL: 'debug', HASH_CONCURRENCY: '2', ...settings })
  const database = openDatabase(address, 10, () => {})
  const owner = new pg.Pool({ ...address, max: 3 })
  owner.on('error', () => {})
  const open = await Promise.all(
    Array.from({ length: count }, async () => {
      const own = openDatabase(address, config.databaseConnections, () => {})
      return { node: await openNode(config, own, keys, logTo, steps), own }
    }),
  )
  const nodes = open.map(({ node }) => node.app)
  t.after(async () => {
    for (const { node, own } of open) {
      await node.close()
      await own.close()
    }
    await checkInvariants(owner)
    const ofBrowsers = browsers.slice(0, 20).flatMap(({ cookies }) => [...cookies].filter(([, value]) => value.length > 40))
    await checkNoSecrets(owner, [...secrets, ...ofBrowsers.map(([, value]) => value)])
    for (const secret of secrets) assert.ok(!log.join('').includes(secret), 'the log holds a password')
    await owner.end()
    await database.close()
  })

  const secrets = new Set<string>()
  const browsers: Browser[] = []
  const createOne = async (name: string, hostname: string) => {
    const created = await createInstance({ database, keys }, { name, hostname })
    secrets.add(created.initialPassword)
    const instance: Instance = { id: created.id, name, hostname, language: 'en', timeZone: 'UTC', seats: null }
    return { instance, admin: { username: created.username, initialPassword: created.initialPassword } }
  }
  const { instance: main, admin } = await createOne('main', 'localhost')
  let accounts = 0

  return {
    nodes,
    routes: open[0]!.node.routes,
    database,
    address,
    keys,
    main,
    admin,
    logged: () => log.join(''),
    browser(node = 0, host = 'localhost:8080') {
      const browser = new Browser(nodes[node]!, host)
      browsers.push(browser)
      return browser
    },
    async work() {
      for (const table of ['queue', 'job']) await owner.query(`update pgboss.${table} set retry_delay = 1, retry_backoff = false`)
      for (const { node } of open) node.work({ pollSeconds: 0.5 })
    },
    addInstance: createOne,
    async addAccount(
      { username = `agent${++accounts}`, profile = 'Agent', password = goodPassword, fullName = 'Ana Souza', ...more } = {},
      instance = main,
    ) {
      const hash = password === 'initial' || password === 'none' ? undefined : await testHash(password)
      if (hash !== undefined) secrets.add(password)
      return database.in(instance, async (tx) => {
        const profileId = (await findProfileId(tx, profile))!
        const key = usernameKey(username)!
        const id = (await insertAccount(tx, { username, usernameKey: key, fullName, email: null, profileId, ...more }))!
        if (hash !== undefined) await setPassword(tx, { keys }, (await lockAccount(tx, id))!, hash)
        if (password !== 'initial') return { id, username, password }
        const { initialPassword } = await giveInitialPassword(tx, { keys }, id)
        secrets.add(initialPassword)
        return { id, username, password: initialPassword }
      })
    },
    async sql(text, values) {
      const { rows } = await owner.query(text, values)
      return rows
    },
    async race(table, starts, waiters = starts.length, meanwhile = []) {
      const lock = await owner.connect()
      try {
        await lock.query('begin')
        await lock.query(`lock table ${table} in exclusive mode`)
        const racing = Promise.all(starts.map((start) => start()))
        await until(async () => {
          const { rows } = await owner.query(
            "select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
          )
          return rows[0].waiting >= waiters
        })
        for (const statement of meanwhile) await lock.query(statement)
        await lock.query('commit')
        return await racing
      } finally {
        lock.release()
      }
    },
  }
}

const hashes = new Map<string, Promise<string>>()
/** Many accounts of one test have the same password; one hash serves them all. */
function testHash(password: string): Promise<string> {
  const hash = hashes.get(password) ?? hashPassword(password)
  hashes.set(password, hash)
  return hash
}

/** Waits for a condition, not for a time. Gives up, loudly, after ten seconds. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const giveUpAt = performance.now() + 10_000
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error('the condition was not met within ten seconds')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
