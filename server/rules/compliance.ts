// Which clauses of NIST SP 800-63B-4 and ASVS 5.0 an instance keeps with its rules, and why it does not keep the others.
import type { Reasons, RuleName, Rules } from '../../contracts/rules.ts'
import { breaksClause } from './rule-catalogue.ts'

export type ClauseFinding = {
  clauses: readonly string[]
  /** What is demanded, in one sentence. */
  demands: string
  kept: boolean
  /** The rules that go against it, with the value and the reason that was given. */
  deviations: { rule: RuleName; value: number; reason: string }[]
}

type Demand = { clauses: readonly string[]; demands: string; rules?: readonly RuleName[]; kept?: 'with_breached_passwords_file' }

const nist = (clause: string) => `NIST SP 800-63B-4, ${clause}`
const asvs = (clause: string) => `ASVS 5.0, ${clause}`

/** Every clause that a rule can touch, and beside them those that no rule can lower. */
const demandList: readonly Demand[] = [
  { clauses: [nist('3.1.1.2 (1)')], demands: 'A password has at least 15 characters.', rules: ['minimumLength'] },
  { clauses: [asvs('6.2.1')], demands: 'A password has at least 8 characters; no rule goes below.' },
  { clauses: [nist('3.1.1.2 (2)'), asvs('6.2.9')], demands: 'At least 64 characters are accepted; here it is 1024.' },
  {
    clauses: [nist('3.1.1.2 (3) and (4)')],
    demands: 'Every character is accepted, spaces and Unicode too, and counts as one.',
  },
  {
    clauses: [nist('3.1.1.2 (5)'), asvs('6.2.5')],
    demands: 'No kinds of characters are demanded.',
    rules: ['minimumLowercase', 'minimumUppercase', 'minimumDigits', 'minimumSymbols'],
  },
  { clauses: [nist('3.1.1.2 (6)'), asvs('6.2.10')], demands: 'Passwords do not expire by time.', rules: ['expiryDays'] },
  { clauses: [nist('3.1.1.2 (7) and (8)'), asvs('6.4.2')], demands: 'There are no hints and no secret questions.' },
  { clauses: [nist('3.1.1.2 (9)'), asvs('6.2.8')], demands: 'The whole password is compared, exactly as it was typed.' },
  {
    clauses: [nist('3.1.1.2'), asvs('6.2.4'), asvs('6.2.11')],
    demands: 'Common passwords and those made of names are refused; no rule switches this off.',
  },
  {
    clauses: [asvs('6.2.12')],
    demands: 'Passwords known from breaches are refused: the operator has set BREACHED_PASSWORDS_FILE.',
    kept: 'with_breached_passwords_file',
  },
  {
    clauses: [nist('3.2.2'), asvs('6.3.1')],
    demands: 'Wrong passwords in a row are limited to 100 at the most, and slowed down before.',
  },
  { clauses: [asvs('6.4.1')], demands: 'Initial passwords are random, expire, and are replaced at the first login.' },
  {
    clauses: [nist('2.2.3'), asvs('7.3.1')],
    demands: 'A session ends after an hour without an action.',
    rules: ['idleMinutes'],
  },
  { clauses: [nist('2.2.3'), asvs('7.3.2')], demands: 'A session ends after 24 hours.', rules: ['longestHours'] },
]

/** Goes through every clause. One that several rules go against is one finding with several deviations. */
export function complianceOf(rules: Rules, reasons: Reasons, hasBreachedPasswords: boolean): ClauseFinding[] {
  return demandList.map(({ clauses, demands, rules: names = [], kept }) => {
    const deviations = names
      .filter((name) => breaksClause(name, rules[name]))
      .map((rule) => ({ rule, value: rules[rule] as number, reason: reasons[rule] ?? '' }))
    return { clauses, demands, kept: deviations.length === 0 && (kept === undefined || hasBreachedPasswords), deviations }
  })
}
