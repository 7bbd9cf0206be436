import { sql } from 'kysely'
import type { Database } from '../../platform/database.ts'
import { removeSome, type TidyStep } from '../../platform/tidying.ts'
import type { SessionLimits } from '../../sessions/sessions.ts'

/** Something that was handed out, or that is remembered between two requests, by its hash. */
export type StoredItem = {
  payload: Buffer
  idHash: Buffer
  consumedAt: Date | null
  grantId: string | null
  /** Whose session it belongs to, and at which module; null where it belongs to none. */
  accountId: string | null
  clientId: string | null
}

export type NewItem = {
  model: string
  idHash: Buffer
  payload: Buffer
  sessionId: string | null
  grantId: string | null
  userCodeHash: Buffer | null
  seconds: number
}

/** What belongs to a session that does not live, or to somebody who may not use the module, is not there. */
export async function findItem(
  database: Database,
  instance: { id: string },
  model: string,
  by: { idHash: Buffer } | { userCodeHash: Buffer },
  { leaseSeconds, idleMinutes, longestHours }: SessionLimits,
): Promise<StoredItem | undefined> {
  const [id, userCode] = 'idHash' in by ? [by.idHash, null] : [null, by.userCodeHash]
  const { rows } = await database.call((db) =>
    sql<StoredItem>`
      select * from find_openid_item(${instance.id}, ${model}, ${id}, ${userCode}, ${leaseSeconds}, ${idleMinutes}, ${longestHours * 60})`.execute(
      db,
    ),
  )
  return rows[0]
}

/** Keeps an item, in place of the one with the same hash. What it hangs on may be gone: then the foreign key refuses it. */
export async function keepItem(database: Database, instance: { id: string }, { seconds, ...item }: NewItem): Promise<void> {
  const values = { ...item, expiresAt: sql<Date>`now() + make_interval(secs => ${seconds})` }
  await database.in(instance, (tx) =>
    tx
      .insertInto('openidItem')
      .values(values)
      .onConflict((conflict) => conflict.columns(['instanceId', 'model', 'idHash']).doUpdateSet(values))
      .execute(),
  )
}

/** Keeps an item unless there is one with this hash; false when there is. One statement, so one of many comes first. */
export async function keepNewItem(database: Database, instance: { id: string }, { seconds, ...item }: NewItem): Promise<boolean> {
  const values = { ...item, expiresAt: sql<Date>`now() + make_interval(secs => ${seconds})` }
  const row = await database.in(instance, (tx) =>
    tx
      .insertInto('openidItem')
      .values(values)
      .onConflict((conflict) => conflict.doNothing())
      .returning('model')
      .executeTakeFirst(),
  )
  return row !== undefined
}

/** Uses an item up; false when that was done before, or it is gone. One statement, so one of many does it. */
export async function consumeItem(database: Database, instance: { id: string }, model: string, idHash: Buffer): Promise<boolean> {
  const row = await database.in(instance, (tx) =>
    tx
      .updateTable('openidItem')
      .set({ consumedAt: sql`now()` })
      .where('model', '=', model)
      .where('idHash', '=', idHash)
      .where('consumedAt', 'is', null)
      .returning('model')
      .executeTakeFirst(),
  )
  return row !== undefined
}

export async function removeItem(database: Database, instance: { id: string }, model: string, idHash: Buffer): Promise<void> {
  await database.in(instance, (tx) =>
    tx.deleteFrom('openidItem').where('model', '=', model).where('idHash', '=', idHash).execute(),
  )
}

export const itemTidying: readonly TidyStep[] = [
  {
    // A code that was used is remembered until it would have expired, so that its second use is known for what it is.
    name: 'what modules were handed and has expired',
    tidy: (tx, most) => removeSome(tx, 'openid_item', sql`expires_at < now()`, most),
  },
]
