import type { AskedSession, LiveSession } from './store.ts'

/** Asks the database for the sessions of several cookies of one instance; the answers are in their order. */
type Ask = (instance: { id: string }, asked: readonly AskedSession[]) => Promise<(LiveSession | undefined)[]>

type Waiting = AskedSession & {
  resolve: (session: LiveSession | undefined) => void
  reject: (error: unknown) => void
}

/** What one instance asks. `sending` takes the waiting ones along; it is there whenever somebody waits. */
type Line = { waiting: Waiting[]; underWay: number; sending: { cancel: () => void } | undefined }

/** How long a check waits at the most for an earlier statement, in milliseconds: several times what one takes. */
const longestWait = 5

/**
 * Lets session checks share one statement for each instance: those that arrive in the same turn of the event loop, and those that
 * arrive while a statement is under way. The more requests there are, the less each costs. Nothing is remembered: every check is
 * answered by a statement that began after it was asked for, so what ended a session, on whatever node, counts at the next request.
 * One that hangs holds up those who share it, and the others for 5 ms.
 */
export function openSessionChecks(ask: Ask) {
  const lines = new Map<string, Line>()

  /** The live session of a cookie, if it is one. */
  function run(instance: { id: string }, asked: AskedSession): Promise<LiveSession | undefined> {
    return new Promise((resolve, reject) => {
      const line = lines.get(instance.id) ?? { waiting: [], underWay: 0, sending: undefined }
      lines.set(instance.id, line)
      line.waiting.push({ ...asked, resolve, reject })
      line.sending ??= soon(line.underWay > 0, () => void send(instance, line))
    })
  }

  async function send(instance: { id: string }, line: Line): Promise<void> {
    const asked = takeAll(line)
    line.underWay += 1
    try {
      const found = await ask(instance, asked)
      for (const [place, { resolve }] of asked.entries()) resolve(found[place])
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
    line.underWay -= 1
    if (line.waiting.length > 0) void send(instance, line)
    else if (line.underWay === 0) lines.delete(instance.id)
  }

  return { run }
}

function takeAll(line: Line): Waiting[] {
  const { waiting, sending } = line
  sending?.cancel()
  line.sending = undefined
  line.waiting = []
  return waiting
}

/** Calls at the end of this turn of the event loop; or, where somebody is waited for, after the longest wait. */
function soon(waits: boolean, call: () => void): { cancel: () => void } {
  if (!waits) {
    const turn = setImmediate(call)
    return { cancel: () => clearImmediate(turn) }
  }
  const timer = setTimeout(call, longestWait)
  return { cancel: () => clearTimeout(timer) }
}
