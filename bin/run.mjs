// Starts any of the project's programs on a machine that has only some Node and npm:
//   node bin/run.mjs server/main.ts serve        a TypeScript file, run by the Node that package.json pins
//   node bin/run.mjs                             only makes ready what the others need
// Installs the dependencies first when they are missing or package-lock.json has changed since.
// Plain JavaScript for Node 20 and newer, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, constants } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(fileURLToPath(import.meta.url), '../..')

/** In seconds beyond DRAIN_SECONDS: a node that stops takes 15 for what is under way, and its PostgreSQL as many. */
const longestStop = 60

/** Runs one program of the project and ends this process as it ended. */
export function run(program, args) {
  install()
  build()
  if (program === undefined) return
  const pinned = join(root, 'node_modules/node/bin')
  const hashing = Number(process.env.HASH_CONCURRENCY) || availableParallelism()
  // Hashing must not take all of libuv's threads: files and names need some too. Read by libuv before the first line of a program runs.
  const UV_THREADPOOL_SIZE = String(hashing + 6)
  // What was compiled once starts faster the next time.
  const NODE_COMPILE_CACHE = join(root, 'node_modules/.cache/node')
  const env = {
    UV_THREADPOOL_SIZE,
    NODE_COMPILE_CACHE,
    ...process.env,
    PATH: [pinned, join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  }
  // The 'ipc' channel tells the program when this launcher is gone, so that it never stays behind alone.
  const child = spawn(join(pinned, 'node'), [join(root, program), ...args], {
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  // A terminal sends Ctrl-C to both; other signals reach the launcher only.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      child.kill(signal)
      // What drains, drains for so long; whatever does not hear at all must not outlive it.
      const seconds = (Number(process.env.DRAIN_SECONDS) || 0) + longestStop
      setTimeout(() => child.kill('SIGKILL'), seconds * 1000).unref()
    })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

function install() {
  const stamp = join(root, 'node_modules/.gatehouse-installed')
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write('Installing the dependencies (once, about a minute) ...\n')
  // Everything npm says goes to standard error: standard output belongs to the program.
  const done = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (done.status !== 0) {
    process.stderr.write('npm ci failed; its words are above. Nothing was started.\n')
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}

/** Builds the console when it is not there, or not of this code. */
function build() {
  const stamp = join(root, 'console/dist/.built')
  const made = createHash('sha256')
  const folders = ['console', 'contracts', 'locales', 'public', 'server']
  for (const folder of folders)
    for (const name of readdirSync(join(root, folder), { recursive: true }).sort()) {
      const used = folder === 'server' ? name.endsWith('schemas.ts') : !name.startsWith('dist') && /\.\w+$/.test(name)
      if (used) made.update(name).update(readFileSync(join(root, folder, name)))
    }
  made.update(readFileSync(join(root, 'package-lock.json')))
  const wanted = made.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write('Building the console ...\n')
  const vite = [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--config', 'console/vite.config.ts', '--logLevel', 'warn']
  const done = spawnSync(join(root, 'node_modules/node/bin/node'), vite, { cwd: root, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) {
    process.stderr.write('The console could not be built; the reason is above. Nothing was started.\n')
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) run(process.argv[2], process.argv.slice(3))
