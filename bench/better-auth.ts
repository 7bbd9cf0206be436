// People who log in and out at Better Auth.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { DatabaseAddress } from '../server/platform/database.ts'
import { freePort, startChild } from './child.ts'
import { expectStatus } from './client.ts'
import { Connection, cookieOf, requestText } from './connection.ts'

export type BetterAuth = { port: number; host: string; stop(): Promise<void> }

const password = 'walnut drifts over copper rails'
const sessionCookie = 'better-auth.session_token'

/** Starts Better Auth in a process of its own, on a new database of the same PostgreSQL. */
export async function startBetterAuth(address: DatabaseAddress): Promise<BetterAuth> {
  const database = `better_auth_${randomBytes(4).toString('hex')}`
  const client = new pg.Client({ ...address, database: 'postgres' })
  await client.connect()
  await client.query(`create database ${database}`)
  await client.end()

  const port = await freePort()
  const { stop } = await startChild('bench/better-auth-server.ts', {
    args: [String(port), JSON.stringify({ ...address, database })],
    env: { NODE_ENV: 'production' },
    threads: 'default',
  })
  return { port, host: `localhost:${port}`, stop }
}

/** One person's browser. */
export class BetterAuthPerson {
  readonly #host: string
  readonly #email: string
  #session = ''

  constructor(host: string, email: string) {
    this.#host = host
    this.#email = email
  }

  async signUp(connection: Connection): Promise<void> {
    const answer = await connection.send(this.#post('sign-up/email', { name: 'Ana Souza', email: this.#email, password }))
    expectStatus('sign-up/email', answer.status, 200)
  }

  async logIn(connection: Connection): Promise<void> {
    const answer = await connection.send(this.#post('sign-in/email', { email: this.#email, password }))
    expectStatus('sign-in/email', answer.status, 200)
    const session = cookieOf(answer, sessionCookie)
    if (session === undefined) throw new Error('sign-in/email: no session')
    this.#session = session
  }

  async logOut(connection: Connection): Promise<void> {
    const answer = await connection.send(this.#post('sign-out', {}, this.sessionCheckHeaders()))
    expectStatus('sign-out', answer.status, 200)
  }

  sessionCheckHeaders(): Record<string, string> {
    return { cookie: `${sessionCookie}=${this.#session}` }
  }

  #post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): string {
    const body = { type: 'application/json', text: JSON.stringify(fields) }
    return requestText({
      method: 'POST',
      path: `/api/auth/${path}`,
      host: this.#host,
      headers: { origin: `http://${this.#host}`, ...headers },
      body,
    })
  }
}

/** Creates accounts through its API, four at a time: the pool of its scrypt has no more threads. */
export async function signUpPeople({ port, host }: BetterAuth, count: number): Promise<BetterAuthPerson[]> {
  const people = Array.from({ length: count }, (_, number) => new BetterAuthPerson(host, `agent${number}@example.com`))
  const waiting = people.values()
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      const connection = new Connection(port)
      for (const person of waiting) await person.signUp(connection)
      connection.close()
    }),
  )
  return people
}
