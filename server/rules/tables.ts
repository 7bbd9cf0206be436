import type { Language } from '../../contracts/languages.ts'
import type { ColumnType, Default, Generated } from '../platform/tables.ts'

declare module '../platform/tables.ts' {
  interface Tables {
    rules: {
      instanceId: Generated<string>
      version: Default<number>
      minimumLength: Default<number>
      minimumLowercase: Default<number>
      minimumUppercase: Default<number>
      minimumDigits: Default<number>
      minimumSymbols: Default<number>
      guessesPower: Default<number>
      formerPasswords: Default<number>
      expiryDays: Default<number>
      passwordsChosenAfter: Date | null
      waitsFrom: Default<number>
      longestWaitMinutes: Default<number>
      mostFailures: Default<number>
      wrongFromAddress: Default<number>
      deviceDays: Default<number>
      initialPasswordHours: Default<number>
      resetLinkMinutes: Default<number>
      languages: Default<Language[]>
      endOtherSession: Default<boolean>
      idleMinutes: Default<number>
      warningMinutes: Default<number>
      longestHours: Default<number>
      leaseSeconds: Default<number>
      graceSeconds: Default<number>
      auditDays: Default<number>
      sessionDays: Default<number>
      requestDays: Default<number>
      messageDays: Default<number>
      importDays: Default<number>
      /** By the name of the rule. */
      reasons: ColumnType<Record<string, string>, string | undefined, string>
    }
  }
}
