// The start of a shift: everybody logs in at the same moment, and comes back when told to.
import { countError, pause, summary, timed } from './client.ts'
import type { CompareNeeds } from './compare-logins.ts'
import { Connection } from './connection.ts'
import { addManyAccounts } from './gatehouse.ts'
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
  const line = await visitors(gatehouse, await addManyAccounts(address, people))
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
