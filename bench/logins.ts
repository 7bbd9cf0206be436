// Full logins: each person logs in and out again, and the next one comes.
import { type LoadOptions, load, type Samples, timed } from './client.ts'
import { Connection } from './connection.ts'

/** A person of any of the systems that are compared. */
export type LoggingIn = { logIn(connection: Connection): Promise<void>; logOut(connection: Connection): Promise<void> }

/** Counts logins only; the time that the log-outs take passes all the same. */
export async function measureLogins(port: number, people: readonly LoggingIn[], options: LoadOptions): Promise<Samples> {
  const connections = Array.from({ length: options.workers }, () => new Connection(port))
  // Nobody is two workers' at once: everybody waits in one line and goes to its end after the log-out.
  const line = [...people]
  const result = await load(options, async (worker) => {
    const connection = connections[worker]!
    const person = line.shift()!
    const { milliseconds } = await timed(() => person.logIn(connection))
    await person.logOut(connection)
    line.push(person)
    return milliseconds
  })
  for (const connection of connections) connection.close()
  return result
}
