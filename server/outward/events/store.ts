import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'

/** A place in the order of events: the transaction, and the row within it. */
export type Place = { transaction: string; id: string }

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
 * Events after a place, in order, of transactions before which none is under way any more; and the first transaction that may still be.
 * One statement, so both are of the same moment.
 */
export async function readPassage(
  tx: Transaction,
  events: readonly string[],
  after: Place,
  limit: number,
): Promise<{ events: (StoredEvent & { place: Place })[]; horizon: string }> {
  const { rows } = await sql<StoredEvent & { transaction: string | null; horizon: string }>`
    select horizon.first::text as horizon, e.transaction, e.id, e.at, e.event, e.actor_kind, e.actor_account_id as actor_id, e.account_id,
      e.session_id, e.detail
    from (select greatest(pg_snapshot_xmin(pg_current_snapshot()), ${after.transaction}::xid8) as first) as horizon
    left join lateral (
      select *, transaction_id::text as transaction from audit_event
      where (transaction_id, id) > (${after.transaction}::xid8, ${after.id}::bigint) and transaction_id < horizon.first
        and event = any (${events as string[]})
      order by transaction_id, id limit ${limit}
    ) as e on true
    order by e.transaction_id, e.id`.execute(tx)
  return {
    horizon: rows[0]!.horizon,
    events: rows.flatMap(({ transaction, horizon: _, ...event }) =>
      transaction === null ? [] : [{ ...event, place: { transaction, id: event.id } }],
    ),
  }
}
