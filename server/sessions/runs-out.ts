import type { Rules } from '../../contracts/rules.ts'
import type { SessionClock } from './channel-store.ts'

/** That the session ends soon: because nobody does anything, which can be put off, or because it is as old as it may get. */
export type Warning = { kind: 'idle' | 'longest'; seconds: number }

export type RunsOut = {
  /** Until it ends if nobody does anything, in seconds; 0 or less when it has. */
  seconds: number
  /** The warning that is due. */
  warning: Warning | undefined
  /** When to look again: when a warning is due, or the end. In seconds. */
  lookIn: number
}

/** When a session runs out, by how it stood a moment ago. */
export function runsOut(
  { idleSeconds, ageSeconds }: SessionClock,
  { idleMinutes, longestHours, warningMinutes }: Pick<Rules, 'idleMinutes' | 'longestHours' | 'warningMinutes'>,
): RunsOut {
  const idle = idleMinutes * 60 - idleSeconds
  const longest = longestHours * 3600 - ageSeconds
  const seconds = Math.min(idle, longest)
  const warnsFrom = warningMinutes * 60
  const isDue = seconds > 0 && seconds <= warnsFrom
  return {
    seconds,
    // Staying does not help against the longest time.
    warning: isDue ? { kind: longest <= idle ? 'longest' : 'idle', seconds: Math.round(seconds) } : undefined,
    lookIn: isDue ? seconds : seconds - warnsFrom,
  }
}
