import { type Area, catalogue, type Rule, type RuleName, type Rules, ruleNames } from '../../contracts/rules.ts'

export function ruleOf(name: RuleName): Rule {
  return catalogue[name]
}

export function namesOf(area: Area): RuleName[] {
  return ruleNames.filter((name) => ruleOf(name).area === area)
}

/** What holds while the Administrator has set nothing. */
export const defaultRules = Object.freeze(
  Object.fromEntries(ruleNames.map((name) => [name, ruleOf(name).default])),
) as Readonly<Rules>

/** Whether a value goes against the clause of its rule. */
export function breaksClause(name: RuleName, value: unknown): boolean {
  const rule = ruleOf(name)
  if (rule.kind !== 'number' || rule.clause === undefined || typeof value !== 'number') return false
  const { keptFrom = Number.NEGATIVE_INFINITY, keptUpTo = Number.POSITIVE_INFINITY } = rule.clause
  return value < keptFrom || value > keptUpTo
}
