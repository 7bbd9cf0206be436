// The other processes of the bench: each prints one line of JSON when it is ready, or done.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

export type Child<Ready> = {
  /** What the process has printed. */
  ready: Ready
  /** Sends it a message and waits for the one that it answers with. One at a time. @throws Error when it ends instead */
  ask<Answer>(message: object): Promise<Answer>
  /** Asks it to end, as an operator would, and waits until it has. */
  stop(): Promise<void>
}

export type ChildOptions = { args?: string[]; env?: Record<string, string>; nodeArgs?: string[]; threads?: 'default' }

const running = new Set<ChildProcess>()

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Starts a program of this project and waits for its line. It ends when this process does.
 * It sees only the settings that are given: what the shell happens to hold must not change what is measured.
 * @throws Error with the program's own words when it ends instead
 */
export async function startChild<Ready>(
  program: string,
  { args = [], env = {}, nodeArgs = [], threads }: ChildOptions = {},
): Promise<Child<Ready>> {
  const kept = ['PATH', 'HOME', 'TMPDIR', ...(threads === 'default' ? [] : ['UV_THREADPOOL_SIZE'])]
  const inherited = Object.fromEntries(kept.map((name) => [name, process.env[name]]).filter(([, value]) => value !== undefined))
  const child = spawn(process.execPath, [...nodeArgs, program, ...args], {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  const ended = once(child, 'exit').finally(() => running.delete(child))
  let words = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4000)
  })
  const line = await Promise.race([firstLine(child), ended.then(() => undefined)])
  if (line === undefined) throw new Error(`${program} ended before it was ready.\n${words}`)
  const ready = JSON.parse(line) as Ready & { error?: string }
  if (ready.error !== undefined) throw new Error(`${program}: ${ready.error}`)
  return {
    ready,
    async ask<Answer>(message: object) {
      const answer = once(child, 'message')
      child.send(message)
      const [found] = await Promise.race([answer, ended.then(() => [])])
      if (found === undefined) throw new Error(`${program} ended before it answered.\n${words}`)
      return found as Answer
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
    },
  }
}

/** Ends every process that is still running, for when the bench itself is told to end. */
export async function stopChildren(): Promise<void> {
  await Promise.all(
    [...running].map((child) => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      return ended
    }),
  )
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    child.stdout!.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
  })
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
