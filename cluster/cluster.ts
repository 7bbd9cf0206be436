// Several nodes on one database behind HAProxy, on one machine, as real processes: for trying, and for the tests.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findProgram } from './programs.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

export type ClusterNode = {
  readonly port: number
  readonly url: string
  readonly pid: number
  /** Sends a signal and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<void>
  /** Starts it again, or for the first time, and waits until it serves. */
  start(): Promise<void>
}

export type Cluster = {
  /** Where people reach it: the proxy. */
  url: string
  nodes: ClusterNode[]
  /** The first administrator, when the database was empty. */
  admin: { username: string; initialPassword: string } | undefined
  close(): Promise<void>
}

export type ClusterOptions = {
  nodes?: number
  /** Where people are to reach it; any free port when it is left out. */
  port?: number | undefined
  /** Settings of all nodes, DATABASE_URL among them, or DATA_DIR for an embedded PostgreSQL that they share. */
  settings: Record<string, string>
  /** Settings of one node beyond those, and variables such as LD_PRELOAD. */
  own?: (place: number) => Record<string, string>
}

/** Starts the nodes, the first before the others, and HAProxy with the configuration of deploy/ in front of them. */
export async function startCluster({ nodes: count = 3, port, settings, own = () => ({}) }: ClusterOptions): Promise<Cluster> {
  const haproxy = findProgram('haproxy')
  const proxyPort = port ?? (await freePort())
  const shared = {
    PATH: process.env.PATH,
    UV_THREADPOOL_SIZE: '8',
    HOST: '127.0.0.1',
    PUBLIC_URL: `http://localhost:${proxyPort}`,
    TRUSTED_PROXIES: '127.0.0.1,::1',
    METRICS_PORT: '0',
    LOG_LEVEL: process.env.CLUSTER_LOG ?? 'warn',
    DRAIN_SECONDS: '3',
    ...(settings.DATA_DIR === undefined && {
      DATA_DIR: mkdtempSync(join(tmpdir(), 'gatehouse-cluster-')),
      SECRET_KEY: randomBytes(32).toString('hex'),
    }),
    ...settings,
  }
  const nodes: (ClusterNode & { begun(): Started | undefined })[] = []
  for (let place = 0; place < count; place += 1)
    nodes.push(clusterNode({ ...shared, ...own(place), PORT: String(await freePort()) }))
  const [first, ...others] = nodes
  let proxy: ChildProcess | undefined
  const close = async () => {
    if (proxy) await end(proxy, 'SIGTERM')
    await Promise.all(nodes.map((node) => node.stop('SIGTERM')))
  }
  try {
    await first!.start()
    await Promise.all(others.map((node) => node.start()))
    proxy = startProxy(haproxy, proxyPort, nodes)
    await untilServed(`http://127.0.0.1:${proxyPort}/login`, `localhost:${proxyPort}`)
  } catch (error) {
    await close()
    throw error
  }
  const begun = first!.begun()
  const admin =
    begun?.initialPassword === undefined ? undefined : { username: begun.username!, initialPassword: begun.initialPassword }
  return { url: `http://localhost:${proxyPort}`, nodes, admin, close }
}

/** HAProxy as deploy/haproxy.cfg describes it. */
function startProxy(haproxy: string, port: number, nodes: readonly { port: number }[]): ChildProcess {
  const places = Object.fromEntries(nodes.map((node, place) => [`NODE${place + 1}`, `127.0.0.1:${node.port}`]))
  const env = { PATH: process.env.PATH, BIND: `127.0.0.1:${port}`, ...places }
  return spawn(haproxy, ['-db', '-q', '-f', join(root, 'deploy/haproxy.cfg')], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

type Started = { username?: string; initialPassword?: string }

function clusterNode(env: Record<string, string | undefined>): ClusterNode & { begun(): Started | undefined } {
  let child: ChildProcess | undefined
  let begun: Started | undefined
  return {
    port: Number(env.PORT),
    url: `http://localhost:${env.PORT}`,
    get pid() {
      return child?.pid ?? 0
    },
    begun: () => begun,
    async stop(signal) {
      if (child !== undefined) await end(child, signal)
    },
    async start() {
      const serving = spawn(process.execPath, ['server/main.ts', 'serve', '--json'], {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', process.env.CLUSTER_LOG === undefined ? 'ignore' : 'inherit', 'ipc'],
      })
      child = serving
      let said = ''
      serving.stdout!.on('data', (chunk) => {
        said += String(chunk)
      })
      while (!said.includes('\n')) {
        if (serving.exitCode !== null || serving.signalCode !== null)
          throw new Error(`a node did not start: ${said || 'see its log (CLUSTER_LOG=1)'}`)
        await wait(20)
      }
      const answer = JSON.parse(said) as Started & { error?: string }
      if (answer.error !== undefined) throw new Error(`a node did not start: ${answer.error}`)
      begun ??= answer
    },
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

async function untilServed(url: string, host: string): Promise<void> {
  const giveUpAt = performance.now() + 15_000
  for (;;) {
    const status = await fetch(url, { headers: { host } }).then(
      (answer) => answer.status,
      () => 0,
    )
    // `fetch` sends the host of the address, which is that of no instance: who says so, serves.
    if (status === 200 || status === 421) return
    if (performance.now() > giveUpAt) throw new Error(`nobody serves at ${url}`)
    await wait(100)
  }
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
