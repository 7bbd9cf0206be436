// The sealer: chains and signs what the audit has recorded, a moment behind it, so that no login waits for it. Every node has one, and
// whichever comes first seals. docs/decisions/0023-a-sealed-audit.md
import type { Database } from '../../platform/database.ts'
import { beginning, chain, entryHash, type SealKey, sealText } from './chain.ts'
import { findLastSeal, findUnsealed, insertSeal, listUnsealed, type Seal, takeSealing } from './store.ts'

export type SealerNeeds = {
  database: Database
  key: SealKey
  /** The instances that this server serves. */
  instances: () => Promise<readonly { id: string }[]>
  onError: (error: unknown, message: string) => void
}

export type Sealer = Readonly<{
  start(): void
  close(): Promise<void>
}>

/** In milliseconds. */
const lookEvery = 1000
/** Of the time, what may be spent with looking for what is to be sealed: where there are very many instances it is looked less often. */
const mostShare = 0.05
/** So many entries share a seal at the most. */
export const atOnce = 1000

/**
 * Seals the next entries of an instance, as far as nothing can come before them any more. Returns how many: fewer than `atOnce` mean
 * that there are no more for now, or that another node is at it.
 */
export async function sealNext(database: Database, key: SealKey, instance: { id: string }): Promise<number> {
  return database.in(instance, async (tx) => {
    if (!(await takeSealing(tx))) return 0
    const last: Pick<Seal, 'number' | 'horizon' | 'auditId' | 'hash'> = (await findLastSeal(tx)) ?? {
      number: '0',
      horizon: '-1',
      auditId: '0',
      hash: beginning,
    }
    const entries = await listUnsealed(tx, last, atOnce)
    const end = entries.at(-1)
    if (end === undefined) return 0
    const number = String(BigInt(last.number) + 1n)
    const hashes = entries.map(entryHash)
    const hash = chain(last.hash, hashes)
    const sealedAt = new Date()
    const signed = { instanceId: instance.id, number, entries: entries.length, hash, sealedAt: sealedAt.toISOString() }
    const isFirst = await insertSeal(tx, {
      number,
      horizon: end.horizon,
      auditId: end.id,
      ids: entries.map(({ id }) => id),
      hashes: Buffer.concat(hashes),
      hash,
      sealedAt,
      signature: key.sign(sealText(signed)),
    })
    return isFirst ? entries.length : 0
  })
}

export function openSealer({ database, key, instances, onError }: SealerNeeds): Sealer {
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  let closed = true

  /** Returns how long to wait for the next look, in milliseconds. */
  async function look(): Promise<number> {
    const begun = performance.now()
    const found = await findUnsealed(database, await instances())
    const looked = performance.now() - begun
    for (const instance of found) while (!closed && (await sealNext(database, key, instance)) >= atOnce);
    return Math.max(lookEvery - (performance.now() - begun), looked / mostShare)
  }

  function again(after: number): void {
    timer = setTimeout(() => {
      looking = look()
        .catch((error) => {
          onError(error, 'the audit could not be sealed; it is tried again')
          return lookEvery
        })
        .then((wait) => {
          if (!closed) again(wait)
        })
    }, after).unref()
  }

  return {
    start() {
      closed = false
      again(lookEvery)
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await looking
    },
  }
}
