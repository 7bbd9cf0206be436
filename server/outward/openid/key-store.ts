import { sql } from 'kysely'
import type { SigningAlgorithm } from '../../../contracts/modules.ts'
import type { Transaction } from '../../platform/database.ts'

/** A key, and its place in the rotation: `next` is published and signs nothing yet; `old` is published for what it has signed. */
export type StoredKey = {
  kid: string
  algorithm: SigningAlgorithm
  sealed: Buffer
  state: 'next' | 'current' | 'old'
  createdAt: Date
}

/** For so long a key is published after another one took its place: longer than anything lives that it has signed, and than it is kept. */
const oldFor = sql`interval '1 day'`

/** The keys that are published, those that sign first. */
export async function listKeys(tx: Transaction): Promise<StoredKey[]> {
  const { rows } = await sql<StoredKey>`
    select kid, algorithm, sealed, created_at, case when signs_from > now() then 'next' when ended_at is null then 'current' else 'old' end as state
    from (
      select k.*, min(signs_from) filter (where signs_from <= now()) over (
        partition by algorithm order by signs_from rows between 1 following and 1 following) as ended_at
      from signing_key k
    ) as k
    where ended_at is null or ended_at > now() - ${oldFor}
    order by case when signs_from > now() then 1 when ended_at is null then 0 else 2 end, algorithm, signs_from`.execute(tx)
  return rows
}

/** Adds a key that signs from so many seconds on, unless there is another one for that moment. */
export async function insertKey(
  tx: Transaction,
  { kid, algorithm, sealed }: { kid: string; algorithm: SigningAlgorithm; sealed: Buffer },
  inSeconds: number,
): Promise<void> {
  await tx
    .insertInto('signingKey')
    .values({ kid, algorithm, sealed, signsFrom: sql<Date>`now() + make_interval(secs => ${inSeconds})` })
    .execute()
}

/** Keeps others from making keys for this instance until the transaction ends. */
export async function lockKeys(tx: Transaction, instanceId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('signing keys'), hashtext(${instanceId}))`.execute(tx)
}

/** Takes keys out of use and out of sight at once. */
export async function deleteKeys(tx: Transaction, kids: readonly string[]): Promise<void> {
  if (kids.length > 0) await tx.deleteFrom('signingKey').where('kid', 'in', kids).execute()
}
