import type { Rules } from '../../contracts/rules.ts'
import type { SessionClock } from './channel-store.ts'

/**
 * That the session ends soon: because nobody does anything, which can be put off, because it is as old as it may get, or because the dates
 * or the hours of its account end.
 */
export type Warning = { kind: 'idle' | 'longest' | 'hours'; seconds: number }

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
  { idleSeconds, ageSeconds, closingSeconds }: SessionClock,
  { idleMinutes, longestHours, warningMinutes }: Pick<Rules, 'idleMinutes' | 'longestHours' | 'warningMinutes'>,
): RunsOut {
  const idle = idleMinutes * 60 - idleSeconds
  const longest = longestHours * 3600 - ageSeconds
  const hours = closingSeconds ?? Number.POSITIVE_INFINITY
  const seconds = Math.min(idle, longest, hours)
  const warnsFrom = warningMinutes * 60
  const isDue = seconds > 0 && seconds <= warnsFrom
  return {
    seconds,
    // Staying helps against the idle end only.
    warning: isDue
      ? { kind: hours === seconds ? 'hours' : longest === seconds ? 'longest' : 'idle', seconds: Math.round(seconds) }
      : undefined,
    lookIn: isDue ? seconds : seconds - warnsFrom,
  }
}
