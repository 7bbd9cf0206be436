import type { AskedSession, LiveSession } from './store.ts'

/** Asks the database for the sessions of several cookies of one instance; the answers are in their order. */
type Ask = (instance: { id: string }, asked: readonly AskedSession[]) => Promise<(LiveSession | undefined)[]>

type Waiting = AskedSession & {
  resolve: (session: LiveSession | undefined) => void
  reject: (error: unknown) => void
}

/**
 * Lets the session checks that arrive in the same turn of the event loop share one statement for each instance: the more requests
 * there are, the less each costs. Nothing is remembered: every check is answered by a statement that began after it was asked for,
 * so what ended a session, on whatever node, counts at the next request. And nothing waits for an earlier statement, so one that
 * hangs holds up nobody but those who share it.
 */
export function openSessionChecks(ask: Ask) {
  let turn = new Map<string, Waiting[]>()

  /** The live session of a cookie, if it is one. */
  function run(instance: { id: string }, asked: AskedSession): Promise<LiveSession | undefined> {
    return new Promise((resolve, reject) => {
      if (turn.size === 0) setImmediate(send)
      const waiting = { ...asked, resolve, reject }
      const line = turn.get(instance.id)
      if (line === undefined) turn.set(instance.id, [waiting])
      else line.push(waiting)
    })
  }

  function send(): void {
    const lines = turn
    turn = new Map()
    for (const [id, line] of lines) void answer({ id }, line)
  }

  async function answer(instance: { id: string }, line: Waiting[]): Promise<void> {
    try {
      const found = await ask(instance, line)
      for (const [place, { resolve }] of line.entries()) resolve(found[place])
    } catch (error) {
      for (const { reject } of line) reject(error)
    }
  }

  return { run }
}
