// What a power cut leaves: postmaster.pid names a process that is no more, and its number may be another program's now.
import { execFile } from 'node:child_process'
import { readFileSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Above what any kernel gives to a process. */
const nobodysPid = 2 ** 30

/**
 * Lets the server of this folder start although postmaster.pid names a process that lives, when that is no PostgreSQL of this folder.
 * Call only when nobody answers at the socket. The file stays, and only its number is taken out: by the rest of it PostgreSQL looks for
 * itself whether somebody still uses the memory of before.
 * @returns what was found, to be told; undefined when there was nothing to do
 */
export async function freeLockFile(folder: string): Promise<string | undefined> {
  const path = join(folder, 'postmaster.pid')
  const text = readIfThere(path)
  const [number = ''] = text.split('\n', 1)
  const pid = Number(number)
  // PostgreSQL itself sees whether nobody has the number.
  if (!/^\d+$/.test(number) || pid >= nobodysPid || !isAlive(pid)) return undefined
  const program = await otherProgramOf(pid, folder)
  if (program === undefined) return undefined
  writeFileSync(path, text.replace(number, String(nobodysPid)))
  return `${path} named process ${pid} as the embedded PostgreSQL. It is ${program}; starting without it.`
}

/** Whether postmaster.pid names a process that lives: once `freeLockFile` has been there, one that starts this server or stops it. */
export function isBeingStarted(folder: string): boolean {
  const pid = Number.parseInt(readIfThere(join(folder, 'postmaster.pid')), 10)
  return pid > 0 && pid < nobodysPid && isAlive(pid)
}

/** What a process is, when it is certainly no PostgreSQL of this folder. */
async function otherProgramOf(pid: number, folder: string): Promise<string | undefined> {
  try {
    const program = basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''))
    if (program !== 'postgres') return program
    // Every process of a server works in its folder.
    const works = readlinkSync(`/proc/${pid}/cwd`)
    return works === realpathSync(folder) ? undefined : `the PostgreSQL of ${works}`
  } catch {
    return otherCommandOf(pid)
  }
}

/** Where there is no /proc, or not of others. */
async function otherCommandOf(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'comm=', '-p', String(pid)])
    const command = stdout.trim()
    return command === '' || command.includes('postgres') ? undefined : command
  } catch {
    return undefined
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Whether there is such a process, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
