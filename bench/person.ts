// People who log in and out at Gatehouse.
import { expectStatus } from './client.ts'
import { Connection, cookieOf, headerOf, requestText } from './connection.ts'
import { type Gatehouse, password } from './gatehouse.ts'

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

  /** "Forgot your password?" as the browser sends it. */
  forgotRequest(username: string, headers: Record<string, string>): string {
    const fields = { formToken: this.#formToken, username }
    return this.#form('/forgot-password', fields, { cookie: `__Host-gatehouse-visit=${this.#visit}`, ...headers })
  }

  /** @throws Error unless a session was started */
  async logIn(connection: Connection): Promise<void> {
    const seconds = await this.tryToLogIn(connection)
    if (seconds !== undefined) throw new Error('POST /login: 503 instead of 303')
  }

  /**
   * Logs in, or says after how many seconds to try again, when the server is busy.
   * @throws Error when it answers anything else
   */
  async tryToLogIn(connection: Connection): Promise<number | undefined> {
    const answer = await connection.send(this.loginRequest(password))
    if (answer.status === 503) return Number(headerOf(answer, 'retry-after'))
    expectStatus('POST /login', answer.status, 303)
    this.session = cookieOf(answer, '__Host-gatehouse-session')
    if (this.session === undefined) throw new Error('POST /login: no session')
    this.#device = cookieOf(answer, '__Host-gatehouse-device') ?? this.#device
    return undefined
  }

  /**
   * Logs in with the right password where another session is in the way.
   * @returns the request of the button that ends the other one
   * @throws Error unless the button is offered
   */
  async logInBesideOther(connection: Connection): Promise<string> {
    const answer = await connection.send(this.loginRequest(password))
    expectStatus('POST /login', answer.status, 409)
    const pending = cookieOf(answer, '__Host-gatehouse-pending')
    if (pending === undefined || !answer.body.includes('/take-over')) throw new Error('POST /login: no button')
    const cookie = `__Host-gatehouse-visit=${this.#visit}; __Host-gatehouse-pending=${pending}`
    return this.#form('/take-over', { formToken: this.#formToken }, { cookie })
  }

  /** @throws Error unless a session was started */
  async press(connection: Connection, button: string): Promise<void> {
    expectStatus('POST /take-over', (await connection.send(button)).status, 303)
  }

  /** @throws Error unless the session was ended */
  async logOut(connection: Connection): Promise<void> {
    // What the page would carry, and the cheapest way to it; its cost counts as the log-out's.
    const check = await connection.send(this.sessionCheckRequest())
    expectStatus('GET /api/session', check.status, 200)
    const { formToken } = JSON.parse(check.body) as { formToken: string }
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

/** People who have the login page open. */
export async function visitors(
  { port, host }: Pick<Gatehouse, 'port' | 'host'>,
  usernames: readonly string[],
): Promise<Person[]> {
  const people = usernames.map((username) => new Person(host, username))
  const connection = new Connection(port)
  for (const person of people) await person.openLoginPage(connection)
  connection.close()
  return people
}

/** People who are logged in. */
export async function loggedIn(gatehouse: Pick<Gatehouse, 'port' | 'host'>, usernames: readonly string[]): Promise<Person[]> {
  const people = await visitors(gatehouse, usernames)
  const connection = new Connection(gatehouse.port)
  for (const person of people) await person.logIn(connection)
  connection.close()
  return people
}
