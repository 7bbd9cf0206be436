import { sql } from 'kysely'
import type { DeliveryState, SigningAlgorithm } from '../../../contracts/modules.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { removeSome, type TidyStep } from '../../platform/tidying.ts'

/** A module that is to be told of the end of a session, by whoever has taken this. */
export type Delivery = {
  id: string
  moduleId: string
  clientId: string
  /** Empty when the module wants to be told no more. */
  logoutAddress: string
  signing: SigningAlgorithm
  /** Of the instance, whose address is the issuer. */
  hostname: string
  accountId: string
  sessionId: string
  endedAt: Date
  /** How often it was tried, with this time. */
  tries: number
}

/** Those of these instances in which a delivery is due. */
export async function findDueLogouts(database: Database, instances: readonly { id: string }[]): Promise<string[]> {
  const ids = instances.map(({ id }) => id)
  const { rows } = await database.call((db) =>
    sql<{ id: string }>`select find_due_logouts as id from find_due_logouts(${ids})`.execute(db),
  )
  return rows.map(({ id }) => id)
}

/** Takes deliveries that are due; nobody else does for half a minute. */
export async function takeLogouts(
  database: Database,
  instance: { id: string },
  most: number,
  busy: readonly string[],
): Promise<Delivery[]> {
  const { rows } = await database.call((db) =>
    sql<Delivery>`select * from take_logouts(${instance.id}, ${most}, ${busy as string[]}::uuid[])`.execute(db),
  )
  return rows
}

/** What came of a try. `again`: in so many seconds. */
export type Settled = { id: string; answer: string } & (
  | { state: Exclude<DeliveryState, 'waiting'> }
  | { state: 'waiting'; againIn: number }
)

export async function settleDelivery(database: Database, instance: { id: string }, settled: Settled): Promise<void> {
  await database.in(instance, (tx) =>
    tx
      .updateTable('logoutDelivery')
      .set({
        state: settled.state,
        answer: settled.answer,
        ...(settled.state === 'waiting'
          ? { nextAt: sql<Date>`now() + make_interval(secs => ${settled.againIn})` }
          : { doneAt: sql<Date>`now()` }),
      })
      .where('id', '=', settled.id)
      .where('state', '=', 'waiting')
      .execute(),
  )
}

export type ListedDelivery = {
  endedAt: Date
  reason: string
  state: DeliveryState
  tries: number
  nextAt: Date
  doneAt: Date | null
  answer: string | null
}

const mostListed = 100

/** What a module was told, the latest end first. */
export async function listDeliveries(tx: Transaction, moduleId: string): Promise<ListedDelivery[]> {
  return tx
    .selectFrom('logoutDelivery')
    .select(['endedAt', 'reason', 'state', 'tries', 'nextAt', 'doneAt', 'answer'])
    .where('moduleId', '=', moduleId)
    .orderBy('endedAt', 'desc')
    .limit(mostListed)
    .execute()
}

export const deliveryTidying: readonly TidyStep[] = [
  {
    name: 'what modules were told of ends of sessions',
    tidy: (tx, most) => removeSome(tx, 'logout_delivery', sql`done_at < now() - interval '30 days'`, most),
  },
]
