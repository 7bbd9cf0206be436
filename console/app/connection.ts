// Whether the server can be reached. Whoever finds that it cannot says so here; from then on it is asked for until it answers.
import { useSyncExternalStore } from 'react'

/** In milliseconds: how soon it is asked again, and how long the time between two tries becomes. */
const [soonest, latest] = [1000, 10_000]

let away = false
let wait = soonest
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()
let waiting: (() => void)[] = []

function change(to: boolean): void {
  if (away === to) return
  away = to
  for (const listener of listeners) listener()
  if (away) return
  const resolve = waiting
  waiting = []
  for (const each of resolve) each()
}

/** A request got no answer. */
export function connectionLost(): void {
  if (away) return
  wait = soonest
  change(true)
  askAgain()
}

/** A request got one. */
export function connectionFound(): void {
  clearTimeout(timer)
  change(false)
}

function askAgain(): void {
  clearTimeout(timer)
  timer = setTimeout(async () => {
    if (await answers()) return connectionFound()
    wait = Math.min(latest, wait * 2)
    askAgain()
  }, wait)
}

/** Asks for the smallest thing that the server has. */
export async function answers(): Promise<boolean> {
  try {
    await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(5000) })
    return true
  } catch {
    return false
  }
}

/** Done as soon as the server answers. */
export function untilBack(): Promise<void> {
  return away ? new Promise((resolve) => void waiting.push(resolve)) : Promise.resolve()
}

addEventListener('offline', connectionLost)
addEventListener('online', () => {
  if (!away) return
  wait = soonest
  askAgain()
})

export function onConnection(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const isAway = () => away

export function useAway(): boolean {
  return useSyncExternalStore(onConnection, isAway)
}
