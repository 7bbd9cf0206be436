import type { Demand, FactorKind } from '../../../contracts/factors.ts'
import type { Default, Generated } from '../../platform/tables.ts'

export type FactorState = 'pending' | 'live' | 'disabled'

/** Why a factor is one no more. `copied`: what it sent came from another copy of it. */
export type FactorEnd = 'removed' | 'replaced' | 'reset' | 'copied'

declare module '../../platform/tables.ts' {
  interface Tables {
    factor: {
      instanceId: Generated<string>
      id: Generated<string>
      accountId: string
      kind: FactorKind
      name: Default<string>
      state: Default<FactorState>
      madeAt: Generated<Date>
      madeBy: string | null
      madeAddress: string | null
      madeDevice: string | null
      madeFor: string | null
      liveAt: Date | null
      lastUsedAt: Date | null
      lastUsedAddress: string | null
      lastUsedDevice: string | null
      disabledAt: Date | null
      disabledReason: FactorEnd | null
    }
    totpSecret: {
      instanceId: Generated<string>
      factorId: string
      sealedSecret: Buffer
      digits: Default<number>
      stepSeconds: Default<number>
      drift: Default<number>
      /** A bigint, which arrives as text. */
      lastStep: Default<string | number>
    }
    codeSheet: {
      instanceId: Generated<string>
      factorId: string
      salt: Buffer
      hashes: Buffer
      codes: number
      nextNumber: Default<number>
    }
    passkey: {
      instanceId: Generated<string>
      factorId: string
      credentialId: Buffer
      publicKey: Buffer
      /** A bigint, which arrives as text. */
      counter: Default<string | number>
      transports: Default<string[]>
      rpId: string
      aaguid: Default<string>
      verifiesUser: Default<boolean>
      backedUp: Default<boolean>
    }
    usedChallenge: { instanceId: Generated<string>; hash: Buffer; usedAt: Default<Date> }
    factorAttempt: {
      instanceId: Generated<string>
      accountId: string
      deviceHash: Buffer
      failures: Default<number>
      waitUntil: Date | null
      lastAt: Default<Date>
    }
    factorRule: {
      instanceId: Generated<string>
      profileId: string
      demand: Default<Demand>
      requiredFrom: Date | null
      kinds: Default<FactorKind[]>
      graceDays: Default<number>
      graceLogins: Default<number>
      vouching: Default<boolean>
      dailyVouches: Default<number>
      sheetWithSlip: Default<boolean>
      reason: Default<string>
      version: Default<number>
    }
    factorGrace: { instanceId: Generated<string>; accountId: string; beganAt: Default<Date>; postponed: Default<number> }
    vouch: {
      instanceId: Generated<string>
      id: Generated<string>
      accountId: string
      signInId: string
      address: string
      device: string
      knowsBrowser: Default<boolean>
      askedAt: Generated<Date>
      expiresAt: Date
      wrong: Default<number>
      vouchedAt: Date | null
      vouchedBy: string | null
      usedAt: Date | null
    }
  }
}
