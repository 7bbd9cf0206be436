// How many guesses a password would take. The estimate needs up to 50 ms of CPU, so a thread of its own makes it, and it has a queue
// of its own: what people type must hold up neither requests nor logins.
import { Worker } from 'node:worker_threads'
import { Problem } from '../../platform/problem.ts'
import type { GuessAnswer, GuessQuestion } from './guess-worker.ts'
import { openHashQueue } from './hash-queue.ts'

export type GuessEstimator = Readonly<{
  /**
   * The guesses that a good attacker would need, as `@zxcvbn-ts/core` estimates over the first 64 characters.
   * @param person whose password it is: people take turns, and each has so many estimates a minute
   * @param personal words that an attacker would try first for this person
   * @throws busy, too_many_checks
   */
  estimate(person: string, password: string, personal: readonly string[]): Promise<number>
  close(): Promise<void>
}>

/** Estimates that wait at the most: about 2 s of work. The newest of whoever has asked most is turned away first. */
const mostWaiting = 50
/** Twice as many as the page asks for when somebody types without a pause. */
const mostPerMinute = 120

const tooManyChecks = (seconds: number) =>
  new Problem(429, 'too_many_checks', 'Too many passwords were judged for this person.', { retryAfterSeconds: seconds })

/** Starts the thread at its first use. */
export function openGuessEstimator(ask: Ask = openThread()): GuessEstimator {
  const queue = openHashQueue(1, mostWaiting)
  const admit = admitPerMinute()
  return {
    async estimate(person, password, personal) {
      admit(person)
      return queue.run({ lane: person, key: person }, () => ask.estimate(password, personal))
    },
    close: ask.close,
  }
}

/**
 * Counts the estimates of each person in this minute. In this node's memory, and not in the database as other limits are: what it spares
 * is this node's processor and no secret, and a write for each key that somebody presses would cost more than it spares.
 */
function admitPerMinute(): (person: string) => void {
  const counts = new Map<string, number>()
  let endsAt = 0
  return (person) => {
    const now = performance.now()
    if (now >= endsAt) {
      counts.clear()
      endsAt = now + 60_000
    }
    const count = (counts.get(person) ?? 0) + 1
    if (count > mostPerMinute) throw tooManyChecks(Math.ceil((endsAt - now) / 1000))
    counts.set(person, count)
  }
}

/** What makes the estimates. */
type Ask = Readonly<{
  estimate(password: string, personal: readonly string[]): Promise<number>
  close(): Promise<void>
}>

function openThread(): Ask {
  const open = new Map<number, { resolve: (guesses: number) => void; reject: (error: Error) => void }>()
  let worker: Worker | undefined
  let lastId = 0

  function start(): Worker {
    const started = new Worker(new URL('./guess-worker.ts', import.meta.url))
    started.unref()
    started.on('message', ({ id, guesses }: GuessAnswer) => {
      open.get(id)?.resolve(guesses)
      open.delete(id)
    })
    const fail = (error: Error) => {
      worker = undefined
      for (const { reject } of open.values()) reject(error)
      open.clear()
    }
    started.on('error', (error) => fail(error as Error))
    started.on('exit', () => worker === started && fail(new Error('the guess estimator ended')))
    return started
  }

  return {
    estimate(password, personal) {
      worker ??= start()
      lastId += 1
      const id = lastId
      worker.postMessage({ id, password, personal } satisfies GuessQuestion)
      return new Promise((resolve, reject) => open.set(id, { resolve, reject }))
    },
    async close() {
      const ending = worker
      worker = undefined
      await ending?.terminate()
    },
  }
}
