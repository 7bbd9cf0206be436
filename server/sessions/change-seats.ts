import { record } from '../audit/audit.ts'
import { findSeatSettings, type SeatSettings, updateSeats } from '../instances/instances.ts'
import type { Database } from '../platform/database.ts'
import { recountSeats } from './seat-store.ts'

/**
 * Sets how many sessions of an instance may live at once. Nobody is thrown out: with fewer seats than are in use, new logins wait.
 * Comes between logins and not into one, so each login meets the old number or the new one.
 */
export async function changeSeats(
  database: Database,
  instance: { id: string },
  settings: Partial<SeatSettings>,
): Promise<SeatSettings> {
  return database.asOperator(instance, async (tx) => {
    if (Object.keys(settings).length === 0) return findSeatSettings(tx, instance.id)
    await recountSeats(tx)
    const from = await findSeatSettings(tx, instance.id)
    const to = await updateSeats(tx, instance.id, settings)
    await record(tx, { event: 'seats_changed', actor: { kind: 'operator' }, detail: { from, to } })
    return to
  })
}
