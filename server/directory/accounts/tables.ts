import type { AccountFields, LoginHours } from '../../../contracts/account-fields.ts'
import type { ColumnType, Default, Generated, GeneratedAlways } from '../../platform/tables.ts'

declare module '../../platform/tables.ts' {
  interface Tables {
    account: Omit<AccountFields, 'loginHours'> & {
      instanceId: Generated<string>
      id: Generated<string>
      username: string
      usernameKey: string
      enabled: Default<boolean>
      disabledReason: string | null
      loginHours: ColumnType<LoginHours | null, string | null | undefined, string | null>
      credentialVersion: Default<number>
      /** The names of the steps of a sign-in that may be open. */
      openSteps: Default<string[]>
      version: Default<number>
      /** Made by the database from username, name and address. */
      searchText: GeneratedAlways<string>
      /** And what it is ordered by, from its name. */
      sortName: GeneratedAlways<string>
      lastLoginAt: Date | null
      createdAt: Generated<Date>
    }
  }
}
