// The tables of the database, as types. Each feature declares its own in its tables.ts; a test compares them with the migrated database.
import type { ColumnType } from 'kysely'

export type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely'

/** Set by the database when a row is made, and changed later only on purpose. */
export type Default<T> = ColumnType<T, T | undefined, T>

/** Filled by the features. */
// biome-ignore lint/suspicious/noEmptyInterface: only an interface can be added to.
export interface Tables {}
