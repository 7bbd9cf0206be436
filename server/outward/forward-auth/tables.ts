import type { Default, Generated } from '../../platform/tables.ts'

declare module '../../platform/tables.ts' {
  interface Tables {
    forwardSignIn: {
      instanceId: Generated<string>
      intentHash: Buffer
      moduleId: string
      nonceHash: Buffer
      wanted: string
      createdAt: Default<Date>
      expiresAt: Date
      sessionId: string | null
      codeHash: Buffer | null
      codeExpiresAt: Date | null
      usedAt: Date | null
    }
    moduleTicket: {
      instanceId: Generated<string>
      tokenHash: Buffer
      sessionId: string
      moduleId: string
      createdAt: Generated<Date>
    }
  }
}
