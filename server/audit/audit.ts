// Audit: who did what to whom, when and from where. Written in the transaction of what it records, and never changed.
// Owns audit_event. Knows no other feature.

export { type AuditEvent, auditEvents } from '../../contracts/audit-events.ts'
export type { Actor, AuditRow } from './row.ts'
export { asDetail, eraseFromAudit, record, recordMany } from './store.ts'
