import type { Default, Generated } from '../platform/tables.ts'

declare module '../platform/tables.ts' {
  interface Tables {
    recoveryAsk: {
      instanceId: Generated<string>
      id: Generated<string>
      sealedUsername: Buffer
      deviceHash: Buffer | null
      address: string
      device: string
      requestId: string
      askedAt: Generated<Date>
    }
    recoveryAddress: { instanceId: Generated<string>; address: string; windowStartedAt: Date; asked: number }
    recoveryNetwork: { instanceId: Generated<string>; network: string; hourStartedAt: Date; links: number }
    recoveryHour: { instanceId: Generated<string>; hourStartedAt: Date; links: number }
    recoveryLink: {
      instanceId: Generated<string>
      id: Generated<string>
      accountId: string
      tokenHash: Buffer
      credentialVersion: number
      sentTo: string
      createdAt: Generated<Date>
      expiresAt: Date
      endedAt: Date | null
      endReason: 'used' | 'newer' | 'epoch' | null
    }
    recoveryRequest: {
      instanceId: Generated<string>
      id: Generated<string>
      accountId: string
      credentialVersion: number
      openedAt: Default<Date>
      askedAt: Default<Date>
      asked: Default<number>
      address: string
      device: string
      expiresAt: Date
      closedAt: Date | null
      outcome: 'answered' | 'refused' | 'expired' | null
      closedBy: string | null
      reason: string | null
    }
  }
}
