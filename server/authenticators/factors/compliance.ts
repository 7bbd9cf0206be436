// Which clauses about second factors an instance keeps with the rules of its profiles, and why not the others.
import type { Demand } from '../../../contracts/factors.ts'
import type { StoredFactorRule } from './rule-store.ts'

export type FactorFinding = {
  clauses: readonly string[]
  /** What is demanded, in one sentence. */
  demands: string
  kept: boolean
  /** The profiles that go against it. */
  deviations: { profile: string; demand: Demand; reason: string }[]
}

type Judged = Pick<StoredFactorRule, 'profileName' | 'demand' | 'requiredFrom' | 'reason' | 'kinds' | 'vouching'>

/** Goes through the clauses that a profile's rule can touch. @param now by the database's clock */
export function factorFindings(rules: readonly Judged[], now: Date): FactorFinding[] {
  const isDemanded = ({ demand, requiredFrom }: Judged) =>
    (demand === 'required' || demand === 'passkey') && (requiredFrom === null || requiredFrom <= now)
  const finding = (clauses: string[], demands: string, keeps: (rule: Judged) => boolean): FactorFinding => {
    const deviations = rules
      .filter((rule) => !keeps(rule))
      .map(({ profileName: profile, demand, reason }) => ({ profile, demand, reason }))
    return { clauses, demands, kept: deviations.length === 0, deviations }
  }
  return [
    finding(['NIST SP 800-63B-4, 2.2.1', 'ASVS 5.0, 6.3.3'], 'Everybody logs in with two factors.', isDemanded),
    finding(
      ['NIST SP 800-63B-4, 2.2.2'],
      'A factor that nobody can be tricked into giving away is offered: passkeys.',
      ({ demand, kinds }) => demand !== 'off' && kinds.includes('passkey'),
    ),
    finding(
      ['NIST SP 800-63B-4, 3.1.3'],
      'No second factor but the person’s own: a supervisor’s word is a method of its own, described in docs/decisions/0020-second-factors.md.',
      ({ demand, vouching }) => demand === 'off' || !vouching,
    ),
  ]
}
