// The hash queue: password hashing is the costly part of a login, so it is bounded, and shared out fairly.
import { Problem } from '../../platform/problem.ts'

export const busy = () => new Problem(503, 'busy', 'Too many logins at this moment.', { retryAfterSeconds: 5 })

export type Place = {
  /** Whose work it is, such as an address: lanes take turns. */
  lane: string
  /** Work with the same key runs one after the other, such as the logins of one account from one address. */
  key: string
}

export type HashQueue = Readonly<{
  /**
   * Runs `work` when its turn comes. One source that sends a flood waits behind itself and not before others.
   * When the queue is full, the newest of the longest lane is turned away.
   * @throws busy at once, or while it waits
   */
  run<T>(place: Place, work: () => Promise<T>): Promise<T>
  readonly running: number
  readonly waiting: number
}>

type Waiting = { key: string; begin: () => void; turnAway: (reason: Problem) => void }

/**
 * @param atOnce how many run at the same time
 * @param mostWaiting how many may wait; at 10 ms a hash and one processor, 200 are 2 s
 */
export function openHashQueue(atOnce: number, mostWaiting: number): HashQueue {
  // A Map keeps the order in which lanes came: the first is the next to be served, and then goes to the end.
  const lanes = new Map<string, Waiting[]>()
  const runningKeys = new Set<string>()
  let running = 0
  let waiting = 0

  async function run<T>({ lane, key }: Place, work: () => Promise<T>): Promise<T> {
    if (running < atOnce && !runningKeys.has(key)) take(key)
    else await turn(lane, key)
    try {
      return await work()
    } finally {
      running -= 1
      runningKeys.delete(key)
      while (running < atOnce && serveNext());
    }
  }

  function take(key: string): void {
    running += 1
    runningKeys.add(key)
  }

  function turn(lane: string, key: string): Promise<void> {
    return new Promise((begin, turnAway) => {
      const line = lanes.get(lane) ?? []
      if (waiting >= mostWaiting && !makeRoomFor(line.length)) {
        turnAway(busy())
        return
      }
      line.push({ key, begin, turnAway })
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

  /** Begins the next work whose key is free; false when there is none. */
  function serveNext(): boolean {
    for (const [lane, line] of lanes) {
      const index = line.findIndex(({ key }) => !runningKeys.has(key))
      if (index === -1) continue
      const [next] = line.splice(index, 1) as [Waiting]
      lanes.delete(lane)
      if (line.length > 0) lanes.set(lane, line)
      waiting -= 1
      take(next.key)
      next.begin()
      return true
    }
    return false
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
