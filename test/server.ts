// The real program in its own process, as people start it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from '../cluster/cluster.ts'

export { freePort }

export type Started = { url: string; username?: string; initialPassword?: string; expiresAt?: string }

export type Program = {
  env: NodeJS.ProcessEnv
  /** Starts `serve` and waits until it says that it is up. */
  serve(): Promise<{ child: ChildProcess; started: Started }>
  /** Runs a command to its end. */
  run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>
}

/** A Gatehouse with its own folder and port. Whatever it started is stopped at the end of the test. */
export async function newProgram(t: TestContext, settings: Record<string, string> = {}): Promise<Program> {
  const port = await freePort()
  const children: ChildProcess[] = []
  const env = {
    PATH: process.env.PATH,
    UV_THREADPOOL_SIZE: '8',
    DATA_DIR: join(mkdtempSync(join(tmpdir(), 'gatehouse-program-')), 'data'),
    PORT: String(port),
    METRICS_PORT: '0',
    LOG_LEVEL: 'warn',
    ...settings,
  }
  const start = (args: string[]) => {
    const child = spawn(process.execPath, ['server/main.ts', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    return child
  }
  t.after(async () => {
    for (const child of children.filter((each) => each.exitCode === null && each.signalCode === null))
      await stop(child, 'SIGTERM')
    // Adopts and stops a PostgreSQL that a killed process left running.
    await stop(start(['instance', 'list', '--json']))
  })

  return {
    env,
    async serve() {
      const child = start(['serve', '--json'])
      const errors = read(child.stderr!)
      const out = read(child.stdout!)
      while (!out.text.includes('\n')) {
        const ended = await Promise.race([once(child.stdout!, 'data').then(() => false), once(child, 'exit').then(() => true)])
        if (ended && !out.text.includes('\n')) throw new Error(`serve ended with ${child.exitCode}: ${errors.text}`)
      }
      return { child, started: JSON.parse(out.text) as Started }
    },
    async run(...args) {
      const child = start(args)
      const [out, errors] = [read(child.stdout!), read(child.stderr!)]
      await once(child, 'close')
      return { code: child.exitCode, stdout: out.text, stderr: errors.text }
    },
  }
}

function read(stream: NodeJS.ReadableStream): { text: string } {
  const kept = { text: '' }
  stream.on('data', (chunk) => {
    kept.text += String(chunk)
  })
  return kept
}

/** Sends a signal, if one is given, and waits for the end. */
export async function stop(child: ChildProcess, signal?: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  if (signal !== undefined) child.kill(signal)
  await ended
}
