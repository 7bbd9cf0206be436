import { factorKinds, factorRuleRanges } from '../../../contracts/factors.ts'
import { longestReason } from '../../../contracts/rules.ts'
import { record } from '../../audit/audit.ts'
import {
  type FactorRule,
  findFactorRule,
  listFactorRules,
  listWithoutFactor,
  lockProfile,
  type StoredFactorRule,
  saveFactorRule,
} from '../../authenticators/factors/factors.ts'
import { actingAccount, beyondYourPermissions, hasAll } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { changedMeanwhile, type Fault, fieldsRefused, notPermitted } from '../../platform/problem.ts'
import { requireFreshProof } from '../../sessions/sessions.ts'
import type { Helper } from './help-with-factor.ts'
import { profileUnknown } from './problems.ts'

type Needs = { database: Database }

/**
 * What is demanded of each profile.
 * @throws not_permitted
 */
export function seeFactorRules({ database }: Needs, instance: { id: string }, actorId: string): Promise<StoredFactorRule[]> {
  return database.in(instance, async (tx) => {
    await actingAccount(tx, actorId, 'rules.view')
    return listFactorRules(tx)
  })
}

/**
 * Who of a profile has no second factor yet.
 * @throws not_permitted
 */
export function seeWithoutFactor({ database }: Needs, instance: { id: string }, actorId: string, profileId: string) {
  return database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, actorId, 'rules.view', 'accounts.view')
    if (acting.teams !== 'all') throw notPermitted()
    return listWithoutFactor(tx, profileId)
  })
}

/** Everything that is wrong with a rule. One that asks for no factor where one could be needs a reason: ASVS 5.0, 6.3.3. */
export function ruleFaults(rule: FactorRule): Fault[] {
  const faults: Fault[] = []
  for (const [name, { least, most }] of Object.entries(factorRuleRanges)) {
    const value = rule[name as keyof typeof factorRuleRanges]
    if (value < least || value > most) faults.push({ field: name, code: 'out_of_range' })
  }
  const year = rule.requiredFrom?.getUTCFullYear()
  if (year !== undefined && !(year >= 2000 && year < 3000)) faults.push({ field: 'requiredFrom', code: 'not_a_day' })
  if (rule.demand === 'passkey' && !rule.kinds.includes('passkey')) faults.push({ field: 'kinds', code: 'required' })
  if (rule.kinds.length === 0) faults.push({ field: 'kinds', code: 'required' })
  if (rule.demand === 'off' && rule.reason === '') faults.push({ field: 'reason', code: 'reason_required' })
  if ([...rule.reason].length > longestReason) faults.push({ field: 'reason', code: 'too_long' })
  if (/[^\P{Cc}\n\t]/u.test(rule.reason) || !rule.reason.isWellFormed()) faults.push({ field: 'reason', code: 'not_a_text' })
  return faults
}

/**
 * Changes what is demanded of a profile; it holds from the next login of its people.
 * @param version of the rule that the change was made on
 * @throws fields_refused, profile_not_found, beyond_your_permissions, changed_meanwhile, not_permitted, proof_too_old
 */
export async function changeFactorRule(
  { database }: Needs,
  instance: { id: string },
  helper: Helper,
  profileId: string,
  { version, ...said }: FactorRule & { version: number },
  caller: Caller,
): Promise<number> {
  const rule = { ...said, kinds: factorKinds.filter((kind) => said.kinds.includes(kind)), reason: said.reason.trim() }
  const faults = ruleFaults(rule)
  if (faults.length > 0) throw fieldsRefused(faults)
  await database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, helper.accountId, 'rules.manage')
    await requireFreshProof(tx, helper.id)
    const profile = await lockProfile(tx, profileId)
    if (profile === undefined) throw profileUnknown()
    if (!hasAll(acting, profile.permissions)) throw beyondYourPermissions()
    const { version: current, ...before } = await findFactorRule(tx, profileId)
    if (current !== version || !(await saveFactorRule(tx, profileId, rule, version))) throw changedMeanwhile()
    const names = Object.keys(rule) as (keyof FactorRule)[]
    const changes = Object.fromEntries(
      names
        .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(rule[name]))
        .map((name) => [name, { from: before[name], to: rule[name] }]),
    )
    const actor = { kind: 'account', accountId: helper.accountId } as const
    await record(tx, { event: 'factor_rule_changed', actor, caller, detail: { profileId, profile: profile.name, changes } })
  })
  return version + 1
}
