import type { SigningAlgorithm } from '../../../contracts/modules.ts'
import type { Generated } from '../../platform/tables.ts'

declare module '../../platform/tables.ts' {
  interface Tables {
    openidItem: {
      instanceId: Generated<string>
      model: string
      idHash: Buffer
      payload: Buffer
      sessionId: string | null
      grantId: string | null
      userCodeHash: Buffer | null
      consumedAt: Date | null
      expiresAt: Date
    }
    signingKey: {
      instanceId: Generated<string>
      kid: string
      algorithm: SigningAlgorithm
      sealed: Buffer
      createdAt: Generated<Date>
      signsFrom: Date
    }
  }
}
