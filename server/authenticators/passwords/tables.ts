import type { Default, Generated } from '../../platform/tables.ts'

declare module '../../platform/tables.ts' {
  interface Tables {
    password: {
      instanceId: Generated<string>
      accountId: string
      hash: string | null
      changedAt: Date | null
      initialHash: Buffer | null
      initialExpiresAt: Date | null
      mustChangeBy: Date | null
    }
    passwordHistory: { instanceId: Generated<string>; accountId: string; replacedAt: Generated<Date>; hash: string }
    loginAttempt: {
      instanceId: Generated<string>
      usernameHash: Buffer
      accountId: string | null
      failures: number
      inFlight: Default<number>
      waitUntil: Date | null
      lastAt: Default<Date>
    }
    knownDevice: {
      instanceId: Generated<string>
      deviceHash: Buffer
      accountId: string
      lastLoginAt: Default<Date>
      failures: Default<number>
      waitUntil: Date | null
    }
    addressAttempt: { instanceId: Generated<string>; address: string; windowStartedAt: Date; wrong: number }
  }
}
