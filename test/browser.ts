// A browser without a screen: keeps cookies, follows no redirect, fills in the form token of the page that it last saw.
import type { App } from '../server/platform/app.ts'

export type Answer = {
  status: number
  body: string
  bytes: Buffer
  headers: Record<string, string | string[] | number | undefined>
  location: string | undefined
}

export class Browser {
  readonly cookies = new Map<string, string>()
  /** Sent with every request; undefined takes one away that would be sent otherwise. */
  headers: Record<string, string | undefined> = {}
  formToken = ''
  /** The hidden fields of the forms that it has seen, by where each is sent. */
  hidden = new Map<string, Record<string, string>>()
  readonly #app: App
  readonly #host: string

  constructor(app: App, host: string) {
    this.#app = app
    this.#host = host
  }

  get(url: string): Promise<Answer> {
    return this.send('GET', url)
  }

  /** Sends a form, with the token of the last page and the hidden fields of its own unless the fields hold others. */
  async post(url: string, fields: Record<string, string> = {}): Promise<Answer> {
    if (pagesOfSomebody.includes(url) && !this.hidden.has(url)) await this.get(url)
    const { next: _, ...hidden } = this.hidden.get(url) ?? {}
    const body = new URLSearchParams({ ...hidden, formToken: this.formToken, ...fields }).toString()
    return this.send('POST', url, body, 'application/x-www-form-urlencoded')
  }

  postJson(url: string, fields: Record<string, unknown> = {}): Promise<Answer> {
    return this.send('POST', url, JSON.stringify({ formToken: this.formToken, ...fields }), 'application/json')
  }

  /** Calls the API as the console does: the form token in a header, the body as it is. */
  sendJson(method: 'POST' | 'PUT' | 'DELETE', url: string, body: unknown = {}): Promise<Answer> {
    return this.send(method, url, JSON.stringify(body), 'application/json', { 'x-form-token': this.formToken })
  }

  async send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD',
    url: string,
    body?: string | Buffer,
    type?: string,
    more: Record<string, string> = {},
  ): Promise<Answer> {
    const headers = {
      host: this.#host,
      ...(method !== 'GET' && { 'sec-fetch-site': 'same-origin' }),
      ...(type !== undefined && { 'content-type': type }),
      ...(this.cookies.size > 0 && { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
      ...more,
      ...this.headers,
    }
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
    const answer = await this.#app.inject({ method, url, headers: sent, ...(body !== undefined && { payload: body }) })
    for (const { name, value, maxAge } of answer.cookies) {
      if (value === '' || maxAge === 0) this.cookies.delete(name)
      else this.cookies.set(name, value)
      if (/-(pending|recovery)$/.test(name)) for (const path of pagesOfSomebody) this.hidden.delete(path)
    }
    for (const [action, fields] of hiddenFields(answer.body)) this.hidden.set(action, fields)
    const token = /name="formToken" value="([^"]+)"/.exec(answer.body)?.[1]
    if (token !== undefined) this.formToken = token
    return {
      status: answer.statusCode,
      body: answer.body,
      bytes: answer.rawPayload,
      headers: answer.headers,
      location: answer.headers.location,
    }
  }

  /**
   * Sends a form again for as long as it is answered by 503, as people do who are told to try again.
   * A machine that is too slow for the limits of time of the database is no wrong answer.
   * @param onBusy told of each 503
   */
  async postUntilServed(url: string, fields: Record<string, string>, onBusy: () => void = () => {}): Promise<Answer> {
    for (;;) {
      const answer = await this.post(url, fields)
      if (answer.status !== 503) return answer
      onBusy()
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  /** Opens the login page and sends the form. */
  async logIn(username: string, password: string, next?: string): Promise<Answer> {
    await this.get(next === undefined ? '/login' : `/login?next=${encodeURIComponent(next)}`)
    return this.post('/login', { username, password, ...(next !== undefined && { next }) })
  }
}

/** The hidden fields of the forms of a page, by where each form is sent. */
export function hiddenFields(body: string): Map<string, Record<string, string>> {
  const forms = new Map<string, Record<string, string>>()
  for (const [, action, inside] of body.matchAll(/<form method="post" action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)) {
    const fields = [...inside!.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)]
    forms.set(action!, Object.fromEntries(fields.map(([, name, value]) => [name, value])))
  }
  return forms
}

/** Pages that are made for whoever has begun something in this browser: nobody sends their form before having opened them. */
export const pagesOfSomebody = ['/choose-password', '/recover']
