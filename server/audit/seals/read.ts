// Reads the sealed audit of an instance, seal by seal.
import type { Database } from '../../platform/database.ts'
import { findEntries, idsBetween, listSeals } from './store.ts'
import type { Passage } from './verify.ts'

const sealsAtOnce = 20

/** The seals in order, each with the entries that stand where it covers them; what is recorded meanwhile may be left out. */
export async function* readPassages(database: Database, instance: { id: string }): AsyncGenerator<Passage> {
  let last = { number: '0', horizon: '-1', auditId: '0' }
  for (;;) {
    const passages = await database.in(instance, async (tx) => {
      const read: { passage: Passage; place: typeof last }[] = []
      let before = last
      for (const seal of await listSeals(tx, last.number, sealsAtOnce)) {
        const named = seal.ids
        const there = seal.removal === null ? await idsBetween(tx, before, seal) : []
        const entries = await findEntries(tx, [...new Set([...named, ...there])])
        // In their order; and then what has no place in it.
        const ids = [...named.filter((id) => entries.has(id)), ...[...entries.keys()].filter((id) => !named.includes(id))]
        const passage = {
          ...seal,
          sealedAt: seal.sealedAt.toISOString(),
          removedAt: seal.removedAt?.toISOString() ?? null,
          entries: ids.map((id) => entries.get(id)!),
        }
        read.push({ passage, place: seal })
        before = seal
      }
      return read
    })
    for (const { passage } of passages) yield passage
    if (passages.length < sealsAtOnce) return
    last = passages.at(-1)!.place
  }
}
