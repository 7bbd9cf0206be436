// The rule book of a node: the rules of each instance, read anew when they are a second old.
import type { Database } from '../platform/database.ts'
import { type HeldRules, readRules } from './store.ts'

export type RuleBook = Readonly<{
  /**
   * The rules that hold in an instance. A change reaches every node within a second.
   * @throws database_unavailable
   */
  of(instance: { id: string }): Promise<HeldRules>
  /** Has them read anew by whoever comes next, after this node has changed them. */
  forget(instance: { id: string }): void
}>

// In milliseconds.
const kept = 1000

export function openRuleBook(database: Database): RuleBook {
  const known = new Map<string, { rules: Promise<HeldRules>; until: number }>()

  return {
    of({ id }) {
      const now = performance.now()
      const page = known.get(id)
      if (page !== undefined && page.until > now) return page.rules
      const rules = readRules(database, { id })
      known.set(id, { rules, until: now + kept })
      // What could not be read is asked for again by whoever comes next.
      rules.catch(() => known.get(id)?.rules === rules && known.delete(id))
      return rules
    },
    forget: ({ id }) => void known.delete(id),
  }
}
