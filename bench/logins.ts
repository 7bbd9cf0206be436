// Full logins, in two ways: a shift that starts, in which everybody logs in and stays, and people who log in and out again.
import { countError, type LoadOptions, load, type Samples, timed } from './client.ts'
import { Connection } from './connection.ts'

/** A person of any of the systems that are compared. */
export type LoggingIn = { logIn(connection: Connection): Promise<void>; logOut(connection: Connection): Promise<void> }

/** Lets everybody log in once, as many at a time as there are workers. Measures until the last one is in. */
export async function measureShiftStart(port: number, people: readonly LoggingIn[], workers: number): Promise<Samples> {
  const line = people.values()
  const took: number[] = []
  const errors: Record<string, number> = {}
  const { milliseconds } = await timed(() =>
    Promise.all(
      Array.from({ length: workers }, async () => {
        const connection = new Connection(port)
        for (const person of line) {
          try {
            took.push((await timed(() => person.logIn(connection))).milliseconds)
          } catch (error) {
            countError(errors, error)
          }
        }
        connection.close()
      }),
    ),
  )
  return { took, seconds: milliseconds / 1000, errors }
}

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
