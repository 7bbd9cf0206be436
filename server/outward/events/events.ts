// Events: what has happened to the sessions and accounts of an instance, for whoever passes it on. Each reader reads in order, from where
// it has come to, and misses nothing. Owns no table: an event is a row of the audit, written in the transaction of what it tells.
import type { AuditEvent } from '../../audit/audit.ts'
import type { Database } from '../../platform/database.ts'
import { readPassage, type StoredEvent } from './store.ts'

/** What is told of sessions and accounts, as the audit names it. */
export const toldEvents = [
  'login',
  'proved_again',
  'session_ended',
  'account_created',
  'account_changed',
  'account_removed',
  'account_disabled',
  'account_enabled',
  'initial_password_made',
  'initial_password_voided',
  'password_chosen',
  'password_changed',
  'password_reset',
] as const satisfies readonly AuditEvent[]

export type Event = StoredEvent & { event: (typeof toldEvents)[number] }

/** Up to where somebody has read. Opaque: kept and handed back. */
export type Cursor = string

/**
 * What has happened after a cursor, in the order of the transactions, and the cursor to go on from. What a transaction has written that is
 * still under way comes later, together with all that began after it: nothing is ever passed by.
 * @param after undefined: from the beginning
 * @returns fewer events than `limit` when there are no more for now
 */
export async function readEvents(
  { database }: { database: Database },
  instance: { id: string },
  after: Cursor | undefined,
  limit: number,
): Promise<{ events: Event[]; cursor: Cursor }> {
  const [transaction, id] = (after ?? '0.0').split('.') as [string, string]
  if (!/^\d{1,20}\.\d{1,19}$/.test(`${transaction}.${id}`)) throw new TypeError('no cursor of events')
  const { events, horizon } = await database.in(instance, (tx) => readPassage(tx, toldEvents, { transaction, id }, limit))
  const last = events.at(-1)
  // Where there are no more, all that lies before the horizon has been read, told or not.
  const reached = last !== undefined && events.length === limit ? last.place : { transaction: horizon, id: '0' }
  return {
    events: events.map(({ place: _, ...event }) => event as Event),
    cursor: `${reached.transaction}.${reached.id}`,
  }
}
