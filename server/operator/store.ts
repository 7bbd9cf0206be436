import { sql } from 'kysely'
import type { Transaction } from '../platform/database.ts'

export type EpochCounts = { sessions: number; links: number; signIns: number; initialPasswords: number }

/**
 * Voids what the next accounts after this one hold that opens something, and records it. Locks them.
 * @param after the last account that was done; undefined to begin
 * @returns the last account of these; undefined when there was none
 */
export async function beginEpochOfNext(
  tx: Transaction,
  after: string | undefined,
  howMany: number,
): Promise<{ last: string | undefined; counts: EpochCounts }> {
  const { rows } = await sql<EpochCounts & { last: string | null }>`
    select last, sessions, links, sign_ins, initial_passwords from begin_epoch(${after ?? null}, ${howMany})`.execute(tx)
  const { last, ...counts } = rows[0]!
  return { last: last ?? undefined, counts }
}
