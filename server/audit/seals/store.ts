import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'
import type { SealedText } from './chain.ts'

export type Seal = {
  number: string
  horizon: string
  auditId: string
  ids: string[]
  hashes: Buffer
  hash: Buffer
  sealedAt: Date
  signature: Buffer
  removedAt: Date | null
  removal: Buffer | null
}
export type StoredEntry = SealedText & { id: string; horizon: string }

const columns = [
  'number',
  'horizon',
  'auditId',
  'ids',
  'hashes',
  'hash',
  'sealedAt',
  'signature',
  'removedAt',
  'removal',
] as const

export async function findUnsealed(database: Database, instances: readonly { id: string }[]): Promise<{ id: string }[]> {
  const ids = instances.map(({ id }) => id)
  const { rows } = await database.call((db) => sql<{ id: string }>`select find_unsealed(${ids}) as id`.execute(db))
  return rows
}

/** One node seals an instance at a time; false for those that come while one does. */
export async function takeSealing(tx: Transaction): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended('audit seal ' || current_instance_id(), 0)) as mine`.execute(tx)
  return rows[0]!.mine
}

export async function findLastSeal(tx: Transaction): Promise<Seal | undefined> {
  return tx.selectFrom('auditSeal').select(columns).orderBy('number', 'desc').limit(1).executeTakeFirst()
}

/** Up to so many seals after a number, in order. */
export async function listSeals(tx: Transaction, after: string, most: number): Promise<Seal[]> {
  return tx.selectFrom('auditSeal').select(columns).where('number', '>', after).orderBy('number').limit(most).execute()
}

/** Up to so many entries after a place, in the order of events, up to the first transaction that is still under way. */
export async function listUnsealed(
  tx: Transaction,
  after: { horizon: string; auditId: string },
  most: number,
): Promise<StoredEntry[]> {
  const { rows } = await sql<StoredEntry>`
    select e.id, e.horizon, t.* from audit_event e cross join lateral audit_text(e) t
    where e.instance_id = current_instance_id() and (e.horizon, e.id) > (${after.horizon}::bigint, ${after.auditId}::bigint)
      and e.horizon < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    order by e.horizon, e.id limit ${most}`.execute(tx)
  return rows
}

/** The entries with these numbers that there are, whatever stands in them now. */
export async function findEntries(tx: Transaction, ids: readonly string[]): Promise<Map<string, StoredEntry>> {
  const { rows } = await sql<StoredEntry>`
    select e.id, e.horizon, t.* from audit_event e cross join lateral audit_text(e) t
    where e.instance_id = current_instance_id() and e.id = any (${ids as string[]}::bigint[])`.execute(tx)
  return new Map(rows.map((row) => [row.id, row]))
}

/** The numbers of the entries that lie between two places, the first one left out. */
export async function idsBetween(
  tx: Transaction,
  from: { horizon: string; auditId: string },
  to: { horizon: string; auditId: string },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from audit_event where instance_id = current_instance_id()
      and (horizon, id) > (${from.horizon}::bigint, ${from.auditId}::bigint) and (horizon, id) <= (${to.horizon}::bigint, ${to.auditId}::bigint)`.execute(
    tx,
  )
  return rows.map(({ id }) => id)
}

/** False, and nothing is written, when there is a seal of this number already. */
export async function insertSeal(tx: Transaction, seal: Omit<Seal, 'removedAt' | 'removal'>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('auditSeal')
    .values(seal)
    .onConflict((conflict) => conflict.columns(['instanceId', 'number']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** The first seal that still holds entries. */
export async function findOldestSeal(tx: Transaction): Promise<{ number: string; instanceId: string; hash: Buffer } | undefined> {
  return tx
    .selectFrom('auditSeal')
    .select(['number', 'instanceId', 'hash'])
    .where('removal', 'is', null)
    .orderBy('number')
    .limit(1)
    .executeTakeFirst()
}

/** Removes the entries of that seal, if all have had their time, and returns how many. */
export async function removeOldAudit(tx: Transaction, number: string, removedAt: Date, signature: Buffer): Promise<number> {
  const { rows } = await sql<{ removed: number }>`
    select remove_old_audit(${number}, ${removedAt}, ${signature}) as removed`.execute(tx)
  return rows[0]!.removed
}
