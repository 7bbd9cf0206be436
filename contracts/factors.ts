// Second factors: their kinds, what a profile may demand, and the ranges of its rule. The database holds the same (migrations/0040).
// Sources: NIST SP 800-63B-4, 2.2.2 and 3.1.2 to 3.1.7; ASVS 5.0, 6.3.3, 6.5 and 6.6.

/** The strongest first: the order in which a login asks for them. */
export const factorKinds = ['passkey', 'totp', 'code_sheet'] as const
export type FactorKind = (typeof factorKinds)[number]

/** `off`: none is asked for. `offered`: whoever has one is asked. `passkey`: nothing else will do. */
export const demands = ['off', 'offered', 'required', 'passkey'] as const
export type Demand = (typeof demands)[number]

/** The numbers of a profile's rule, with their ranges. */
export const factorRuleRanges = {
  graceDays: { least: 0, most: 90 },
  graceLogins: { least: 0, most: 100 },
  dailyVouches: { least: 1, most: 20 },
} as const

/** What holds for a profile of which nothing was said. */
export const defaultFactorRule = {
  demand: 'offered',
  requiredFrom: null,
  kinds: factorKinds,
  graceDays: 7,
  graceLogins: 5,
  vouching: true,
  dailyVouches: 3,
  sheetWithSlip: false,
  reason: '',
} as const

/** The codes of a sheet, and from how many left on people are told to ask for a new one. */
export const sheetCodes = 60
export const fewSheetCodes = 10

/** The most characters of the name that a person gives a factor. */
export const longestFactorName = 60
