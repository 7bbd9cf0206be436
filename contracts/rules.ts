// The catalogue of rules: every one that the Administrator sets, with its default, its range and the clause that a value can go against.
// Made from it: the API, the console's screens, docs/rules.md. The database holds the same floors (migrations/0014-rules.sql, 0081-retention.sql).
// Sources: NIST SP 800-63B-4, 2.2.3, 3.1.1.2 and 3.2.2; ASVS 5.0, 6.1.1, 6.2.1 to 6.2.12 and 7.3.1.
import { allLanguages, type Language } from './languages.ts'

export const areas = ['passwords', 'sign-in', 'sessions', 'retention'] as const
export type Area = (typeof areas)[number]

/** What a number counts. `power_of_ten` is the n of 10^n guesses. */
export type Unit = 'characters' | 'power_of_ten' | 'passwords' | 'tries' | 'seconds' | 'minutes' | 'hours' | 'days'

/** The values that keep a clause; whoever sets another one says why. */
export type Clause = { keptFrom?: number; keptUpTo?: number; clauses: readonly string[] }

type NumberRule = {
  area: Area
  kind: 'number'
  unit: Unit
  default: number
  least: number
  most: number
  clause?: Clause
}
type SwitchRule = { area: Area; kind: 'switch'; default: boolean }
type LanguagesRule = { area: Area; kind: 'languages'; default: readonly Language[] }
export type Rule = NumberRule | SwitchRule | LanguagesRule

const noComposition: Clause = { keptUpTo: 0, clauses: ['NIST SP 800-63B-4, 3.1.1.2 (5)', 'ASVS 5.0, 6.2.5'] }
const kindOfCharacter = {
  area: 'passwords',
  kind: 'number',
  unit: 'characters',
  default: 0,
  least: 0,
  most: 10,
  clause: noComposition,
} as const

export const catalogue = {
  minimumLength: {
    area: 'passwords',
    kind: 'number',
    unit: 'characters',
    default: 15,
    least: 8,
    most: 64,
    clause: { keptFrom: 15, clauses: ['NIST SP 800-63B-4, 3.1.1.2 (1)'] },
  },
  minimumLowercase: kindOfCharacter,
  minimumUppercase: kindOfCharacter,
  minimumDigits: kindOfCharacter,
  minimumSymbols: kindOfCharacter,
  guessesPower: { area: 'passwords', kind: 'number', unit: 'power_of_ten', default: 8, least: 8, most: 15 },
  formerPasswords: { area: 'passwords', kind: 'number', unit: 'passwords', default: 0, least: 0, most: 24 },
  expiryDays: {
    area: 'passwords',
    kind: 'number',
    unit: 'days',
    default: 0,
    least: 0,
    most: 3650,
    clause: { keptUpTo: 0, clauses: ['NIST SP 800-63B-4, 3.1.1.2 (6)', 'ASVS 5.0, 6.2.10'] },
  },

  waitsFrom: { area: 'sign-in', kind: 'number', unit: 'tries', default: 5, least: 3, most: 100 },
  longestWaitMinutes: { area: 'sign-in', kind: 'number', unit: 'minutes', default: 15, least: 1, most: 1440 },
  mostFailures: { area: 'sign-in', kind: 'number', unit: 'tries', default: 100, least: 3, most: 100 },
  wrongFromAddress: { area: 'sign-in', kind: 'number', unit: 'tries', default: 300, least: 20, most: 100_000 },
  deviceDays: { area: 'sign-in', kind: 'number', unit: 'days', default: 180, least: 1, most: 400 },
  initialPasswordHours: { area: 'sign-in', kind: 'number', unit: 'hours', default: 72, least: 1, most: 720 },
  resetLinkMinutes: { area: 'sign-in', kind: 'number', unit: 'minutes', default: 30, least: 10, most: 1440 },
  languages: { area: 'sign-in', kind: 'languages', default: allLanguages },

  endOtherSession: { area: 'sessions', kind: 'switch', default: false },
  idleMinutes: {
    area: 'sessions',
    kind: 'number',
    unit: 'minutes',
    default: 60,
    least: 5,
    most: 1440,
    clause: { keptUpTo: 60, clauses: ['NIST SP 800-63B-4, 2.2.3'] },
  },
  warningMinutes: { area: 'sessions', kind: 'number', unit: 'minutes', default: 2, least: 1, most: 10 },
  longestHours: {
    area: 'sessions',
    kind: 'number',
    unit: 'hours',
    default: 12,
    least: 1,
    most: 720,
    clause: { keptUpTo: 24, clauses: ['NIST SP 800-63B-4, 2.2.3'] },
  },
  // Browsers let a page in the background speak once a minute only.
  leaseSeconds: { area: 'sessions', kind: 'number', unit: 'seconds', default: 120, least: 90, most: 900 },
  graceSeconds: { area: 'sessions', kind: 'number', unit: 'seconds', default: 20, least: 5, most: 120 },

  auditDays: { area: 'retention', kind: 'number', unit: 'days', default: 730, least: 90, most: 3650 },
  sessionDays: { area: 'retention', kind: 'number', unit: 'days', default: 180, least: 30, most: 3650 },
  requestDays: { area: 'retention', kind: 'number', unit: 'days', default: 180, least: 7, most: 3650 },
  messageDays: { area: 'retention', kind: 'number', unit: 'days', default: 180, least: 7, most: 3650 },
  importDays: { area: 'retention', kind: 'number', unit: 'days', default: 90, least: 1, most: 3650 },
} as const satisfies Record<string, Rule>

export type RuleName = keyof typeof catalogue
type ValueOf<Each extends Rule> = Each extends { kind: 'number' }
  ? number
  : Each extends { kind: 'switch' }
    ? boolean
    : Language[]

/** What an instance demands and allows. */
export type Rules = { [Name in RuleName]: ValueOf<(typeof catalogue)[Name]> }
/** Why rules go against a clause, by the rule's name. */
export type Reasons = Partial<Record<RuleName, string>>

export const ruleNames = Object.keys(catalogue) as RuleName[]

/** The most characters of the reason for going against a clause. */
export const longestReason = 500

/** What can be wrong with the value of a rule, or with the reason for it; keys of locales/*\/faults.json. */
export type RuleFault =
  | 'not_a_whole_number'
  | 'out_of_range'
  | 'no_language'
  | 'not_a_language'
  | 'after_the_end'
  | 'before_the_beginning'
  | 'reason_required'
  | 'too_long'
  | 'not_a_text'
