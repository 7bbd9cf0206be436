// What somebody makes of the rules of one area, until it is saved.
import { useEffect, useState } from 'react'
import type { RuleFault } from '../../contracts/rules.ts'
import type { Answer, Body } from '../app/api.ts'

export type HeldRules = Answer<'GET /api/rules'>
export type Rule = HeldRules['catalogue'][number]
export type RuleName = Rule['name']
export type Area = Rule['area']
/** A number that is being typed can be empty for a moment. */
export type Value = number | boolean | string[] | ''

export type Draft = { values: Partial<Record<RuleName, Value>>; reasons: Partial<Record<RuleName, string>> }

export function rulesOf({ catalogue }: HeldRules, area: Area): Rule[] {
  return catalogue.filter((rule) => rule.area === area)
}

function draftOf(held: HeldRules, area: Area): Draft {
  const names = rulesOf(held, area).map(({ name }) => name)
  return {
    values: Object.fromEntries(names.map((name) => [name, held.values[name]])),
    reasons: Object.fromEntries(names.map((name) => [name, held.reasons[name] ?? ''])),
  }
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

/** A draft, and the rules that it was begun on. What is typed survives every change of the rules by somebody else. */
export function useDraft(held: HeldRules, area: Area) {
  const [base, setBase] = useState(held)
  const [draft, setDraft] = useState(() => draftOf(held, area))
  const begun = draftOf(base, area)
  const isDirty = !same(draft, begun)

  useEffect(() => {
    if (held.version === base.version) return
    // Another area of the same rules was changed, or nothing was typed here: nobody is in anybody's way.
    if (same(draftOf(held, area), draftOf(base, area))) setBase(held)
    else if (!isDirty) {
      setBase(held)
      setDraft(draftOf(held, area))
    }
  }, [held, base, area, isDirty])

  return {
    draft,
    isDirty,
    version: base.version,
    setValue: (name: RuleName, value: Value) => setDraft((now) => ({ ...now, values: { ...now.values, [name]: value } })),
    setReason: (name: RuleName, reason: string) => setDraft((now) => ({ ...now, reasons: { ...now.reasons, [name]: reason } })),
    /** Goes on with what is typed, on the rules as they are now. */
    continueOn: (now: HeldRules) => setBase(now),
    discard: (now: HeldRules) => {
      setBase(now)
      setDraft(draftOf(now, area))
    },
  }
}

export type UsedDraft = ReturnType<typeof useDraft>

/** What is wrong with a value, as far as the catalogue tells. */
export function valueFault({ kind, least, most }: Rule, value: Value | undefined): RuleFault | undefined {
  if (kind === 'languages') return Array.isArray(value) && value.length > 0 ? undefined : 'no_language'
  if (kind === 'switch') return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) return 'not_a_whole_number'
  return value < least! || value > most! ? 'out_of_range' : undefined
}

/** Whether a value goes against the clause of its rule, and so needs a reason. */
export function needsReason({ clause }: Rule, value: Value | undefined): boolean {
  if (clause === undefined || typeof value !== 'number') return false
  return value < (clause.keptFrom ?? Number.NEGATIVE_INFINITY) || value > (clause.keptUpTo ?? Number.POSITIVE_INFINITY)
}

/** Every fault that can be seen here, by field, as the server would name it. */
export function draftFaults(rules: readonly Rule[], { values, reasons }: Draft): Record<string, string> {
  const faults: Record<string, RuleFault> = {}
  for (const rule of rules) {
    const fault = valueFault(rule, values[rule.name])
    if (fault !== undefined) faults[`values.${rule.name}`] = fault
    else if (needsReason(rule, values[rule.name]) && reasons[rule.name]?.trim() === '')
      faults[`reasons.${rule.name}`] = 'reason_required'
  }
  return faults
}

export function bodyOf(area: Area, { draft: { values, reasons }, version }: UsedDraft): Body<'PUT /api/rules'> {
  const given = Object.fromEntries(Object.entries(reasons).filter(([, reason]) => reason.trim() !== ''))
  return { area, version, values: values as Body<'PUT /api/rules'>['values'], reasons: given }
}
