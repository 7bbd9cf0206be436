// Audit: who did what to whom, when and from where. Written in the transaction of what it records, and never changed.
// Owns audit_event. Knows no other feature.
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'

export { recordMany } from './store.ts'

/** Everything that is recorded. Names say what happened. */
export type AuditEvent =
  | 'account_created'
  | 'account_changed'
  | 'account_removed'
  | 'account_disabled'
  | 'account_enabled'
  | 'account_unlocked'
  | 'accounts_exported'
  | 'initial_password_made'
  | 'initial_password_voided'
  | 'profile_created'
  | 'profile_changed'
  | 'profile_removed'
  | 'team_created'
  | 'team_changed'
  | 'team_removed'
  | 'team_supervisor_added'
  | 'team_supervisor_removed'
  | 'epoch_begun'
  | 'hostname_changed'
  | 'import_finished'
  | 'import_started'
  | 'import_undone'
  | 'instance_created'
  | 'seats_changed'
  | 'login'
  | 'login_refused'
  | 'login_pending'
  | 'password_chosen'
  | 'password_changed'
  | 'password_change_refused'
  | 'passwords_expired'
  | 'rules_changed'
  | 'password_reset'
  | 'recovery_asked'
  | 'recovery_request_answered'
  | 'recovery_request_refused'
  | 'session_ended'
  | 'session_move_disputed'

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
        detail: JSON.stringify({ ...detail, ...(caller && { device: caller.device }) }, storable),
      })),
    )
    .execute()
}

/** What somebody typed can hold what PostgreSQL cannot; that must not keep an event out of the audit. */
function storable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value
}
