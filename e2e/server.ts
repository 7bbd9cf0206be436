// The server under test: the real program with its own database, started and stopped as an operator would.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ParsedMail } from 'mailparser'
import pg from 'pg'
import { newMailServer } from '../test/mail-server.ts'
import { freePort } from '../test/server.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const node = join(root, 'node_modules/node/bin/node')
const main = join(root, 'server/main.ts')

/** One customer's world, fresh: nobody has logged in yet. */
export type NewInstance = { name: string; url: string; username: string; initialPassword: string }

export type TestServer = {
  port: number
  main: NewInstance
  /** Runs one command of the program beside the server, and returns what it printed. */
  command(...args: string[]): Promise<Record<string, unknown>>
  createInstance(): Promise<NewInstance>
  /** The mails that have arrived at this address so far, in order. */
  mailsTo(address: string): ParsedMail[]
  /** What the server has logged as an error so far: a fault of ours, whatever the browser showed. */
  errors(): string[]
  /** How many live channels are open. */
  openChannels(): Promise<number>
  /** Changes rows as the time would; returns the rows of the statement. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** Asks the server to stop, and waits until it has. */
  stop(): Promise<void>
}

export async function startServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-e2e-'))
  // The embedded PostgreSQL may run as another user, who must be able to enter.
  await chmod(folder, 0o755)
  const [port, metricsPort] = [await freePort(), await freePort()]
  const atTheEnd: (() => unknown)[] = []
  const mail = await newMailServer({ after: (work) => void atTheEnd.push(work as () => unknown) })
  await mail.start()
  // Nothing else of the surroundings: a DATABASE_URL in them must never be tested on.
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TMPDIR: process.env.TMPDIR,
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    SMTP_URL: mail.url,
    PUBLIC_URL: `http://localhost:${port}`,
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'warn',
    // Each test runs a command; they need not compile the same files again and again.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  }
  // The 'ipc' channel ends the server when these tests are gone without having stopped it.
  const server = spawn(node, [main, 'serve', '--json'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const log: string[] = []
  createInterface(server.stderr!).on('line', (line) => log.push(line))
  const ended = once(server, 'exit')
  const first = once(createInterface(server.stdout!), 'line') as Promise<[string]>
  const [line] = await Promise.race([first, ended.then(() => [undefined])])
  const said = JSON.parse(line ?? '{"error":"it ended"}')
  if (said.url === undefined) throw new Error(`The server did not start: ${said.error}\n${log.join('\n')}`)

  const command = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(node, [main, ...args, '--json'], { cwd: folder, env })
    return JSON.parse(stdout)
  }
  let instances = 0

  return {
    port,
    main: { ...said, name: 'main' },
    command,
    createInstance() {
      const name = `acme-${++instances}`
      return command('instance', 'create', name, '--hostname', `${name}.localhost`)
    },
    mailsTo: (address) =>
      mail.mails.filter(({ to }) => [to].flat().some((each) => each?.value.some((one) => one.address === address))),
    errors: () => log.filter((line) => /"level":"(error|fatal)"/.test(line)),
    async openChannels() {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
      return Number(/^gatehouse_live_channels (\d+)$/m.exec(text)![1])
    },
    async sql(text, values) {
      // The embedded database listens on this socket only.
      const client = new pg.Client({ host: join(folder, 'data', 'postgres-socket'), user: 'gatehouse', database: 'gatehouse' })
      await client.connect()
      try {
        return (await client.query(text, values)).rows
      } finally {
        await client.end()
      }
    },
    async stop() {
      server.kill('SIGTERM')
      const [code, signal] = await ended
      for (const work of atTheEnd) await work()
      await rm(folder, { recursive: true, force: true })
      if (code !== 0) throw new Error(`The server ended with ${code ?? signal}:\n${log.join('\n')}`)
    },
  }
}
