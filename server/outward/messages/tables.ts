import type { Default, Generated, JSONColumnType } from '../../platform/tables.ts'

declare module '../../platform/tables.ts' {
  interface Tables {
    message: {
      instanceId: Generated<string>
      id: Generated<string>
      accountId: string
      kind: string
      state: Default<'waiting' | 'sent' | 'failed' | 'void'>
      stateAt: Default<Date>
      toAddress: string
      requestedBy: string | null
      credentialVersion: number
      attempts: Default<number>
      lastError: string | null
      createdAt: Generated<Date>
      queuedAt: Default<Date>
      nextTryAt: Date | null
      notice: Default<boolean>
      about: JSONColumnType<Record<string, unknown>, string | undefined, string>
    }
  }
}
