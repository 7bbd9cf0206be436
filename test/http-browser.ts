// A browser without a screen that speaks to a real server over a real socket: just enough to log in and out.
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { hiddenFields, pagesOfSomebody } from './browser.ts'

export type HttpAnswer = {
  status: number
  body: string
  location: string | undefined
  retryAfter: string | undefined
  date: Date
}

// In milliseconds.
const longestSilence = 30_000

export class HttpBrowser {
  readonly cookies = new Map<string, string>()
  formToken = ''
  hidden = new Map<string, Record<string, string>>()
  /** Sent with every request. */
  readonly headers: Record<string, string> = {}
  readonly #url: URL
  readonly #host: string

  /** @param host the name that it asks for, where that is another than the one in the URL; with a port, that one too */
  constructor(url: string, host?: string) {
    this.#url = new URL(url)
    this.#host = host?.includes(':') ? host : `${host ?? this.#url.hostname}:${this.#url.port}`
  }

  get(path: string): Promise<HttpAnswer> {
    return this.#send('GET', path)
  }

  async post(path: string, fields: Record<string, string> = {}): Promise<HttpAnswer> {
    if (pagesOfSomebody.includes(path) && !this.hidden.has(path)) await this.get(path)
    const { next: _, ...hidden } = this.hidden.get(path) ?? {}
    return this.#send('POST', path, new URLSearchParams({ ...hidden, formToken: this.formToken, ...fields }).toString())
  }

  /** Calls the API as the console does. */
  sendJson(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown = {}): Promise<HttpAnswer> {
    return this.#send(method, path, JSON.stringify(body), { 'content-type': 'application/json', 'x-form-token': this.formToken })
  }

  async logIn(username: string, password: string): Promise<HttpAnswer> {
    await this.get('/login')
    return this.post('/login', { username, password })
  }

  async #send(method: string, path: string, body?: string, more: Record<string, string> = {}): Promise<HttpAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const form =
      body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }
    const sent = request(new URL(path, this.#url), {
      method,
      agent: false,
      headers: { host: this.#host, cookie, 'sec-fetch-site': 'same-origin', ...form, ...more, ...this.headers },
    })
    sent.setTimeout(longestSilence, () => sent.destroy(new Error('no answer')))
    sent.end(body)
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    const page = await text(answer)
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (value === '') this.cookies.delete(name!)
      else this.cookies.set(name!, value!)
      if (/-(pending|recovery)$/.test(name!)) for (const path of pagesOfSomebody) this.hidden.delete(path)
    }
    for (const [action, fields] of hiddenFields(page)) this.hidden.set(action, fields)
    this.formToken = /name="formToken" value="([^"]+)"/.exec(page)?.[1] ?? this.formToken
    return {
      status: answer.statusCode!,
      body: page,
      location: answer.headers.location,
      retryAfter: answer.headers['retry-after'],
      date: new Date(answer.headers.date ?? ''),
    }
  }
}
