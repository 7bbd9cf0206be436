// A flood of wrong logins from everywhere, and the people who are logged in meanwhile.
import { availableParallelism } from 'node:os'
import { startChild } from './child.ts'
import { errorCount, type Load, load, pause, percentiles, summary, timed } from './client.ts'
import { Connection } from './connection.ts'
import { type Gatehouse, newUsername } from './gatehouse.ts'
import { Person } from './person.ts'

type Answers = { count: number; p50: number; p95: number; p99: number }

/** What became of the flood itself. */
type Sent = { connections: number; seconds: number; refused: Answers; busy: Answers; errors: Record<string, number> }

export type Flood = {
  /** Session checks in peace and under the flood, at one pace. */
  calm: Load
  flooded: Load
  sent: Sent
}

/** More than may wait for hashing, so that the queue overflows. */
const connectionsPerProcessor = 300
/** Several times what two processors can hash. */
const loginsPerSecond = 500
const millisecondsBetweenChecks = 50

/** Sends session checks at a steady pace, first in peace and then while 500 wrong logins a second come. */
export async function measureFlood(gatehouse: Gatehouse, people: readonly Person[], seconds: number): Promise<Flood> {
  // Whoever is logged in has a connection already.
  const connections = people.map(() => new Connection(gatehouse.port))
  const calm = await steadyChecks(connections, people, seconds)
  // From a process of its own: what sends it must not slow down what measures.
  const flooding = startChild<Sent>('bench/flood.ts', { args: [String(gatehouse.port), String(seconds + 3)] })
  // The flood is under way before anything is measured.
  await pause(1500)
  const flooded = await steadyChecks(connections, people, seconds)
  for (const connection of connections) connection.close()
  const child = await flooding
  await child.stop()
  return { calm, flooded, sent: child.ready }
}

async function steadyChecks(connections: readonly Connection[], people: readonly Person[], seconds: number): Promise<Load> {
  const samples = await load({ workers: people.length, seconds, warmUpSeconds: 0.5 }, async (worker) => {
    await pause(millisecondsBetweenChecks)
    const { milliseconds, result } = await timed(() => connections[worker]!.send(people[worker]!.sessionCheckRequest()))
    if (result.status !== 200) throw new Error(`session check: ${result.status}`)
    return milliseconds
  })
  return summary(samples)
}

async function flood(port: number, seconds: number): Promise<Sent> {
  const workers = availableParallelism() * connectionsPerProcessor
  const connections = Array.from({ length: workers }, () => new Connection(port))
  const visitor = new Person(`localhost:${port}`, '')
  await visitor.openLoginPage(connections[0]!)
  const took = { refused: [] as number[], busy: [] as number[] }
  let sent = 0
  const { errors } = await load({ workers, seconds, warmUpSeconds: 0 }, async (worker) => {
    await pause((workers / loginsPerSecond) * 1000 * 2 * Math.random())
    sent += 1
    // Another address and another username each time: no limit of one of them holds this flood up.
    const from = `10.${(sent >> 16) & 255}.${(sent >> 8) & 255}.${sent & 255}`
    const request = visitor.loginRequest('a wrong password', newUsername(), { 'x-forwarded-for': from })
    const { milliseconds, result } = await timed(() => connections[worker]!.send(request))
    if (result.status === 401) took.refused.push(milliseconds)
    else if (result.status === 503) took.busy.push(milliseconds)
    else throw new Error(`POST /login: ${result.status}`)
    return milliseconds
  })
  for (const connection of connections) connection.close()
  const answers = (values: number[]) => ({ count: values.length, ...percentiles(values) })
  return { connections: workers, seconds, refused: answers(took.refused), busy: answers(took.busy), errors }
}

/** Everything that went wrong in the flood and beside it. */
export function floodErrors({ calm, flooded, sent }: Flood): number {
  return errorCount(calm) + errorCount(flooded) + errorCount(sent)
}

if (import.meta.main) {
  const sent = await flood(Number(process.argv[2]), Number(process.argv[3]))
  process.stdout.write(`${JSON.stringify(sent)}\n`)
  process.disconnect?.()
}
