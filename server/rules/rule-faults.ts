import { type Area, longestReason, type Reasons, type RuleFault, type RuleName, type Rules } from '../../contracts/rules.ts'
import type { Fault } from '../platform/problem.ts'
import { isLanguage } from '../platform/text.ts'
import { breaksClause, namesOf, ruleOf } from './rule-catalogue.ts'

/** The rules of one area as somebody wants them. */
export type AreaChange = { area: Area; values: Partial<Rules>; reasons: Reasons }

/** What is wrong with the values of an area, all of it; empty when they can be taken. Fields are named `values.NAME`. */
export function valueFaults({ area, values }: Pick<AreaChange, 'area' | 'values'>): Fault[] {
  const faults: Fault[] = []
  const refuse = (name: RuleName, code: RuleFault) => faults.push({ field: `values.${name}`, code })
  for (const name of namesOf(area)) {
    const rule = ruleOf(name)
    const value = values[name]
    if (rule.kind === 'number') {
      if (typeof value !== 'number' || !Number.isInteger(value)) refuse(name, 'not_a_whole_number')
      else if (value < rule.least || value > rule.most) refuse(name, 'out_of_range')
    }
    if (rule.kind === 'languages') {
      const chosen = Array.isArray(value) ? value : []
      if (chosen.length === 0) refuse(name, 'no_language')
      else if (!chosen.every(isLanguage) || new Set(chosen).size < chosen.length) refuse(name, 'not_a_language')
    }
  }
  if (area === 'sign-in' && values.waitsFrom! > values.mostFailures!) refuse('waitsFrom', 'after_the_end')
  if (area === 'sessions' && values.warningMinutes! >= values.idleMinutes!) refuse('warningMinutes', 'before_the_beginning')
  return faults
}

/** Which reasons are missing or cannot be kept. A rule that goes against a clause needs one. Fields are named `reasons.NAME`. */
export function reasonFaults({ area, values, reasons }: AreaChange): Fault[] {
  return namesOf(area).flatMap((name) => {
    const reason = reasons[name]?.trim() ?? ''
    const fault = (code: RuleFault) => [{ field: `reasons.${name}`, code }]
    if (!breaksClause(name, values[name])) return []
    if (reason === '') return fault('reason_required')
    if ([...reason].length > longestReason) return fault('too_long')
    return !reason.isWellFormed() || /\p{Cc}/u.test(reason.replace(/[\n\t]/g, '')) ? fault('not_a_text') : []
  })
}

/** The reasons that are worth keeping: those of rules that go against a clause. */
export function neededReasons(values: Partial<Rules>, reasons: Reasons): Reasons {
  return Object.fromEntries(
    (Object.keys(values) as RuleName[])
      .filter((name) => breaksClause(name, values[name]))
      .map((name) => [name, reasons[name]?.trim() ?? '']),
  )
}
