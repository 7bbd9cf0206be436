import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'
import { removeSome, type TidyStep } from '../../platform/tidying.ts'
import type { SessionLimits } from '../../sessions/sessions.ts'
import { intentMinutes } from './intent.ts'

/** A request of a module's host, of which a proxy asks who sends it. */
export type AskedTicket = {
  host: string
  /** Of the cookie that came along, if one did. */
  tokenHash: Buffer | null
  /** Whether a person did something, which also puts off the idle end. */
  isAction: boolean
}

/** The module at that host, and who holds the ticket: nobody where the session does not live. */
export type CheckedTicket = {
  moduleId: string
  clientId: string
  /** What is registered: where the module answers. */
  address: string
} & (
  | { sessionId: null }
  | {
      sessionId: string
      mayUse: boolean
      username: string
      fullName: string
      email: string | null
      profile: string
      team: string | null
    }
)

/** The modules and the people of several requests of one instance, in their order; undefined where no module answers at the host. */
export async function checkTickets(
  database: Database,
  instance: { id: string },
  asked: readonly AskedTicket[],
  { leaseSeconds, idleMinutes, longestHours }: SessionLimits,
): Promise<(CheckedTicket | undefined)[]> {
  const hosts = asked.map(({ host }) => host)
  const hashes = asked.map(({ tokenHash }) => tokenHash)
  const actions = asked.map(({ isAction }) => isAction)
  const { rows } = await database.call((db) =>
    sql<CheckedTicket & { place: number }>`
      select * from check_tickets(${instance.id}, ${hosts}, ${hashes}, ${actions}, ${leaseSeconds}, ${idleMinutes}, ${longestHours * 60})`.execute(
      db,
    ),
  )
  const found: (CheckedTicket | undefined)[] = asked.map(() => undefined)
  for (const { place, ...checked } of rows) found[place - 1] = checked
  return found
}

export type ForwardModule = { id: string; clientId: string; name: string; address: string }

const moduleColumns = ['module.id', 'module.clientId', 'module.name', sql<string>`module.address`.as('address')] as const

export async function findModuleByHost(tx: Transaction, host: string): Promise<ForwardModule | undefined> {
  return tx.selectFrom('module').select(moduleColumns).where('host', '=', host).executeTakeFirst()
}

/** A module behind a proxy, by its id. */
export async function findForwardModule(tx: Transaction, id: string): Promise<ForwardModule | undefined> {
  return tx.selectFrom('module').select(moduleColumns).where('id', '=', id).where('host', 'is not', null).executeTakeFirst()
}

export const codeSeconds = 60

/** How often this browser has got into the module within the last seconds. */
export async function countArrivals(tx: Transaction, moduleId: string, nonceHash: Buffer, seconds: number): Promise<number> {
  const row = await tx
    .selectFrom('forwardSignIn')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('moduleId', '=', moduleId)
    .where('nonceHash', '=', nonceHash)
    .where('usedAt', '>', sql<Date>`now() - make_interval(secs => ${seconds})`)
    .executeTakeFirstOrThrow()
  return row.count
}

/** Uses an intent up for a session, which gets a code by it; false when that was done before. */
export async function giveCode(
  tx: Transaction,
  used: { intentHash: Buffer; moduleId: string; nonceHash: Buffer; wanted: string; sessionId: string; codeHash: Buffer },
): Promise<boolean> {
  const row = await tx
    .insertInto('forwardSignIn')
    .values({
      ...used,
      // Kept for as long as the intent could be used again.
      expiresAt: sql<Date>`now() + make_interval(mins => ${intentMinutes})`,
      codeExpiresAt: sql<Date>`now() + make_interval(secs => ${codeSeconds})`,
    })
    .onConflict((conflict) => conflict.columns(['instanceId', 'intentHash']).doNothing())
    .returning('intentHash')
    .executeTakeFirst()
  return row !== undefined
}

/** Uses a code up for a ticket, and answers where on the module's host it leads; undefined when it is no good. */
export async function redeemCode(
  database: Database,
  instance: { id: string },
  { host, codeHash, nonceHash, ticketHash }: { host: string; codeHash: Buffer; nonceHash: Buffer; ticketHash: Buffer },
  { leaseSeconds, idleMinutes, longestHours }: SessionLimits,
): Promise<string | undefined> {
  const { rows } = await database.call((db) =>
    sql<{ wanted: string | null }>`
      select redeem_forward_code(${instance.id}, ${host}, ${codeHash}, ${nonceHash}, ${ticketHash},
        ${leaseSeconds}, ${idleMinutes}, ${longestHours * 60}) as wanted`.execute(db),
  )
  return rows[0]!.wanted ?? undefined
}

export const forwardTidying: readonly TidyStep[] = [
  {
    name: 'ways into modules behind a proxy that nobody takes any more',
    tidy: (tx, most) => removeSome(tx, 'forward_sign_in', sql`expires_at < now()`, most),
  },
  {
    name: 'tickets of sessions that have ended',
    tidy: (tx, most) =>
      removeSome(
        tx,
        'module_ticket',
        sql`not exists (select from session s where s.id = module_ticket.session_id and s.ended_at is null)`,
        most,
      ),
  },
]
