// Browsers that hold a live channel open, as many as are asked for, over plain sockets.
import { connect, type Socket } from 'node:net'
import { countError, pause } from './client.ts'
import { requestText } from './connection.ts'

export type HeldChannels = {
  /** Resolves when all have said hello. @throws Error when they have not within a minute */
  allOpen(): Promise<void>
  /** How many are open at this moment. */
  readonly open: number
  /** What went wrong: refusals, and channels that were lost unasked. */
  errors: Record<string, number>
  close(): void
}

/** Opens a channel for each session cookie, a hundred at a time, and again whenever the node asks for it, as pages do. */
export function holdChannels(
  port: number,
  host: string,
  tokens: readonly string[],
  onEnded = (_token: string) => {},
): HeldChannels {
  const sockets = new Set<Socket>()
  const errors: Record<string, number> = {}
  let open = 0
  let isOver = false

  function hold(token: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1')
      let text = ''
      let saidHello = false
      let isExpected = false
      sockets.add(socket)
      socket.write(requestText({ method: 'GET', path: '/api/live', host, headers: headersOf(token) }))
      socket.on('data', (more: string) => {
        text += more
        for (;;) {
          const found = /event: (\w+)\ndata: (.*)\n\n/.exec(text)
          if (found === null) break
          text = text.slice(found.index + found[0].length)
          const [, event, data] = found as unknown as [string, string, string]
          if (event === 'hello') {
            saidHello = true
            open += 1
            resolve()
          } else if (event === 'ended') {
            isExpected = true
            onEnded(token)
          } else if (event === 'again') {
            isExpected = true
            const { within } = JSON.parse(data) as { within: number }
            if (!isOver) setTimeout(() => isOver || void hold(token), within * Math.random())
          }
        }
      })
      socket.on('error', (error) => countError(errors, error))
      socket.on('close', () => {
        sockets.delete(socket)
        if (saidHello) open -= 1
        if (!isExpected && !isOver) countError(errors, new Error(`a channel was lost: ${text.slice(0, 60)}`))
        resolve()
      })
    })
  }

  const opening = (async () => {
    for (let from = 0; from < tokens.length; from += 100) await Promise.all(tokens.slice(from, from + 100).map(hold))
  })()

  return {
    async allOpen() {
      await opening
      for (let tries = 0; open < tokens.length; tries += 1) {
        if (tries === 600) throw new Error(`only ${open} of ${tokens.length} channels are open: ${JSON.stringify(errors)}`)
        await pause(100)
      }
    },
    get open() {
      return open
    },
    errors,
    close() {
      isOver = true
      for (const socket of sockets) socket.destroy()
    },
  }
}

function headersOf(token: string): Record<string, string> {
  return { cookie: `__Host-gatehouse-session=${token}`, accept: 'text/event-stream', 'sec-fetch-site': 'same-origin' }
}
