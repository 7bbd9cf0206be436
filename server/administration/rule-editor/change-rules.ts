import type { Rules } from '../../../contracts/rules.ts'
import { record } from '../../audit/audit.ts'
import { actingAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { changedMeanwhile, fieldsRefused } from '../../platform/problem.ts'
import {
  type AreaChange,
  expirePasswords,
  lockRules,
  namesOf,
  neededReasons,
  reasonFaults,
  updateRules,
  valueFaults,
} from '../../rules/rules.ts'

/**
 * Changes the rules of one area. A rule that goes against a clause needs a reason, which the audit keeps beside what was before and after.
 * @param version of the rules that the change was made on
 * @returns the new version
 * @throws fields_refused, changed_meanwhile, not_permitted
 */
export async function changeRules(
  { database }: { database: Database },
  instance: { id: string },
  actorId: string,
  { version, ...change }: AreaChange & { version: number },
  caller: Caller,
): Promise<number> {
  const faults = [...valueFaults(change), ...reasonFaults(change)]
  if (faults.length > 0) throw fieldsRefused(faults)
  return database.in(instance, async (tx) => {
    await actingAccount(tx, actorId, 'rules.manage')
    const before = await lockRules(tx)
    const rules: Rules = { ...before.rules, ...change.values }
    const reasons = neededReasons(rules, { ...before.reasons, ...change.reasons })
    const after = await updateRules(tx, version, rules, reasons)
    if (after === undefined || before.version !== version) throw changedMeanwhile()
    const changes = Object.fromEntries(
      namesOf(change.area)
        .filter(
          (name) => JSON.stringify([before.rules[name], before.reasons[name]]) !== JSON.stringify([rules[name], reasons[name]]),
        )
        .map((name) => [
          name,
          { from: before.rules[name], to: rules[name], ...(reasons[name] !== undefined && { reason: reasons[name] }) },
        ]),
    )
    const actor = { kind: 'account', accountId: actorId } as const
    await record(tx, { event: 'rules_changed', actor, caller, detail: { area: change.area, changes } })
    return after
  })
}

/**
 * Asks everybody, the caller too, to choose a new password at the next login. Sessions live on.
 * @throws not_permitted
 */
export async function askForNewPasswords(
  { database }: { database: Database },
  instance: { id: string },
  actorId: string,
  caller: Caller,
): Promise<void> {
  await database.in(instance, async (tx) => {
    await actingAccount(tx, actorId, 'rules.manage')
    await expirePasswords(tx)
    await record(tx, { event: 'passwords_expired', actor: { kind: 'account', accountId: actorId }, caller })
  })
}
