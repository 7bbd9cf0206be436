// Browsers that hold a live channel open, as many as are asked for, over plain sockets.
import { connect, type Socket } from 'node:net'
import { startChild } from './child.ts'
import { countError, pause } from './client.ts'
import { requestText } from './connection.ts'

export type HeldChannels = {
  /** Resolves when all have said hello. @throws Error when they have not within a minute */
  allOpen(): Promise<void>
  /** How many are open at this moment, and how many were opened anew because the node had asked for it. */
  readonly open: number
  readonly anew: number
  /** What went wrong: refusals, and channels that were lost unasked. */
  errors: Record<string, number>
  close(): void
}

/** Longer than the silence between two beats of a node, in milliseconds. */
const longestSilence = 60_000

/**
 * Opens a channel for each session cookie, a hundred at a time, and again whenever the node asks for it, as pages do.
 * @param seconds over which they come, if not as fast as they can
 */
export function holdChannels(
  port: number,
  host: string,
  tokens: readonly string[],
  { seconds = 0, onEnded = () => {} }: { seconds?: number; onEnded?: (token: string) => void } = {},
): HeldChannels {
  const sockets = new Set<Socket>()
  const errors: Record<string, number> = {}
  let open = 0
  let anew = 0
  let isOver = false

  function hold(token: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1')
      let text = ''
      let words = 'a channel was lost'
      let saidHello = false
      let isExpected = false
      sockets.add(socket)
      socket.write(requestText({ method: 'GET', path: '/api/live', host, headers: headersOf(token) }))
      socket.on('data', (more: string) => {
        text += more
        const refusal = saidHello ? null : /^HTTP\/1\.1 (?!200)\d+/.exec(text)
        if (refusal !== null) {
          // Such a connection would stay open for the next request.
          words = `GET /api/live: ${refusal[0].slice(9)}`
          socket.destroy()
        }
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
            setTimeout(() => void holdAnew(token), within * Math.random())
          }
        }
      })
      socket.setTimeout(longestSilence, () => socket.destroy(new Error('a channel was silent for a minute')))
      socket.on('error', (error) => {
        words = error.message
      })
      socket.on('close', () => {
        sockets.delete(socket)
        if (saidHello) open -= 1
        if (!isExpected && !isOver) countError(errors, new Error(words))
        resolve()
      })
    })
  }

  async function holdAnew(token: string): Promise<void> {
    if (isOver) return
    anew += 1
    await hold(token)
  }

  const opening = (async () => {
    const begin = performance.now()
    for (let from = 0; from < tokens.length; from += 100) {
      await Promise.all(tokens.slice(from, from + 100).map(hold))
      const early = (from / tokens.length) * seconds * 1000 - (performance.now() - begin)
      if (early > 0) await pause(early)
    }
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
    get anew() {
      return anew
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

export type ChannelProcess = {
  /** How they stand at this moment. */
  standing(): Promise<Pick<HeldChannels, 'open' | 'anew' | 'errors'>>
  stop(): Promise<void>
}

/**
 * The same in a process of its own, so that its sockets do not disturb the one that measures.
 * @throws Error when so many files may not be open, and when a channel cannot be opened
 */
export async function holdChannelsElsewhere(
  port: number,
  host: string,
  tokens: readonly string[],
  seconds: number,
): Promise<ChannelProcess> {
  const child = await startChild('bench/live-client.ts')
  const { error } = await child.ask<{ error?: string }>({ port, host, tokens, seconds })
  if (error !== undefined) throw new Error(error)
  return { standing: () => child.ask({}), stop: () => child.stop() }
}

/**
 * Before anything is started: the node and the process of the channels have a file each for every one, and some for themselves.
 * @throws Error when `ulimit -n` allows fewer
 */
export function expectOpenFiles(channels: number): void {
  const needed = channels + 500
  const { soft } = (process.report.getReport() as { userLimits: { open_files: { soft: number | 'unlimited' } } }).userLimits
    .open_files
  if (soft !== 'unlimited' && soft < needed)
    throw new Error(`${channels} live channels need ${needed} open files in one process, and \`ulimit -n\` allows ${soft}`)
}

if (import.meta.main) {
  let channels: HeldChannels | undefined
  process.on('message', async (message: { port: number; host: string; tokens: string[]; seconds: number }) => {
    if (channels !== undefined) {
      const { open, anew, errors } = channels
      process.send!({ open, anew, errors })
      return
    }
    const { port, host, tokens, seconds } = message
    channels = holdChannels(port, host, tokens, { seconds })
    try {
      await channels.allOpen()
      process.send!({})
    } catch (error) {
      process.send!({ error: (error as Error).message })
    }
  })
  process.once('disconnect', () => process.exit())
  process.stdout.write('{}\n')
}
