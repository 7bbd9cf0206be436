// The program of an earlier version, from the history of this repository, with the packages that it was released with.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export type OldProgram = {
  /** The folder that `node server/main.ts` runs in. */
  folder: string
  remove(): void
}

/** What an old program needs to serve. Its console is not looked at here, so that of this version stands in for it. */
const parts = ['server', 'migrations', 'locales', 'public', 'package.json']

/** @throws Error that says what to do when the commit is not there, as in a shallow clone */
export function unpackOldProgram({ version, commit }: { version: string; commit: string }): OldProgram {
  haveCommit(version, commit)
  const folder = mkdtempSync(join(tmpdir(), `gatehouse-${version}-`))
  const packed = execFileSync('git', ['archive', commit, ...parts], { maxBuffer: 1 << 28 })
  execFileSync('tar', ['-x', '-C', folder], { input: packed })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  mkdirSync(join(folder, 'console'))
  symlinkSync(resolve('console/dist'), join(folder, 'console/dist'))
  installOthers(folder)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function haveCommit(version: string, commit: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', args, { stdio: 'ignore', timeout: 60_000, env: { ...process.env, GIT_TERMINAL_PROMPT: '0' } })
  const wanted = ['cat-file', '-e', `${commit}^{commit}`]
  try {
    git(...wanted)
  } catch {
    try {
      git('fetch', '--depth=1', 'origin', commit)
      git(...wanted)
    } catch (error) {
      throw new Error(
        `The code of version ${version} (commit ${commit}) is not in this clone, and could not be fetched. ` +
          'An upgrade beside running nodes cannot be tested without it: run `git fetch --unshallow`, or clone with the whole history.',
        { cause: error },
      )
    }
  }
}

/** Packages that this version has in another version are put nearer to the old code, which finds them first. */
function installOthers(folder: string): void {
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as { dependencies: Record<string, string> }
  const now = read('package.json').dependencies
  const others = Object.entries(read(join(folder, 'package.json')).dependencies)
    .filter(([name, version]) => now[name] !== version && name !== 'node')
    .map(([name, version]) => `${name}@${version}`)
  if (others.length === 0) return
  const server = join(folder, 'server')
  writeFileSync(join(server, 'package.json'), '{ "type": "module", "private": true }')
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
  execFileSync('npm', ['install', ...quiet, ...others], { cwd: server, stdio: ['ignore', 2, 2] })
}
