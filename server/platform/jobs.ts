// Jobs: work that is done later, on whichever node is free, until it is done. Kept in PostgreSQL by pg-boss, in a schema of its own.
// A job holds ids and nothing else: pg-boss's tables know no instances, so nothing that belongs to one may be in them.
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { fromKysely, getConstructionPlans, type JobResult, PgBoss } from 'pg-boss'
import packageOfJobs from 'pg-boss/package.json' with { type: 'json' }
import { type DatabaseAddress, longestSilence, nodeOptions, type Transaction } from './database.ts'

const schema = 'pgboss'

/** A queue, declared by whoever works on it, and how it tries again, in seconds. Kept in the database, so that all nodes agree. */
export type JobQueue = Readonly<{
  name: string
  retryLimit: number
  retryDelay: number
  retryBackoff: boolean
  retryDelayMax: number
  /** A node that died in the middle of a job has lost it by then. Longer than any worker may take. */
  expireInSeconds: number
  retentionSeconds: number
  deleteAfterSeconds: number
}>

/** The ids that a job is about. */
export type JobIds = Readonly<Record<string, string>>

/** Does one job. `again` and a throw both mean that it is tried again later. */
export type JobWorker = (ids: JobIds) => Promise<'done' | 'again'>

export type Jobs = Readonly<{
  /** Begins to work, in the background: a database that is away is waited for. */
  start(options?: { pollSeconds?: number }): void
  /** Takes no new job, and waits for those under way. */
  close(): Promise<void>
}>

// Whatever pg-boss could do besides, and we do not need: schedules, a registry of nodes, traces, statistics, repair of indexes.
const onlyJobs = {
  schema,
  schedule: false,
  registerInstance: false,
  openTelemetry: { enabled: false },
  reindex: false,
  monitorVacuum: false,
} as const

// A database that is frozen or cut off answers nothing, not even that; with `pipeline` pg gives up such a connection as a whole.
const patience = { keepAlive: true, connectionTimeoutMillis: 5000, query_timeout: 2 * longestSilence, pipeline: true }

/** Jobs that a node does at once. Each holds a database connection only while it uses it. */
const atOnce = 4
const closingMilliseconds = 10_000

/**
 * Adds a job in the caller's transaction: it exists if and only if the transaction is committed.
 * The role of the transaction may be the server's or the operator's.
 */
export async function enqueueJob(tx: Transaction, queue: JobQueue, ids: JobIds): Promise<void> {
  const boss = new PgBoss({ ...onlyJobs, db: fromKysely(tx.withoutPlugins()) })
  await boss.send(queue.name, ids)
}

/** Adds many jobs of one queue in one statement, in the caller's transaction. */
export async function enqueueJobs(tx: Transaction, queue: JobQueue, all: readonly JobIds[]): Promise<void> {
  if (all.length === 0) return
  const boss = new PgBoss({ ...onlyJobs, db: fromKysely(tx.withoutPlugins()) })
  await boss.insert(
    queue.name,
    all.map((ids) => ({ data: ids })),
  )
}

/** What works on jobs in this node. Nothing runs before `start`. */
export function openJobs(
  address: DatabaseAddress,
  workers: ReadonlyMap<JobQueue, JobWorker>,
  onError: (error: unknown, message: string) => void,
): Jobs {
  let boss: PgBoss | undefined
  let closed = false
  return {
    start({ pollSeconds = 2 } = {}) {
      if (boss !== undefined || closed) return
      boss = new PgBoss({
        ...onlyJobs,
        ...address,
        ...patience,
        options: nodeOptions,
        max: 2,
        application_name: 'gatehouse jobs',
        migrate: false,
        createSchema: false,
        superviseIntervalSeconds: 60,
        flowIntervalSeconds: 3600,
      })
      // Without a listener an error would end the process. pg-boss goes on by itself, also after the database was away.
      boss.on('error', (error) => onError(error, 'a job could not be taken or finished; it is tried again'))
      const starting = boss
      const begin = async () => {
        await starting.start({ attempts: 1_000_000 })
        if (closed) return
        for (const [{ name }, worker] of workers)
          await starting.work<JobIds>(
            name,
            { batchSize: atOnce, burstWhenBatchFull: true, pollingIntervalSeconds: pollSeconds, perJobResults: true },
            (jobs) => Promise.all(jobs.map(({ id, data }) => work(name, worker, id, data))),
          )
      }
      begin().catch((error) => {
        if (!closed) onError(error, 'jobs are not worked on')
      })
    },
    async close() {
      closed = true
      await boss?.stop({ graceful: true, timeout: closingMilliseconds })
    },
  }

  async function work(queue: string, worker: JobWorker, id: string, ids: JobIds): Promise<JobResult> {
    try {
      return { id, status: (await worker(ids)) === 'done' ? 'completed' : 'failed' }
    } catch (error) {
      // Said here and not to pg-boss, which would keep the error's words in its tables.
      onError(error, `a job of the queue ${queue} failed; it is tried again`)
      return { id, status: 'failed' }
    }
  }
}

/**
 * Makes pg-boss's schema, or brings it up to this version, and lets nodes and commands use it.
 * Call it as the owner, and on one node at a time.
 * @throws Error when the schema is of a newer version
 */
export async function migrateJobs(client: pg.Client, queues: readonly JobQueue[]): Promise<void> {
  const newest = packageOfJobs.pgboss.schema
  const found = await jobsVersion(client)
  if (found !== undefined && found > newest)
    throw new Error('The jobs of this database were kept by a newer Gatehouse. Start that version, or a newer one.')
  if (found === undefined) await client.query(getConstructionPlans(schema))
  const boss = new PgBoss({
    ...onlyJobs,
    db: { executeSql: (text, values) => client.query(text, values) },
    supervise: false,
    bamIntervalSeconds: 10,
  })
  if (found !== undefined && found < newest) await upgrade(boss)
  for (const { name, ...options } of queues) {
    await boss.createQueue(name, options)
    await boss.updateQueue(name, options)
  }
  await client.query(`
    grant usage on schema ${schema} to gatehouse_server, gatehouse_operator;
    grant select, insert, update, delete on all tables in schema ${schema} to gatehouse_server;
    grant select, insert on all tables in schema ${schema} to gatehouse_operator`)
}

async function jobsVersion(client: pg.Client): Promise<number | undefined> {
  const { rows: tables } = await client.query(`select to_regclass('${schema}.version') is not null as made`)
  if (!tables[0].made) return undefined
  const { rows } = await client.query(`select version from ${schema}.version`)
  return rows[0]?.version
}

/** Indexes are built after the rest, one by one: only the owner can, so they are waited for here. */
async function upgrade(boss: PgBoss): Promise<void> {
  boss.on('error', () => {})
  await boss.start()
  try {
    for (;;) {
      const open = (await boss.getBamStatus()).filter(({ status }) => status === 'pending' || status === 'in_progress')
      if (open.length === 0) return
      await wait(50)
    }
  } finally {
    await boss.stop({ graceful: true })
  }
}
