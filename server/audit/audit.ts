// Audit: who did what to whom, when and from where. Written in the transaction of what it records, and never changed.
// Owns audit_event. Knows no other feature.
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import type { AuditEvent } from './events.ts'

export { type AuditEvent, auditEvents } from './events.ts'
export { recordMany } from './store.ts'

export type Actor = { kind: 'account'; accountId: string } | { kind: 'operator' | 'visitor' | 'system' }

export type AuditRow = {
  event: AuditEvent
  actor: Actor
  /** Whom it was done to. */
  accountId?: string | undefined
  sessionId?: string | undefined
  caller?: Caller | undefined
  /** What else helps to understand it; never a secret. */
  detail?: Record<string, unknown>
}

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
