import { sql } from 'kysely'
import type { AuditEvent } from '../../contracts/audit-events.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import type { Actor, AuditRow } from './row.ts'

/** Records what the same transaction does. */
export async function record(tx: Transaction, ...rows: AuditRow[]): Promise<void> {
  await tx
    .insertInto('auditEvent')
    .values(
      rows.map(({ event, actor, accountId, sessionId, caller, detail }) => ({
        event,
        actorKind: actor.kind,
        actorAccountId: actor.kind === 'account' ? actor.accountId : null,
        accountId: accountId ?? null,
        sessionId: sessionId ?? null,
        address: caller?.address ?? null,
        requestId: caller?.requestId ?? null,
        detail: asDetail(detail, caller),
      })),
    )
    .execute()
}

/** What is kept in `detail`, as JSON: what is said, and the caller's device. */
export function asDetail(said: Record<string, unknown> | undefined, caller: Caller | undefined): string {
  return JSON.stringify({ ...said, ...(caller && { device: caller.device }) }, storable)
}

/** What somebody typed can hold what PostgreSQL cannot; that must not keep an event out of the audit. */
function storable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value
}

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

/** Erases what up to so many entries say of a person, and returns how many it has found. For the operator alone. */
export async function eraseFromAudit(tx: Transaction, accountId: string, most: number): Promise<number> {
  const { rows } = await sql<{ erased: number }>`select erase_from_audit(${accountId}, ${most}) as erased`.execute(tx)
  return rows[0]!.erased
}
