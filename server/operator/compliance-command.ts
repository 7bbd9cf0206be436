import { type FactorFinding, factorFindings, listFactorRules } from '../authenticators/factors/factors.ts'
import { type ClauseFinding, complianceOf, findStoredRules } from '../rules/rules.ts'
import { type Command, instanceNamed } from './command.ts'
import { countLastLogins, type LastLogins } from './store.ts'

export const complianceCommand: Command = {
  words: 'compliance-report',
  usage: '--instance NAME',
  means:
    'Says which clauses of NIST SP 800-63B-4 and ASVS 5.0 the rules of an instance keep, why not the others, and what its last logins were worth.',
  values: [],
  options: { instance: 'The name of the instance.' },
  required: ['instance'],
  async run({ system, config }, _values, { instance: name }) {
    const instance = await instanceNamed(system, name!)
    const { rules, reasons, factors, lastLogins } = await system.database.in(instance, async (tx) => ({
      ...(await findStoredRules(tx)),
      factors: await listFactorRules(tx),
      lastLogins: await countLastLogins(tx),
    }))
    const findings = complianceOf(rules, reasons, config.breachedPasswordsFile !== undefined)
    const factorsFound = factorFindings(factors, new Date())
    const text = findings.map(ruleText).join('') + factorsFound.map(factorText).join('') + loginsText(lastLogins)
    return { json: { instance: name, findings, factorFindings: factorsFound, lastLogins }, text }
  },
}

const head = ({ clauses, demands, kept }: Pick<ClauseFinding, 'clauses' | 'demands' | 'kept'>) =>
  `${kept ? 'kept     ' : 'NOT KEPT '}  ${clauses.join('; ')}\n           ${demands}\n`

function ruleText(finding: ClauseFinding): string {
  const lines = finding.deviations.map(({ rule, value, reason }) => `           ${rule} is ${value}. Reason: ${reason}\n`)
  return head(finding) + lines.join('')
}

function factorText(finding: FactorFinding): string {
  const lines = finding.deviations.map(
    ({ profile, demand, reason }) => `           ${profile}: ${demand}.${reason === '' ? '' : ` Reason: ${reason}`}\n`,
  )
  return head(finding) + lines.join('')
}

function loginsText({ twoFactors, vouched, passwordAlone, never }: LastLogins): string {
  return `
The last logins, for each account that is enabled:
  ${twoFactors}  by two factors (authenticator assurance level 2)
  ${vouched}  by the password and a supervisor's word (2 by a documented method)
  ${passwordAlone}  by the password alone (1)
  ${never}  never logged in
`
}
