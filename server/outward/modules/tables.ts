import type { DeliveryState, ModuleKind, SigningAlgorithm } from '../../../contracts/modules.ts'
import type { Default, Generated, GeneratedAlways } from '../../platform/tables.ts'

declare module '../../platform/tables.ts' {
  interface Tables {
    module: {
      instanceId: Generated<string>
      id: Generated<string>
      clientId: string
      name: string
      kind: ModuleKind
      enabled: Default<boolean>
      address: string | null
      host: GeneratedAlways<string | null>
      onHome: Default<boolean>
      redirectAddresses: Default<string[]>
      afterLogoutAddresses: Default<string[]>
      logoutAddress: string | null
      signing: Default<SigningAlgorithm>
      withoutPkce: Default<boolean>
      version: Default<number>
      createdAt: Generated<Date>
    }
    moduleProfile: { instanceId: Generated<string>; moduleId: string; profileId: string; lands: Default<boolean> }
    moduleTeam: { instanceId: Generated<string>; moduleId: string; teamId: string }
    moduleSecret: {
      instanceId: Generated<string>
      id: Generated<string>
      moduleId: string
      secretHash: Buffer
      hint: string
      createdAt: Generated<Date>
    }
    moduleSession: {
      instanceId: Generated<string>
      sessionId: string
      moduleId: string
      startedAt: Generated<Date>
      lastAt: Default<Date>
    }
    moduleGrant: { instanceId: Generated<string>; id: string; sessionId: string; moduleId: string }
    logoutDelivery: {
      instanceId: Generated<string>
      id: Generated<string>
      moduleId: string
      accountId: string
      sessionId: string
      reason: string
      endedAt: Date
      state: Default<DeliveryState>
      tries: Default<number>
      nextAt: Default<Date>
      doneAt: Date | null
      answer: string | null
    }
  }
}
