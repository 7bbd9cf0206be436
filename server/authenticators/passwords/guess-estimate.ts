// How many guesses a password would take. The estimate needs up to 50 ms of CPU, so a thread of its own makes it:
// what people type must not hold up everybody else's requests.
import { Worker } from 'node:worker_threads'
import type { GuessAnswer, GuessQuestion } from './guess-worker.ts'

export type GuessEstimator = Readonly<{
  /**
   * The guesses that a good attacker would need, as `@zxcvbn-ts/core` estimates over the first 100 characters.
   * @param personal words that an attacker would try first for this person
   */
  estimate(password: string, personal: readonly string[]): Promise<number>
  close(): Promise<void>
}>

/** Starts the thread at its first use. */
export function openGuessEstimator(): GuessEstimator {
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
