// A PostgreSQL of its own that can be killed, frozen and filled up. It listens on TCP, as one on another machine would.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../../cluster/cluster.ts'
import { ownerOf } from '../../server/platform/embedded-postgres-owner.ts'

export type FaultyPostgres = {
  port: number
  /** Of the login role that owns the database of the nodes. */
  url: string
  /** A superuser's pool, which survives every fault: a statement fails, and the next one may work. */
  owner: pg.Pool
  /** Whether its files lie on a disk of their own, which can be filled. */
  ownDisk: boolean
  /** Kills all of it at once, as a power cut would. It is started again by its supervisor, as by systemd. */
  kill(): void
  freeze(): void
  thaw(): void
  fillDisk(): void
  emptyDisk(): void
  close(): Promise<void>
}

const diskMegabytes = 400

export async function startFaultyPostgres(settings: Record<string, string> = {}): Promise<FaultyPostgres> {
  const binaries = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as Record<
    'initdb' | 'pg_ctl' | 'postgres',
    string
  >
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-faults-'))
  const ownDisk = mount(folder)
  const owner = await ownerOf(folder, binaries.postgres)
  const data = join(folder, 'data')
  execFileSync('chmod', ['755', folder])
  mkdirSync(data, { mode: 0o700 })
  owner.give(data)
  await owner.run(binaries.initdb, ['-D', data, '-U', 'postgres', '--encoding=UTF8', '--locale=C', '--auth=trust'])
  const port = await freePort()
  const options = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings }
  const flags = Object.entries(options).map(([key, value]) => `-c ${key}='${value}'`)
  const start = () =>
    owner.run(binaries.pg_ctl, ['start', '-D', data, '-w', '-t', '30', '-l', join(data, 'log'), '-o', flags.join(' ')])
  await start()

  const address = { host: '127.0.0.1', port, user: 'postgres' }
  const first = new pg.Client({ ...address, database: 'postgres' })
  await first.connect()
  await first.query('create role gatehouse login createrole')
  await first.query('create database gatehouse owner gatehouse')
  await first.end()
  const pool = new pg.Pool({
    ...address,
    database: 'gatehouse',
    max: 3,
    connectionTimeoutMillis: 2000,
    query_timeout: 10_000,
    pipeline: true,
  })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))

  let closing = false
  const supervising = (async () => {
    while (!closing) {
      if (postmaster() === undefined) await start().catch(() => {})
      await wait(200)
    }
  })()

  function postmaster(): number | undefined {
    try {
      const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
      process.kill(pid, 0)
      return pid
    } catch {
      return undefined
    }
  }

  /** The server and all that it has started. */
  function processes(): number[] {
    const parent = postmaster()
    if (parent === undefined) return []
    const children = readdirSync('/proc').filter((name) => {
      try {
        return /^\d+$/.test(name) && Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]) === parent
      } catch {
        return false
      }
    })
    return [parent, ...children.map(Number)]
  }

  function signal(name: NodeJS.Signals): void {
    for (const pid of processes()) {
      try {
        process.kill(pid, name)
      } catch {
        // It has just ended by itself.
      }
    }
  }

  const filling = join(folder, 'filling')
  return {
    port,
    url: `postgres://gatehouse@127.0.0.1:${port}/gatehouse`,
    owner: pool,
    ownDisk,
    kill: () => signal('SIGKILL'),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    fillDisk() {
      // Until it is full, and then the last crumbs.
      for (const bytes of [1 << 20, 1 << 12, 64])
        try {
          for (;;) writeFileSync(filling, Buffer.alloc(bytes, 1), { flag: 'a' })
        } catch {}
    },
    emptyDisk: () => rmSync(filling, { force: true }),
    async close() {
      closing = true
      signal('SIGCONT')
      await supervising
      await pool.end()
      await owner.run(binaries.pg_ctl, ['stop', '-D', data, '-m', 'immediate', '-w']).catch(() => {})
      if (ownDisk) execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A small disk of its own, where we may mount one. */
function mount(folder: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m,mode=755`, 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
