// What modules did wrong, for whoever sets them up: kept in the audit, once for each kind of mistake in a while, since anybody can make
// the same mistake as often as they like.
import { record } from '../../audit/audit.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'

export type Refusal = {
  moduleId: string
  /** The standard's word for it. */
  error: string
  /** The address that people should have been sent back to, where that is what was wrong. */
  offered?: string
}

/** For so long, in milliseconds, the same mistake is not kept again by this node; and of so many different ones it knows. */
const quietFor = 10 * 60_000
const mostKnown = 1000
/** So many characters of what was offered are kept. */
const mostOffered = 500

export function openRefusals(database: Database): (instance: { id: string }, refusal: Refusal, caller: Caller) => Promise<void> {
  const known = new Map<string, number>()
  return async (instance, { moduleId, error, offered }, caller) => {
    const kept = { moduleId, error, ...(offered !== undefined && { offered: offered.slice(0, mostOffered) }) }
    const key = `${instance.id} ${JSON.stringify(kept)}`
    const now = performance.now()
    const until = known.get(key)
    if ((until !== undefined && until > now) || known.size >= mostKnown) {
      if (known.size >= mostKnown) for (const [each, end] of known) if (end <= now) known.delete(each)
      return
    }
    known.set(key, now + quietFor)
    await database.in(instance, (tx) => record(tx, { event: 'module_refused', actor: { kind: 'visitor' }, caller, detail: kept }))
  }
}
