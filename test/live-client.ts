// A browser's end of a live channel, over a real socket: hears events, and can say goodbye or fall silent.
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { App } from '../server/platform/app.ts'
import type { Browser } from './browser.ts'
import { until } from './nodes.ts'

export type LiveEvent = { event: string; data: Record<string, unknown> }

export type LiveClient = {
  status: number
  events: LiveEvent[]
  /** Waits for the first event of this name that has not been taken yet, and takes it. */
  next(event: string): Promise<LiveEvent['data']>
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>
  /** Closes the socket, as a browser does that is closed. */
  close(): void
}

const ports = new WeakMap<App, number>()

/** Has a node listen on a port of its own. */
export async function listening(app: App): Promise<number> {
  const known = ports.get(app)
  if (known !== undefined) return known
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  ports.set(app, port)
  return port
}

/** Opens the live channel of whoever is logged in in this browser. */
export async function openLive(t: Pick<TestContext, 'after'>, app: App, browser: Browser): Promise<LiveClient> {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { host: 'localhost:8080', cookie, accept: 'text/event-stream', 'sec-fetch-site': 'same-origin' }
  const sent: ClientRequest = request({ port: await listening(app), host: '127.0.0.1', path: '/api/live', headers, agent: false })
  sent.on('error', () => {})
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.on('error', () => {})
  const events: LiveEvent[] = []
  let text = ''
  answer.setEncoding('utf8').on('data', (part: string) => {
    text += part
    const whole = text.split('\n\n')
    text = whole.pop()!
    for (const each of whole) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(each)!
      events.push({ event: event!, data: JSON.parse(data!) })
    }
  })
  t.after(() => sent.destroy())
  return {
    status: answer.statusCode!,
    events,
    async next(event) {
      let found = -1
      await until(() => {
        found = events.findIndex((each) => each.event === event)
        return found >= 0
      })
      return events.splice(found, 1)[0]!.data
    },
    ended: new Promise((resolve) => answer.once('close', resolve)),
    close: () => void sent.destroy(),
  }
}
