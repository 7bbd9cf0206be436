// Whether the session has ended while the console was open. What is on the screen stays: the person may log in again and go on.
import { useSyncExternalStore } from 'react'

let reason: string | undefined
const listeners = new Set<() => void>()

function change(to: string | undefined): void {
  reason = to
  for (const listener of listeners) listener()
}

/** @param why what the person is to read; empty when nobody knows */
export function endSession(why: string): void {
  change(why)
}

export function resumeSession(): void {
  change(undefined)
}

/** Why the session has ended; undefined while it lives. */
export function useSessionEnd(): string | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => reason,
  )
}
