import type { Default, Generated } from '../../platform/tables.ts'

declare module '../../platform/tables.ts' {
  interface Tables {
    profile: {
      instanceId: Generated<string>
      id: Generated<string>
      name: string
      builtIn: Default<boolean>
      permissions: string[]
      version: Default<number>
    }
  }
}
