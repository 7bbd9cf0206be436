import type { Default, Generated } from '../../platform/tables.ts'

declare module '../../platform/tables.ts' {
  interface Tables {
    team: { instanceId: Generated<string>; id: Generated<string>; name: string; version: Default<number> }
    teamSupervisor: { instanceId: Generated<string>; teamId: string; accountId: string }
  }
}
