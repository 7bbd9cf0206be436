// Gatehouse as its operator starts it, and people who log in and out at it.
import { randomBytes } from 'node:crypto'
import { insertAccount, lockAccount, updateEnabled, usernameKey } from '../server/accounts/accounts.ts'
import { findInstanceByName } from '../server/instances/instances.ts'
import { hashPassword } from '../server/passwords/hash-password.ts'
import { setPassword } from '../server/passwords/passwords.ts'
import { type DatabaseAddress, openDatabase } from '../server/platform/database.ts'
import { deriveKeys, keyedHash } from '../server/platform/secret.ts'
import { findProfileId } from '../server/profiles/profiles.ts'
import { freePort, startChild } from './child.ts'
import { expectStatus } from './client.ts'
import { type Answer, type Connection, cookieOf, requestText } from './connection.ts'

/** The password of every account that has one. */
export const password = 'walnut drifts over copper rails'

const secretKey = randomBytes(32)
const formKey = deriveKeys(secretKey).form

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

export type AccountKind = 'ready' | 'disabled' | 'without password'

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
        const account = { username, usernameKey: usernameKey(username)!, fullName: 'Ana Souza', email: null, profileId }
        const id = (await insertAccount(tx, account))!
        if (kind !== 'without password') await setPassword(tx, (await lockAccount(tx, id))!, hash)
        if (kind === 'disabled') await updateEnabled(tx, id, false, null)
      }
    })
    return usernames
  } finally {
    await database.close()
  }
}

/** A username that nobody else has. */
export function newUsername(): string {
  return `agent-${randomBytes(6).toString('hex')}`
}

/** One person's browser: its cookies and the form of its login page. Keeps the form of the first visit, as an open tab does. */
export class Person {
  readonly username: string
  readonly #host: string
  #visit = ''
  #formToken = ''
  #device: string | undefined
  session: string | undefined

  constructor(host: string, username: string) {
    this.#host = host
    this.username = username
  }

  async openLoginPage(connection: Connection): Promise<void> {
    const answer = await connection.send(requestText({ method: 'GET', path: '/login', host: this.#host }))
    expectStatus('GET /login', answer.status, 200)
    this.#visit = cookieOf(answer, '__Host-gatehouse-visit')!
    this.#formToken = /name="formToken" value="([^"]+)"/.exec(answer.body)![1]!
  }

  /** The login form as the browser sends it. */
  loginRequest(password: string, username = this.username, headers: Record<string, string> = {}): string {
    const device = this.#device === undefined ? '' : `; __Host-gatehouse-device=${this.#device}`
    return this.#form(
      '/login',
      { formToken: this.#formToken, username, password, next: '' },
      { cookie: `__Host-gatehouse-visit=${this.#visit}${device}`, ...headers },
    )
  }

  /** @throws Error unless a session was started */
  async logIn(connection: Connection): Promise<void> {
    const answer = await connection.send(this.loginRequest(password))
    expectStatus('POST /login', answer.status, 303)
    this.session = cookieOf(answer, '__Host-gatehouse-session')
    if (this.session === undefined) throw new Error('POST /login: no session')
    this.#device = cookieOf(answer, '__Host-gatehouse-device') ?? this.#device
  }

  /** @throws Error unless the session was ended */
  async logOut(connection: Connection): Promise<void> {
    // What the page would carry. The bench knows the key, so the page need not be made, which would count as part of a log-out.
    const formToken = keyedHash(formKey, `session ${this.session}`).toString('base64url')
    const answer = await connection.send(this.#form('/log-out', { formToken }, { cookie: this.#sessionCookie() }))
    expectStatus('POST /log-out', answer.status, 303)
    if (!/location: \/login\?bye/i.test(answer.head)) throw new Error('POST /log-out: was not logged in')
    this.session = undefined
  }

  sessionCheckHeaders(): Record<string, string> {
    return { cookie: this.#sessionCookie() }
  }

  sessionCheckRequest(): string {
    return requestText({ method: 'GET', path: '/api/session', host: this.#host, headers: this.sessionCheckHeaders() })
  }

  #sessionCookie(): string {
    return `__Host-gatehouse-session=${this.session}`
  }

  #form(path: string, fields: Record<string, string>, headers: Record<string, string>): string {
    const body = { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(fields).toString() }
    return requestText({ method: 'POST', path, host: this.#host, headers: { 'sec-fetch-site': 'same-origin', ...headers }, body })
  }
}

export type { Answer }
