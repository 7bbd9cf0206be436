import { record } from '../../audit/audit.ts'
import { actingAccount, isTimeZone } from '../../directory/accounts/accounts.ts'
import { type Instance, updateInstance } from '../../instances/instances.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { fieldsRefused } from '../../platform/problem.ts'
import { isLanguage } from '../../platform/text.ts'

/**
 * Sets the language and the time zone of those who have none of their own. That they were right already is recorded too: then somebody
 * has looked.
 * @throws fields_refused, not_permitted
 */
export async function setUpInstance(
  { database }: { database: Database },
  { id }: Pick<Instance, 'id'>,
  actorId: string,
  { language, timeZone }: Pick<Instance, 'language' | 'timeZone'>,
  caller: Caller,
): Promise<void> {
  await database.in({ id }, async (tx) => {
    await actingAccount(tx, actorId, 'rules.manage')
    const faults = [
      ...(isLanguage(language) ? [] : [{ field: 'language', code: 'not_a_language' }]),
      ...(isTimeZone(timeZone) ? [] : [{ field: 'timeZone', code: 'not_a_time_zone' }]),
    ]
    if (faults.length > 0) throw fieldsRefused(faults)
    const changes = await updateInstance(tx, id, { language, timeZone })
    await record(tx, { event: 'instance_changed', actor: { kind: 'account', accountId: actorId }, caller, detail: { changes } })
  })
}
