import type { Default, Generated, JSONColumnType } from '../platform/tables.ts'

declare module '../platform/tables.ts' {
  interface Tables {
    auditEvent: {
      instanceId: Generated<string>
      id: Generated<string>
      at: Generated<Date>
      event: string
      actorKind: 'account' | 'operator' | 'visitor' | 'system'
      actorAccountId: string | null
      accountId: string | null
      sessionId: string | null
      address: string | null
      requestId: string | null
      detail: JSONColumnType<Record<string, unknown>>
      /** Its place in the order in which others read. */
      horizon: Generated<string>
      erasedCaller: Buffer | null
      erasedDetail: Buffer | null
    }
    auditSeal: {
      instanceId: Generated<string>
      number: string
      horizon: string
      auditId: string
      ids: Default<string[]>
      hashes: Default<Buffer>
      hash: Buffer
      sealedAt: Date
      signature: Buffer
      removedAt: Date | null
      removal: Buffer | null
    }
  }
}
