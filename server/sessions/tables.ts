import type { Default, Generated } from '../platform/tables.ts'

declare module '../platform/tables.ts' {
  interface Tables {
    session: {
      instanceId: Generated<string>
      id: Generated<string>
      accountId: string
      tokenHash: Buffer
      startedAt: Generated<Date>
      authTime: Default<Date>
      amr: Default<string[]>
      lastSeenAt: Default<Date>
      lastActiveAt: Default<Date>
      endedAt: Date | null
      endReason: string | null
      visitHash: Buffer | null
      address: string
      device: string
      successorId: string | null
      endNote: string | null
      disputedAt: Date | null
      channelId: string | null
      lapsesAt: Date | null
      carriedUntil: Date | null
      closesAt: Date | null
      windowChanged: Default<boolean>
    }
    sessionWatch: { onlyOne: Generated<boolean>; since: Date; lastAt: Date }
    seatCount: {
      instanceId: Generated<string>
      atMost: number | null
      overlapDay: string | null
      overlapMinute: Date | null
      overlapMinutesUsed: Default<number>
    }
    seatRefusal: { instanceId: Generated<string>; quarterStartedAt: Date; refusals: number }
  }
}
