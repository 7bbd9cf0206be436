import { constants, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

export type GuessQuestion = { id: number; password: string; personal: readonly string[] }
export type GuessAnswer = { id: number; guesses: number }

// The most that is looked at, in UTF-16 units: the time grows faster than the length, and the rest can only add guesses.
const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: 64 })

// Whoever types gives way to those who log in. On Linux a priority is a thread's; elsewhere it would be the whole program's.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

parentPort!.on('message', ({ id, password, personal }: GuessQuestion) => {
  parentPort!.postMessage({ id, guesses: zxcvbn.check(password, [...personal]).guesses } satisfies GuessAnswer)
})
