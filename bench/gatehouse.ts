// Gatehouse as its operator starts it, and its accounts.
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { hashPassword } from '../server/authenticators/passwords/hash-password.ts'
import { setPassword } from '../server/authenticators/passwords/passwords.ts'
import { updateEnabled } from '../server/directory/accounts/account-changes.ts'
import { insertAccount, lockAccount, usernameKey } from '../server/directory/accounts/accounts.ts'
import { findProfileId } from '../server/directory/profiles/profiles.ts'
import { findInstanceByName } from '../server/instances/instances.ts'
import { type DatabaseAddress, openDatabase } from '../server/platform/database.ts'
import { deriveKeys } from '../server/platform/secret.ts'
import { findStoredRules, updateRules } from '../server/rules/rules.ts'
import { freePort, startChild } from './child.ts'

/** The key of every node that the bench starts. */
export const secretKey = randomBytes(32)

/** The password of every account that has one. */
export const password = 'walnut drifts over copper rails'

export type Gatehouse = { port: number; host: string; stop(): Promise<void> }

/**
 * Starts a node with its defaults, in a process of its own, on the embedded PostgreSQL of a folder.
 * @param settings beyond the defaults
 * @param profileTo the folder for a CPU profile of the whole run, if one is wanted
 */
export async function startGatehouse(
  dataDir: string,
  settings: Record<string, string> = {},
  profileTo?: string,
): Promise<Gatehouse> {
  const port = await freePort()
  const { stop } = await startChild('server/main.ts', {
    args: ['serve', '--json'],
    nodeArgs: profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`],
    env: {
      PORT: String(port),
      METRICS_PORT: '0',
      DATA_DIR: dataDir,
      SECRET_KEY: secretKey.toString('hex'),
      LOG_LEVEL: 'warn',
      ...settings,
    },
  })
  return { port, host: `localhost:${port}`, stop }
}

export type AccountKind = 'ready' | 'with email' | 'disabled' | 'without password'

/** Adds accounts of the instance `main`, past the pages, with one hash for all; returns their usernames, all of one length. */
export async function addAccounts(address: DatabaseAddress, count: number, kind: AccountKind): Promise<string[]> {
  const database = openDatabase(address, 2, () => {})
  try {
    const hash = await hashPassword(password)
    const instance = (await database.asOperator(undefined, (tx) => findInstanceByName(tx, 'main')))!
    const usernames = Array.from({ length: count }, newUsername)
    await database.in(instance, async (tx) => {
      const profileId = (await findProfileId(tx, 'Agent'))!
      for (const username of usernames) {
        const email = kind === 'with email' ? `${username}@example.com` : null
        const account = { username, usernameKey: usernameKey(username)!, fullName: 'Ana Souza', email, profileId }
        const id = (await insertAccount(tx, account))!
        if (kind !== 'without password')
          await setPassword(tx, { keys: deriveKeys(secretKey) }, (await lockAccount(tx, id))!, hash)
        if (kind === 'disabled') await updateEnabled(tx, id, false, null)
      }
    })
    return usernames
  } finally {
    await database.close()
  }
}

/** Adds accounts with a password in one statement, and lets PostgreSQL look at them, as an import does; returns their usernames. */
export async function addManyAccounts(address: DatabaseAddress, count: number): Promise<string[]> {
  const database = openDatabase(address, 1, () => {})
  try {
    const hash = await hashPassword(password)
    const instance = (await database.asOperator(undefined, (tx) => findInstanceByName(tx, 'main')))!
    const usernames = Array.from({ length: count }, newUsername)
    await database.in(instance, async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx)
      await sql`
        insert into account (username, username_key, full_name, profile_id)
        select name, name, 'Ana Souza', (select id from profile where name = 'Agent') from unnest(${usernames}::text[]) as name`.execute(
        tx,
      )
      await sql`
        insert into password (account_id, hash, changed_at)
        select id, ${hash}, now() from account where username = any (${usernames})`.execute(tx)
    })
    await database.call((db) => sql`select look_at_grown_tables()`.execute(db))
    return usernames
  } finally {
    await database.close()
  }
}

/** Lets people end their other session, in the instance `main`. */
export async function allowTakeover(address: DatabaseAddress): Promise<void> {
  const database = openDatabase(address, 1, () => {})
  const instance = (await database.asOperator(undefined, (tx) => findInstanceByName(tx, 'main')))!
  await database.in(instance, async (tx) => {
    const { version } = await findStoredRules(tx)
    await updateRules(tx, version, { endOtherSession: true }, {})
  })
  await database.close()
}

/** A username that nobody else has. */
export function newUsername(): string {
  return `agent-${randomBytes(6).toString('hex')}`
}
