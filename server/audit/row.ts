import type { AuditEvent } from '../../contracts/audit-events.ts'
import type { Caller } from '../platform/caller.ts'

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
