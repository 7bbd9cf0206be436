// The start of a shift: everybody logs in at the same moment, and comes back when told to.
import { sql } from 'kysely'
import { findInstanceByName } from '../server/instances/instances.ts'
import { hashPassword } from '../server/passwords/hash-password.ts'
import { openDatabase } from '../server/platform/database.ts'
import { countError, pause, summary, timed } from './client.ts'
import type { CompareNeeds } from './compare-logins.ts'
import { Connection } from './connection.ts'
import { newUsername, password } from './gatehouse.ts'
import { visitors } from './person.ts'
import { measureRaw } from './raw.ts'
import type { Row } from './report.ts'

/** People are no clocks: of those who were told to come back, everybody comes within so many milliseconds after that. */
const spread = 5000

/**
 * All at once, each on a connection of their own. The times are from the first try to the session, with all the waiting; the ratio says
 * how many were told to come back, which counts as no error.
 */
export async function measureShift({ address, start, progress }: CompareNeeds, people: number): Promise<Row[]> {
  const gatehouse = await start()
  progress(`a shift of ${people} that starts at one moment`)
  const line = await visitors(gatehouse, await addShift(address, people))
  const before = await measureRaw(1.5)
  const took: number[] = []
  const errors: Record<string, number> = {}
  let toldToComeBack = 0
  const { milliseconds } = await timed(() =>
    Promise.all(
      line.map(async (person) => {
        const connection = new Connection(gatehouse.port)
        const begin = performance.now()
        try {
          for (;;) {
            const seconds = await person.tryToLogIn(connection)
            if (seconds === undefined) break
            toldToComeBack += 1
            await pause(seconds * 1000 + Math.random() * spread)
          }
          took.push(performance.now() - begin)
        } catch (error) {
          countError(errors, error)
        }
        connection.close()
      }),
    ),
  )
  const raw = summary(before, await measureRaw(1.5))
  await gatehouse.stop()
  const load = summary({ took, seconds: milliseconds / 1000, errors })
  const longest = (Math.max(...took) / 1000).toFixed(1)
  const ratio = `${(load.perSecond / raw.perSecond).toFixed(2)} of raw; ${toldToComeBack} × busy, the longest wait ${longest} s`
  return [{ what: `a shift of ${people} at one moment`, load, ratio }]
}

/** Adds accounts of one hash, as an import would. */
async function addShift(address: CompareNeeds['address'], people: number): Promise<string[]> {
  const database = openDatabase(address, 1, () => {})
  try {
    const hash = await hashPassword(password)
    const instance = (await database.asOperator(undefined, (tx) => findInstanceByName(tx, 'main')))!
    const usernames = Array.from({ length: people }, newUsername)
    await database.in(instance, async (tx) => {
      await sql`insert into account (username, username_key, full_name, profile_id)
        select name, name, 'Ana Souza', (select id from profile where name = 'Agent') from unnest(${usernames}::text[]) as name`.execute(
        tx,
      )
      await sql`insert into password (account_id, hash, changed_at)
        select id, ${hash}, now() from account where username = any (${usernames})`.execute(tx)
    })
    await database.call((db) => sql`select look_at_grown_tables()`.execute(db))
    return usernames
  } finally {
    await database.close()
  }
}
