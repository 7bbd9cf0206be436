import { record } from '../audit/audit.ts'
import type { Instance } from '../instances/instances.ts'
import type { OperatorNeeds } from './create-instance.ts'
import { beginEpochOfNext, type EpochCounts } from './store.ts'

// Few enough that nobody who logs in meanwhile waits long for the lock of an account.
const atOnce = 500

/**
 * Voids every session, recovery link, login that waits for its next step, and initial password of an instance, for when the database
 * has gone back in time: whatever was ended, used or changed since would live again. Lasting passwords stay as the database has them.
 * Cut short, it has done some accounts and not the others; it can be called again.
 */
export async function beginEpoch({ database }: Pick<OperatorNeeds, 'database'>, instance: Instance): Promise<EpochCounts> {
  const total: EpochCounts = { sessions: 0, links: 0, signIns: 0, initialPasswords: 0 }
  let after: string | undefined
  do {
    const { last, counts } = await database.asOperator(instance, (tx) => beginEpochOfNext(tx, after, atOnce))
    for (const name of Object.keys(total) as (keyof EpochCounts)[]) total[name] += counts[name]
    after = last
  } while (after !== undefined)
  await database.asOperator(instance, (tx) => record(tx, { event: 'epoch_begun', actor: { kind: 'operator' }, detail: total }))
  return total
}
