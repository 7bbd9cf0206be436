import { sql } from 'kysely'
import type { Database } from '../platform/database.ts'
import type { SessionLimits } from './store.ts'

/**
 * How a session stands by the database's clock, in seconds: since somebody did something, since it began, and until its account's dates
 * or hours end, if they do.
 */
export type SessionClock = { idleSeconds: number; ageSeconds: number; closingSeconds: number | null }

export type ChannelStanding = ({ standing: 'lives' } & SessionClock) | { standing: 'replaced' | 'ended' }

export type OpenedChannel = { sessionId: string; channelId: string }

/**
 * Opens channels of sessions of one instance in the place of those before; the answers are in their order, and undefined where the
 * session has ended. Those whose session somebody holds are waited for by themselves.
 * @param opened not two of one session
 */
export async function openChannelsAtOnce(
  database: Database,
  instance: { id: string },
  opened: readonly OpenedChannel[],
): Promise<(Promise<SessionClock | undefined> | SessionClock)[]> {
  const found = await openWhatIsFree(database, instance, opened, false)
  return opened.map((each) => found.get(each.sessionId) ?? openHeld(each))

  async function openHeld(each: OpenedChannel): Promise<SessionClock | undefined> {
    return (await openWhatIsFree(database, instance, [each], true)).get(each.sessionId)
  }
}

async function openWhatIsFree(
  database: Database,
  instance: { id: string },
  opened: readonly OpenedChannel[],
  wait: boolean,
): Promise<Map<string, SessionClock>> {
  const sessions = opened.map(({ sessionId }) => sessionId)
  const channels = opened.map(({ channelId }) => channelId)
  return database.call(async (db) => {
    const { rows } = await sql<
      SessionClock & { sessionId: string }
    >`select * from open_channels(${instance.id}, ${sessions}, ${channels}, ${wait})`.execute(db)
    return new Map(rows.map((row) => [row.sessionId, row]))
  })
}

/** Lets each session lapse `seconds` from now because its channel was lost, unless it has a newer one. */
export async function loseChannels(
  database: Database,
  instance: { id: string },
  lost: readonly { sessionId: string; channelId: string; seconds: number }[],
): Promise<void> {
  const sessions = lost.map(({ sessionId }) => sessionId)
  const channels = lost.map(({ channelId }) => channelId)
  const seconds = lost.map((each) => Math.round(each.seconds))
  await database.call((db) => sql`select lose_channels(${instance.id}, ${sessions}, ${channels}, ${seconds})`.execute(db))
}

/** Renews the leases of channels of any instances in one statement, and says how each stands, in their order. Some thousands at once. */
export async function renewChannels(
  database: Database,
  channels: readonly { instanceId: string; sessionId: string; channelId: string }[],
): Promise<ChannelStanding[]> {
  const instances = channels.map(({ instanceId }) => instanceId)
  const sessions = channels.map(({ sessionId }) => sessionId)
  const ids = channels.map(({ channelId }) => channelId)
  type Row = SessionClock & { sessionId: string; channelId: string | null; lives: boolean }
  const found = await database.call(async (db) => {
    const { rows } = await sql<Row>`select * from renew_channels(${instances}, ${sessions}, ${ids})`.execute(db)
    return new Map(rows.map((row) => [row.sessionId, row]))
  })
  return channels.map(({ sessionId, channelId }) => {
    const row = found.get(sessionId)
    if (!row?.lives) return { standing: 'ended' }
    return row.channelId === channelId ? { standing: 'lives', ...row } : { standing: 'replaced' }
  })
}

/** The sign of life of a page without a channel: losing one that it may have had means nothing from here on. Undefined when the session has ended. */
export async function signWithoutChannel(
  database: Database,
  instance: { id: string },
  sessionId: string,
): Promise<SessionClock | undefined> {
  return database.in(instance, (tx) =>
    tx
      .updateTable('session')
      .set({ lastSeenAt: sql`now()`, lapsesAt: null, channelId: null })
      .where('id', '=', sessionId)
      .where('endedAt', 'is', null)
      .returning([
        sql<number>`extract(epoch from now() - last_active_at)::double precision`.as('idleSeconds'),
        sql<number>`extract(epoch from now() - started_at)::double precision`.as('ageSeconds'),
        sql<number | null>`extract(epoch from closes_at - now())::double precision`.as('closingSeconds'),
      ])
      .executeTakeFirst(),
  )
}

/** Keeps that a module uses a session, of which the caller knows that it lives: it goes on for a lease, also without a page of Gatehouse. */
export async function carrySession(
  database: Database,
  instance: { id: string },
  sessionId: string,
  { leaseSeconds }: Pick<SessionLimits, 'leaseSeconds'>,
): Promise<void> {
  await database.call((db) => sql`select carry_session(${instance.id}, ${sessionId}, ${leaseSeconds})`.execute(db))
}

/** Puts off the idle end, also when a sign of life of the same session is being written; false when the session has ended. */
export async function stayActive(database: Database, instance: { id: string }, sessionId: string): Promise<boolean> {
  return database.in(instance, async (tx) => {
    const row = await tx
      .updateTable('session')
      .set({ lastSeenAt: sql`now()`, lastActiveAt: sql`now()` })
      .where('id', '=', sessionId)
      .where('endedAt', 'is', null)
      .returning('id')
      .executeTakeFirst()
    return row !== undefined
  })
}
