import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'

/** A place in the order of events: what had ended when the row was written, and the row. */
export type Place = { horizon: string; id: string }

export type StoredEvent = {
  id: string
  at: Date
  event: string
  actorKind: 'account' | 'operator' | 'visitor' | 'system'
  actorId: string | null
  accountId: string | null
  sessionId: string | null
  detail: Record<string, unknown>
}

/**
 * Events after a place, in order, up to the first transaction that is still under way; and that one. Of the rows that are looked at, which
 * are no more than `limit`, those of other events are left out; `last` is the place of the last one looked at. One statement, so all is of
 * the same moment.
 */
export async function readPassage(
  tx: Transaction,
  events: readonly string[],
  after: Place,
  limit: number,
): Promise<{ events: StoredEvent[]; last: Place | undefined; looked: number; horizon: string }> {
  const { rows } = await sql<StoredEvent & { horizon: string | null; settled: string }>`
    select now.settled::text, e.horizon::text, e.id::text, e.at, e.event, e.actor_kind, e.actor_account_id as actor_id, e.account_id,
      e.session_id, e.detail
    from (select greatest(pg_snapshot_xmin(pg_current_snapshot())::text::bigint, ${after.horizon}::bigint) as settled) as now
    left join lateral (
      select * from audit_event
      where (horizon, id) > (${after.horizon}::bigint, ${after.id}::bigint) and horizon < now.settled
      order by horizon, id limit ${limit}
    ) as e on true
    order by e.horizon, e.id`.execute(tx)
  const seen = rows.flatMap(({ horizon, settled: _, ...event }) => (horizon === null ? [] : [{ ...event, horizon }]))
  const last = seen.at(-1)
  return {
    horizon: rows[0]!.settled,
    looked: seen.length,
    last: last && { horizon: last.horizon, id: last.id },
    events: seen.filter(({ event }) => events.includes(event)).map(({ horizon: _, ...event }) => event),
  }
}
