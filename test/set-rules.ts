import { type Rules, ruleNames } from '../contracts/rules.ts'
import type { Instance } from '../server/instances/instances.ts'
import { findStoredRules, updateRules } from '../server/rules/rules.ts'
import type { TestSystem } from './nodes.ts'

/** Sets rules, with a reason for all. A node that has read them already goes on with what it knows for a second. */
export async function setRules(system: TestSystem, rules: Partial<Rules>, instance: Instance = system.main): Promise<void> {
  const reasons = Object.fromEntries(ruleNames.map((name) => [name, 'a test asks for it']))
  await system.database.in(instance, async (tx) => {
    const { version } = await findStoredRules(tx)
    if ((await updateRules(tx, version, rules, reasons)) === undefined) throw new Error('somebody else changed the rules')
  })
}
