import { readdirSync, readFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/**
 * Lets the threads that hash passwords give way to the one that answers requests, so that a flood of logins, each of which wants a
 * processor for 10 ms, does not make everybody else wait. Where the system has no such priorities nothing changes.
 * Call it once hashing has begun: libuv starts all of its threads at its first work.
 * Source: setpriority(2), which on Linux takes the id of a thread.
 */
export function yieldToRequests(): void {
  try {
    for (const thread of readdirSync('/proc/self/task'))
      if (readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').startsWith('libuv-worker'))
        setPriority(Number(thread), constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // No /proc, so no Linux.
  }
}
