import type { TidyStep } from '../../platform/tidying.ts'
import { removalText, type SealKey } from './chain.ts'
import { findOldestSeal, removeOldAudit } from './store.ts'

/** Removes sealed entries that have had their time, a seal at a time; what remains says so, signed. */
export function auditTidying(key: SealKey): readonly TidyStep[] {
  return [
    {
      name: 'old audit',
      async tidy(tx, most) {
        const oldest = await findOldestSeal(tx)
        if (oldest === undefined) return 0
        const removedAt = new Date()
        const signature = key.sign(removalText({ ...oldest, removedAt: removedAt.toISOString() }))
        // However many entries it held, the next seal may be due too.
        return (await removeOldAudit(tx, oldest.number, removedAt, signature)) > 0 ? most : 0
      },
    },
  ]
}
