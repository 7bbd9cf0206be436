// Tidying: removes what has had its time, once in a while, on whichever node. Features say what; nothing depends on it.
import { type RawBuilder, sql } from 'kysely'
import type { Database, Transaction } from './database.ts'

/** One thing that is tidied. */
export type TidyStep = {
  /** For the log. */
  name: string
  /** Tidies up to so many rows of an instance, and returns how many it found: fewer than asked for mean that it is done. */
  tidy(tx: Transaction, most: number): Promise<number>
}

/** So many rows at a time: each transaction is short, however much a flood has left behind. */
const atOnce = 1000

/**
 * Takes every step of every instance, each batch in a transaction of its own, so that what one step cannot do holds up no other. Any
 * number of nodes may do it at once.
 * @param isStopping whether this node is about to stop
 */
export async function tidy(
  database: Database,
  instances: readonly { id: string }[],
  steps: readonly TidyStep[],
  onError: (error: unknown, step: string) => void,
  isStopping: () => boolean = () => false,
): Promise<void> {
  for (const instance of instances) {
    for (const step of steps) {
      try {
        for (let found = atOnce; found >= atOnce && !isStopping(); )
          found = await database.in(instance, (tx) => step.tidy(tx, atOnce))
      } catch (error) {
        onError(error, step.name)
      }
    }
  }
}

/** Removes up to so many rows for which a condition holds, and returns how many. Those that somebody holds are left for the next time. */
export async function removeSome(tx: Transaction, table: string, condition: RawBuilder<unknown>, most: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where ctid = any (array(
      select ctid from ${sql.table(table)} where ${condition} limit ${most} for update skip locked))`.execute(tx)
  return Number(numAffectedRows)
}
