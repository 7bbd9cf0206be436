// What PostgreSQL costs, from outside: processor time and transactions.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { DatabaseAddress } from '../server/platform/database.ts'

/** Seconds of processor time that a PostgreSQL has used, those of its ended processes too. Linux only: elsewhere NaN. */
export function postgresSeconds(dataDir: string): number {
  try {
    const postmaster = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]!
    let ticks = 0
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue
      const fields = statOf(pid)
      // Source: proc_pid_stat(5): 4 ppid, 14 utime, 15 stime, 16 cutime, 17 cstime.
      if (fields === undefined || (pid !== postmaster && fields[1] !== postmaster)) continue
      ticks += Number(fields[11]) + Number(fields[12]) + (pid === postmaster ? Number(fields[13]) + Number(fields[14]) : 0)
    }
    return ticks / 100
  } catch {
    return Number.NaN
  }
}

/** The fields of /proc/PID/stat from the third on: what is before may hold blanks. */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** How many transactions the database has ended. */
export async function transactions(address: DatabaseAddress): Promise<number> {
  const client = new pg.Client(address)
  await client.connect()
  // What the others have done is told only now and then.
  const { rows } = await client.query(
    'select xact_commit + xact_rollback as ended from pg_stat_database where datname = current_database()',
  )
  await client.end()
  return Number(rows[0].ended)
}
