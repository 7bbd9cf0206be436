// Programs of the system that the cluster and its tests need, and that npm does not bring.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const folders = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin']

/**
 * The path of a program; installs Debian's when there is none and we may.
 * @throws Error that says what to install
 */
export function findProgram(name: string): string {
  const find = () => folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path))
  const found = find()
  if (found !== undefined) return found
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    process.stderr.write(`There is no ${name} yet; installing it (once) ...\n`)
    // Debian starts what it installs; it is ours to start, and not as a service.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
    const apt = (...args: string[]) =>
      spawnSync('apt-get', ['-qq', '-y', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env })
    apt('update')
    apt('install', '--no-install-recommends', name)
    const installed = find()
    if (installed !== undefined) return installed
  }
  throw new Error(`There is no ${name}. Install it (Debian: apt-get install ${name}).`)
}
