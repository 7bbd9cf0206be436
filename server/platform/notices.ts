// Notices: what one node tells the others, by PostgreSQL's LISTEN and NOTIFY. They hold ids and nothing else, and each is a hint: what
// is true stands in the tables, and whoever was not listening for a moment is told to look again.
import { sql } from 'kysely'
import pg from 'pg'
import { type Database, type DatabaseAddress, nodeOptions } from './database.ts'

const channel = 'gatehouse'

/** What can be told, by what it is about. Features add theirs; the database's triggers tell some of them (sql/routines/tell_*). */
export interface NoticeKinds {
  /** Notices may have been missed: look at everything again. */
  everything: object
}

export type Notice = { [About in keyof NoticeKinds]: { about: About } & NoticeKinds[About] }[keyof NoticeKinds]

export type Notices = Readonly<{
  /** Whether notices arrive at this moment. As long as they do not, nothing may be believed because nobody said otherwise. */
  readonly alive: boolean
  /** Calls for each notice that arrives, also for those of this node. Returns how to stop it. */
  subscribe(hear: (notice: Notice) => void): () => void
  /** Begins to listen, and goes on until `close`, also after the database was away. */
  start(): void
  close(): Promise<void>
}>

/** In milliseconds: the first and the longest wait before another try, how often the connection is tried, and how long that may take. */
const firstWait = 250
const longestWait = 5000
const tryEvery = 10_000
const tryFor = 5000

export function openNotices(address: DatabaseAddress, onError: (error: unknown) => void): Notices {
  const listeners = new Set<(notice: Notice) => void>()
  let client: pg.Client | undefined
  let alive = false
  let closed = true
  let wait = firstWait
  let timer: NodeJS.Timeout | undefined

  function tell(notice: Notice): void {
    for (const hear of listeners) hear(notice)
  }

  async function listen(): Promise<void> {
    const mine = new pg.Client({
      ...address,
      options: nodeOptions,
      application_name: 'gatehouse notices',
      keepAlive: true,
      connectionTimeoutMillis: tryFor,
      query_timeout: tryFor,
    })
    client = mine
    const onLoss = (error: unknown) => {
      if (client !== mine) return
      client = undefined
      alive = false
      clearTimeout(timer)
      mine.end().catch(() => {})
      if (closed) return
      onError(error)
      timer = setTimeout(() => void listen(), wait)
      wait = Math.min(2 * wait, longestWait)
    }
    mine.on('error', onLoss)
    mine.on('end', () => onLoss(new Error('the connection has ended')))
    mine.on('notification', ({ payload }) => {
      const notice = read(payload)
      if (notice !== undefined) tell(notice)
    })
    try {
      await mine.connect()
      await mine.query(`listen ${channel}`)
      if (client !== mine) return
      alive = true
      wait = firstWait
      // From here on nothing is missed; and of what was before, nobody knows.
      tell({ about: 'everything' })
      timer = setTimeout(tryAgain, tryEvery)
    } catch (error) {
      onLoss(error)
    }

    /** A connection that is half open says nothing for ever; only an answer shows that it is whole. */
    function tryAgain(): void {
      mine.query('select 1').then(() => {
        if (client === mine) timer = setTimeout(tryAgain, tryEvery)
      }, onLoss)
    }
  }

  return {
    get alive() {
      return alive
    },
    subscribe(hear) {
      listeners.add(hear)
      return () => void listeners.delete(hear)
    },
    start() {
      if (!closed) return
      closed = false
      void listen()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      const last = client
      client = undefined
      alive = false
      await last?.end().catch(() => {})
    },
  }
}

/** Tells all nodes, in a statement of its own. Not for the transaction of a login: NOTIFY makes commits go one after the other. */
export async function sendNotice(database: Database, notice: Exclude<Notice, { about: 'everything' }>): Promise<void> {
  await database.call((db) => sql`select pg_notify(${channel}, ${JSON.stringify(notice)})`.execute(db))
}

/** What another version tells may be unknown here; then nobody listens for it. */
function read(payload: string | undefined): Notice | undefined {
  try {
    const notice = JSON.parse(payload ?? '') as Notice
    return typeof notice.about === 'string' ? notice : undefined
  } catch {
    return undefined
  }
}
