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

/** What the last logins of the enabled accounts were worth. Source: NIST SP 800-63B-4, 2.1 and 2.2. */
export type LastLogins = { twoFactors: number; vouched: number; passwordAlone: number; never: number }

export async function countLastLogins(tx: Transaction): Promise<LastLogins> {
  const { rows } = await sql<LastLogins>`
    select count(*) filter (where amr && '{otp,pop}')::int as two_factors,
      count(*) filter (where not amr && '{otp,pop}' and 'vouched' = any (amr))::int as vouched,
      count(*) filter (where not amr && '{otp,pop,vouched}')::int as password_alone,
      count(*) filter (where amr is null)::int as never
    from account a left join lateral (
      select amr from session s where s.account_id = a.id order by started_at desc limit 1) as last on true
    where a.enabled`.execute(tx)
  return rows[0]!
}
