import { sql } from 'kysely'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import type { Actor, AuditEvent } from './audit.ts'

/** Records one event of many accounts, in one statement. The details must hold only what the database holds already. */
export async function recordMany(
  tx: Transaction,
  event: AuditEvent,
  actor: Actor,
  rows: readonly { accountId: string; sessionId?: string; detail: Record<string, unknown> }[],
  caller?: Caller,
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, request_id, detail)
    select ${event}, ${actor.kind}, ${actor.kind === 'account' ? actor.accountId : null}::uuid, r."accountId", r."sessionId",
      ${caller?.address ?? null}::inet, ${caller?.requestId ?? null}, r.detail
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r ("accountId" uuid, "sessionId" uuid, detail jsonb)`.execute(tx)
}
