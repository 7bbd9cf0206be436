// That the session is about to end, and that it has ended while the console was open. What is on the screen stays: the person may log in again and go on.
import { useSyncExternalStore } from 'react'
import type { End, Warning } from '../../public/live-channel.js'

type Standing = { end: End | undefined; warning: (Warning & { until: number }) | undefined }

let standing: Standing = { end: undefined, warning: undefined }
const listeners = new Set<() => void>()

function change(to: Partial<Standing>): void {
  standing = { ...standing, ...to }
  for (const listener of listeners) listener()
}

/** @param end how it ended, as far as anybody knows */
export function endSession(end: End): void {
  // What the channel says of the end is not forgotten when a request hears of it too.
  change({ end: end.text || standing.end === undefined ? end : standing.end, warning: undefined })
}

export function resumeSession(): void {
  change({ end: undefined, warning: undefined })
}

/** @param warning undefined takes it back */
export function warnOfEnd(warning: Warning | undefined): void {
  change({ warning: warning && { ...warning, until: Date.now() + warning.seconds * 1000 } })
}

function useStanding(): Standing {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => standing,
  )
}

/** How the session has ended; undefined while it lives. */
export function useSessionEnd(): End | undefined {
  return useStanding().end
}

/** That the session ends at a moment, by the clock of this machine; undefined while it does not. */
export function useSessionWarning(): Standing['warning'] {
  return useStanding().warning
}
