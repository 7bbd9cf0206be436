// PostgreSQL refuses to run as root. When Gatehouse is root, its PostgreSQL belongs to the user nobody.
import { execFile } from 'node:child_process'
import { accessSync, chownSync, constants, statSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)
const nobody = 65_534

export type Owner = Readonly<{
  uid: number
  /** Runs a program as this user. */
  run(program: string, args: readonly string[]): Promise<unknown>
  /** Hands a new folder over to this user. */
  give(folder: string): void
}>

/**
 * The user that the embedded PostgreSQL runs as.
 * @throws Error when root's PostgreSQL could not reach its own program or folder
 */
export async function ownerOf(dataDir: string, postgres: string): Promise<Owner> {
  if (process.getuid?.() !== 0) {
    refuseUnwritable(dataDir)
    return { uid: process.getuid?.() ?? 0, run: (program, args) => run(program, [...args]), give: () => {} }
  }
  const as = { uid: nobody, gid: nobody, cwd: '/' }
  const give = (folder: string) => {
    if (statSync(folder).uid === 0) chownSync(folder, nobody, nobody)
  }
  const plain: Owner = { uid: nobody, give, run: (program, args) => run(program, [...args], as) }
  if (await canReach(plain, dataDir, postgres)) return plain

  // A checkout below /root, which nobody else may enter. Nobody then gets the one capability to pass through closed folders.
  // Without no_setuid_fixup the kernel would leave it out of the checks that PostgreSQL makes of its own path.
  const passing: Owner = {
    uid: nobody,
    give,
    run: (program, args) =>
      run(
        'setpriv',
        [
          `--reuid=${nobody}`,
          `--regid=${nobody}`,
          '--clear-groups',
          '--inh-caps=+dac_read_search',
          '--ambient-caps=+dac_read_search',
          '--securebits=+no_setuid_fixup',
          program,
          ...args,
        ],
        { cwd: '/' },
      ),
  }
  if (await canReach(passing, dataDir, postgres)) return passing
  throw new Error(
    `The embedded PostgreSQL cannot run as root, and the user nobody cannot enter ${dataDir} or reach ${postgres}. ` +
      'Start Gatehouse as an ordinary user, put it in a folder that others may enter, or set DATABASE_URL.',
  )
}

async function canReach(owner: Owner, dataDir: string, postgres: string): Promise<boolean> {
  try {
    await owner.run(postgres, ['--version'])
    await owner.run('/usr/bin/env', ['ls', '-d', `${dataDir}/.`])
    return true
  } catch {
    return false
  }
}

function refuseUnwritable(dataDir: string): void {
  try {
    accessSync(dataDir, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new Error(`DATA_DIR ${dataDir} cannot be written by this user. Choose another folder, or change its owner.`, {
      cause: error,
    })
  }
}
