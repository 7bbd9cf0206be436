import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/**
 * The path of a Chromium; installs Debian's when there is none and we may.
 * @throws Error that says what to install
 */
export async function findChromium(): Promise<string> {
  const found = [process.env.CHROMIUM_PATH, ...places].find((path) => path !== undefined && existsSync(path))
  if (found !== undefined) return found
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    console.log('There is no Chromium yet; installing it (once) ...')
    const apt = (...args: string[]) =>
      spawnSync('apt-get', ['-qq', '-y', ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
    apt('update')
    apt('install', '--no-install-recommends', 'chromium')
    if (existsSync(places[0]!)) return places[0]!
  }
  throw new Error('The browser tests need Chromium. Install it (Debian: apt-get install chromium), or set CHROMIUM_PATH to one.')
}
