import type { Default, Generated } from '../platform/tables.ts'

declare module '../platform/tables.ts' {
  interface Tables {
    instance: {
      id: Generated<string>
      name: string
      hostname: string
      language: Default<string>
      timeZone: Default<string>
      seats: number | null
      seatReserve: Default<number>
      overlapPercent: Default<number>
      overlapMinutes: Default<number>
      createdAt: Generated<Date>
    }
    installation: { onlyOne: Generated<boolean>; keyCheck: Buffer }
  }
}
