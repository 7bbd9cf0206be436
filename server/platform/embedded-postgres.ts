// The embedded PostgreSQL: the real server, from an npm package, in DATA_DIR and on a unix socket only.
// Several processes may use one folder (a server and its command line); the last one to leave stops it.
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { freeLockFile, isAlive, isBeingStarted } from './embedded-postgres-lock-file.ts'
import { type Owner, ownerOf } from './embedded-postgres-owner.ts'
import { makeDataFolder } from './folders.ts'
import { hashToken } from './secret.ts'

const major = '18'
const user = 'gatehouse'
const name = 'gatehouse'
// Held shared by every process that uses the server, so that the last one can tell that it is the last.
const inUseLock = 741_911_002
/** Looks for a server that another process is starting: for half a minute, on a machine that has much else to do. */
const mostTries = 120
// The kernel's limit for a socket's path is 107 bytes.
const longestSocketFolder = 107 - '/.s.PGSQL.5432'.length

export type EmbeddedPostgres = Readonly<{
  address: { host: string; user: string; database: string }
  /** Lets go of the server, and stops it when no other process uses it. */
  close(): Promise<void>
}>

type Binaries = { initdb: string; pg_ctl: string; postgres: string }

/**
 * Starts the server of this folder, or adopts the one that a killed process left running.
 * Starts it again when it dies while it is in use.
 * @param settings PostgreSQL settings beyond the defaults, such as `{ fsync: 'off' }` for tests
 * @throws Error that says what to do, when the folder is another version's, cannot be written, or there is no PostgreSQL for this machine
 */
export async function openEmbeddedPostgres(
  dataDir: string,
  onTrouble: (message: string) => void,
  settings: Record<string, string> = {},
): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries()
  const folder = join(dataDir, 'postgres')
  makeDataFolder(dataDir)
  const owner = await ownerOf(dataDir, binaries.postgres)
  await makeCluster(binaries, folder, owner)
  const sockets = makeSocketFolder(dataDir, owner)
  const address = { host: sockets, user, database: name }

  let closing = false
  let holder = await hold()
  return {
    address,
    async close() {
      closing = true
      const last = await leave(holder)
      if (last) await control('stop', '-m', 'fast', '-w')
      await holder.end().catch(() => {})
    },
  }

  /** A connection that holds the in-use lock. Whatever happens in between, either the server is up and held, or this throws. */
  async function hold(): Promise<pg.Client> {
    for (let tries = 1; ; tries += 1) {
      try {
        const client = await connect()
        client.on('end', () => void holdAgain())
        return client
      } catch (error) {
        if (tries > mostTries || !isAway(error)) throw error
        await start(tries)
      }
    }
  }

  async function holdAgain(): Promise<void> {
    if (closing) return
    onTrouble('The embedded PostgreSQL went away; starting it again.')
    try {
      holder = await hold()
    } catch (error) {
      onTrouble(`The embedded PostgreSQL cannot be started: ${(error as Error).message}`)
      setTimeout(() => void holdAgain(), 1000).unref()
    }
  }

  async function connect(): Promise<pg.Client> {
    await makeDatabase()
    const client = new pg.Client({ ...address, application_name: 'gatehouse holder' })
    client.on('error', () => {})
    await client.connect()
    // Waits while another process is stopping the server, and then fails as the server goes: hold() starts it again.
    await client.query('select pg_advisory_lock_shared($1)', [inUseLock])
    return client
  }

  async function makeDatabase(): Promise<void> {
    const client = new pg.Client({ ...address, database: 'postgres', application_name: 'gatehouse holder' })
    client.on('error', () => {})
    await client.connect()
    try {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
      if (rowCount === 0) await client.query(`create database ${name}`)
    } catch (error) {
      // Another process was faster.
      if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error
    } finally {
      await client.end()
    }
  }

  async function start(tries: number): Promise<void> {
    const options = Object.entries({
      listen_addresses: '',
      unix_socket_directories: sockets,
      logging_collector: 'on',
      log_directory: 'log',
      log_filename: 'postgresql-%a.log',
      log_truncate_on_rotation: 'on',
      ...settings,
    })
    try {
      const found = await freeLockFile(folder)
      if (found !== undefined) onTrouble(found)
      await control(
        'start',
        '-w',
        '-t',
        '60',
        '-l',
        join(folder, 'start.log'),
        '-o',
        options.map(([key, value]) => `-c ${key}=${shellQuoted(value)}`).join(' '),
      )
    } catch (error) {
      // Another process may be starting or stopping the same server at this moment: look again before giving up.
      if (tries < 3) return
      if (tries < mostTries && isBeingStarted(folder)) return void (await wait(250))
      throw new Error(
        `The embedded PostgreSQL did not start. Its log is in ${join(folder, 'log')}.\n${(error as Error).message}`,
        { cause: error },
      )
    }
  }

  function control(...args: string[]): Promise<unknown> {
    return owner.run(binaries.pg_ctl, [...args, '-D', folder])
  }
}

/** Gives up the lock; true when nobody else holds it. */
async function leave(holder: pg.Client): Promise<boolean> {
  try {
    await holder.query('select pg_advisory_unlock_shared($1)', [inUseLock])
    const { rows } = await holder.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [inUseLock])
    return rows[0]!.last
  } catch {
    // Already gone.
    return false
  }
}

async function findBinaries(): Promise<Binaries> {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return (await import(packageName)) as Binaries
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause: error },
    )
  }
}

/** Makes the cluster beside its place and moves it there whole, so that a kill in between leaves no half one. */
async function makeCluster(binaries: Binaries, folder: string, owner: Owner): Promise<void> {
  if (!existsSync(folder)) {
    const unfinished = `${folder}.new-${process.pid}`
    removeUnfinished(folder)
    try {
      mkdirSync(unfinished, { mode: 0o700 })
      owner.give(unfinished)
    } catch (error) {
      throw new Error(`DATA_DIR cannot be written: ${(error as Error).message}. Choose a folder that this user may write.`, {
        cause: error,
      })
    }
    await makeIn(unfinished, binaries, owner)
    try {
      renameSync(unfinished, folder)
    } catch (error) {
      // Another process was faster.
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
      rmSync(unfinished, { recursive: true })
    }
  }
  let found: string
  try {
    found = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()
  } catch (error) {
    throw new Error(
      `${folder} cannot be read as a PostgreSQL folder: ${(error as Error).message}. Start as the user that made it, or choose another DATA_DIR.`,
      { cause: error },
    )
  }
  if (found !== major)
    throw new Error(
      `${folder} belongs to PostgreSQL ${found}; this Gatehouse brings PostgreSQL ${major}. Move it with pg_upgrade or pg_dump, or choose another DATA_DIR.`,
    )
}

async function makeIn(folder: string, { initdb }: Binaries, owner: Owner): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  try {
    await owner.run(initdb, ['-D', folder, '-U', user, ...locale, '--auth-local=trust', '--auth-host=reject'])
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    // As in a container that is run with a number for a user. PostgreSQL asks for the name, and takes none that it is told.
    if (!/could not look up effective user ID/.test((error as Error).message)) throw error
    throw new Error(
      `User ${owner.uid} has no name on this machine, and the embedded PostgreSQL needs one. Give it an entry in /etc/passwd, as ` +
        `"gatehouse:x:${owner.uid}:${process.getgid?.() ?? owner.uid}::/:/sbin/nologin", run as a user that has one, or set DATABASE_URL.`,
      { cause: error },
    )
  }
}

/** Clears what processes that were killed while making a cluster left behind. */
function removeUnfinished(folder: string): void {
  const parent = join(folder, '..')
  for (const entry of readdirSync(parent)) {
    const pid = /^postgres\.new-(\d+)$/.exec(entry)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(parent, entry), { recursive: true, force: true })
  }
}

/** The folder of the socket: who can enter it can use the database, so it is closed to all but the owner. */
function makeSocketFolder(dataDir: string, owner: Owner): string {
  const inside = join(dataDir, 'postgres-socket')
  const path =
    Buffer.byteLength(inside) <= longestSocketFolder
      ? inside
      : join(tmpdir(), `gatehouse-${hashToken(dataDir).toString('hex').slice(0, 16)}`)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  owner.give(path)
  const stat = lstatSync(path)
  if (!stat.isDirectory() || stat.uid !== owner.uid || (stat.mode & 0o077) !== 0)
    throw new Error(
      `${path} must be a folder of user ${owner.uid} that nobody else may enter (mode 0700). Remove it and start again.`,
    )
  return path
}

function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message: string }
  return (
    ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03'].includes(code ?? '') ||
    message.startsWith('Connection terminated')
  )
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
