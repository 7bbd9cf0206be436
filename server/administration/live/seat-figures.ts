import { findSeatSettings, listServedInstances, type SeatSettings } from '../../instances/instances.ts'
import type { Database } from '../../platform/database.ts'
import { findRules } from '../../rules/rules.ts'
import { readSeatFigures, type SeatFigures } from '../../sessions/sessions.ts'

export type Seats = Pick<SeatFigures, 'inUse' | 'quarters'> &
  SeatSettings & {
    peakToday: number
    refusalsToday: number
  }

// In milliseconds. For looking at only: no login is decided by it. After a change that was told they are kept for less than a screen
// that was told waits before it asks.
const kept = 2000
const keptAfterChange = 150

/** How the seats are used, counted once for all who look at the same moment. */
export function openSeatFigures(database: Database) {
  const known = new Map<string, { seats: Promise<Seats>; until: number }>()

  return {
    /** Somebody has come or gone. */
    age({ id }: { id: string }): void {
      const page = known.get(id)
      if (page !== undefined) page.until = Math.min(page.until, performance.now() + keptAfterChange)
    },
    of(instance: { id: string }): Promise<Seats> {
      const now = performance.now()
      const page = known.get(instance.id)
      if (page !== undefined && page.until > now) return page.seats
      const seats = readSeats(database, instance)
      known.set(instance.id, { seats, until: now + kept })
      seats.catch(() => known.delete(instance.id))
      return seats
    },
  }
}

async function readSeats(database: Database, instance: { id: string }): Promise<Seats> {
  return database.in(instance, async (tx) => {
    const [settings, { inUse, peak, refusals, quarters }] = [
      await findSeatSettings(tx, instance.id),
      await readSeatFigures(tx, await findRules(tx)),
    ]
    return { ...settings, inUse, peakToday: peak, refusalsToday: refusals, quarters }
  })
}

/** The figures of every instance, for the operator's watch. */
export async function readSeatsOfAll(database: Database): Promise<(Seats & { instance: string })[]> {
  const all = []
  for (const instance of await database.call(listServedInstances))
    all.push({ instance: instance.name, ...(await readSeats(database, instance)) })
  return all
}
