// Seals: the audit, chained and signed, so that what was changed, removed or moved is found. Owns audit_seal.
// docs/decisions/0023-a-sealed-audit.md
export { type SealKey, sealKey } from './chain.ts'
export { keepCheckpoints, readLines } from './checkpoints.ts'
export { openAuditFile, writeAudit } from './file.ts'
export { readPassages } from './read.ts'
export { auditTidying } from './retention.ts'
export { openSealer, type Sealer, sealNext } from './sealer.ts'
export { type AuditFault, readCheckpoints, type Verdict, verifyAudit } from './verify.ts'
