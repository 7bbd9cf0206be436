import { type Kysely, type Selectable, sql } from 'kysely'
import type { Transaction } from '../platform/database.ts'
import type { Tables } from '../platform/tables.ts'

/** One customer's world. */
export type Instance = Pick<Selectable<Tables['instance']>, 'id' | 'name' | 'hostname' | 'language' | 'timeZone' | 'seats'>

const columns = ['id', 'name', 'hostname', 'language', 'timeZone', 'seats'] as const

/** The instance at a host name, or, where `name` is given, the one with that name. Sets what the statement may see by itself. */
export async function findInstance(
  db: Kysely<Tables>,
  hostname: string,
  name: string | undefined,
): Promise<Instance | undefined> {
  const { rows } =
    await sql<Instance>`select id, name, hostname, language, time_zone, seats from find_instance(${hostname}, ${name ?? null})`.execute(
      db,
    )
  return rows[0]
}

export async function findInstanceByName(tx: Transaction, name: string): Promise<Instance | undefined> {
  return tx.selectFrom('instance').select(columns).where('name', '=', name).executeTakeFirst()
}

export async function listInstances(tx: Transaction): Promise<Instance[]> {
  return tx.selectFrom('instance').select(columns).orderBy('name').execute()
}

/** What a node hears of all instances, in a transaction that sees none of them. */
export type ServedInstance = { id: string; name: string }

/** The instances that there are, for a node, which can see but one at a time. */
export async function listServedInstances(db: Kysely<Tables>): Promise<ServedInstance[]> {
  const { rows } = await sql<ServedInstance>`select id, name from list_instances()`.execute(db)
  return rows
}

/** Whether the installation's secret key is recognised by this; null where none is kept yet. */
export async function isKeyCheck(db: Kysely<Tables>, keyCheck: Buffer): Promise<boolean | null> {
  const { rows } = await sql<{ known: boolean | null }>`select is_key_check(${keyCheck}) as known`.execute(db)
  return rows[0]!.known
}

export async function insertInstance(
  tx: Transaction,
  row: Omit<Instance, 'language' | 'timeZone'> & Partial<Pick<Instance, 'language' | 'timeZone'>>,
): Promise<void> {
  await tx.insertInto('instance').values(row).execute()
}

/** How many sessions of an instance may live at once. */
export type SeatSettings = {
  /** Null means no limit. */
  seats: number | null
  /** How many more than the seats, for Administrators. */
  seatReserve: number
  /** How far the sessions may go over the seats at a change of shifts, in per cent of them. */
  overlapPercent: number
  /** On how many minutes of a day they may. */
  overlapMinutes: number
}

const seatColumns = ['seats', 'seatReserve', 'overlapPercent', 'overlapMinutes'] as const

export async function findSeatSettings(tx: Transaction, id: string): Promise<SeatSettings> {
  return tx.selectFrom('instance').select(seatColumns).where('id', '=', id).executeTakeFirstOrThrow()
}

export async function updateSeats(tx: Transaction, id: string, settings: Partial<SeatSettings>): Promise<SeatSettings> {
  return tx.updateTable('instance').set(settings).where('id', '=', id).returning(seatColumns).executeTakeFirstOrThrow()
}

/** What can be changed of an instance, apart from its seats. */
export type InstanceFields = Pick<Instance, 'hostname' | 'language' | 'timeZone'>

/** What was changed, field by field. */
export type Changes = Record<string, { from: string; to: string }>

/** Sets some fields of an instance, and locks it. Returns what that changed. */
export async function updateInstance(tx: Transaction, id: string, fields: Partial<InstanceFields>): Promise<Changes> {
  const before = await tx
    .selectFrom('instance')
    .select(['hostname', 'language', 'timeZone'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  await tx.updateTable('instance').set(fields).where('id', '=', id).execute()
  return Object.fromEntries(
    (Object.keys(fields) as (keyof InstanceFields)[])
      .filter((key) => before[key] !== fields[key])
      .map((key) => [key, { from: before[key], to: fields[key]! }]),
  )
}

/** Keeps what the secret key is recognised by; the first node to come decides. Returns what is kept. */
export async function keepKeyCheck(tx: Transaction, keyCheck: Buffer): Promise<Buffer> {
  await tx
    .insertInto('installation')
    .values({ keyCheck })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { keyCheck: kept } = await tx.selectFrom('installation').select('keyCheck').executeTakeFirstOrThrow()
  return kept
}
