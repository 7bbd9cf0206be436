// The hash queue: password hashing is the costly part of a login, so it is bounded, and shared out fairly.
import { Problem } from '../platform/problem.ts'

export const busy = () => new Problem(503, 'busy', 'Too many logins at this moment.', { retryAfterSeconds: 5 })

type Waiting = { begin: () => void; turnAway: (reason: Problem) => void }

export type HashQueue = Readonly<{
  /**
   * Runs `work` when its turn comes. Lanes take turns, so one source that sends a flood waits behind itself and not before others.
   * When the queue is full, the newest of the longest lane is turned away.
   * @param lane whose work it is, such as an address
   * @throws busy at once, or while it waits
   */
  run<T>(lane: string, work: () => Promise<T>): Promise<T>
  readonly running: number
  readonly waiting: number
}>

/**
 * @param atOnce how many run at the same time
 * @param mostWaiting how many may wait; at 10 ms a hash and one processor, 200 are 2 s
 */
export function openHashQueue(atOnce: number, mostWaiting: number): HashQueue {
  // A Map keeps the order in which lanes came: the first is the next to be served, and then goes to the end.
  const lanes = new Map<string, Waiting[]>()
  let running = 0
  let waiting = 0

  async function run<T>(lane: string, work: () => Promise<T>): Promise<T> {
    if (running >= atOnce || waiting > 0) await turn(lane)
    else running += 1
    try {
      return await work()
    } finally {
      // The place is handed on without becoming free in between.
      if (!serveNext()) running -= 1
    }
  }

  function turn(lane: string): Promise<void> {
    return new Promise((begin, turnAway) => {
      const line = lanes.get(lane) ?? []
      if (waiting >= mostWaiting && !makeRoomFor(line.length)) {
        turnAway(busy())
        return
      }
      line.push({ begin, turnAway })
      lanes.set(lane, line)
      waiting += 1
    })
  }

  /** Turns the newest of the longest lane away, if that lane is longer than the newcomer's would become. */
  function makeRoomFor(length: number): boolean {
    const [lane, line] = [...lanes].reduce((longest, each) => (each[1].length > longest[1].length ? each : longest))
    if (line.length <= length + 1) return false
    line.pop()!.turnAway(busy())
    waiting -= 1
    if (line.length === 0) lanes.delete(lane)
    return true
  }

  function serveNext(): boolean {
    const next = lanes.entries().next().value
    if (next === undefined) return false
    const [lane, line] = next
    lanes.delete(lane)
    const first = line.shift()!
    if (line.length > 0) lanes.set(lane, line)
    waiting -= 1
    first.begin()
    return true
  }

  return {
    run,
    get running() {
      return running
    },
    get waiting() {
      return waiting
    },
  }
}
