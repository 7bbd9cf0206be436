import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, type TestContext, test } from 'node:test'
import pg from 'pg'
import { getRollbackPlans, PgBoss } from 'pg-boss'
import { until } from '../../test/nodes.ts'
import { closeTestPostgres, newDatabase } from '../../test/postgres.ts'
import { messageQueue } from '../outward/messages/queue.ts'
import { jobQueues } from '../system.ts'
import { type Database, type DatabaseAddress, nodeOptions, openDatabase } from './database.ts'
import { enqueueJob, type JobIds, type Jobs, openJobs } from './jobs.ts'
import { migrate } from './migrate.ts'

after(closeTestPostgres)

type Place = {
  address: DatabaseAddress
  database: Database
  owner: pg.Pool
  worker(work: (ids: JobIds) => Promise<'done' | 'again'>): Jobs
  errors: string[]
}

async function newPlace(t: TestContext): Promise<Place> {
  const address = await newDatabase({ migrated: true })
  const database = openDatabase(address, 4, () => {})
  const owner = new pg.Pool({ ...address, max: 2 })
  const open: Jobs[] = []
  const errors: string[] = []
  t.after(async () => {
    for (const jobs of open) await jobs.close()
    await database.close()
    await owner.end()
  })
  return {
    address,
    database,
    owner,
    errors,
    worker(work) {
      const jobs = openJobs(address, new Map(jobQueues.map((queue) => [queue, work])), (error, message) =>
        errors.push(`${message}: ${error}`),
      )
      open.push(jobs)
      return jobs
    },
  }
}

const jobsIn = async (owner: pg.Pool) =>
  (
    await owner.query<{ state: string; data: object; output: unknown }>(
      'select state, data, output from pgboss.job order by created_on',
    )
  ).rows

test('a job exists if and only if the transaction that made it was committed, whoever made it', async (t) => {
  const { database, owner } = await newPlace(t)
  const instance = { id: randomUUID() }
  await database.in(instance, (tx) => enqueueJob(tx, messageQueue, { made: 'by a node' }))
  await database.asOperator(instance, (tx) => enqueueJob(tx, messageQueue, { made: 'by a command' }))
  const undone = database.in(instance, async (tx) => {
    await enqueueJob(tx, messageQueue, { made: 'in vain' })
    throw new Error('no')
  })
  await assert.rejects(undone, /^Error: no$/)
  assert.deepEqual(
    (await jobsIn(owner)).map(({ data }) => data),
    [{ made: 'by a node' }, { made: 'by a command' }],
  )
})

test('fifty jobs on three nodes are done once each, and nothing of what went wrong is kept', async (t) => {
  const { database, owner, worker, errors } = await newPlace(t)
  const done = new Map<string, number>()
  await owner.query('update pgboss.queue set retry_delay = 0, retry_backoff = false')
  for (let i = 0; i < 3; i++)
    worker(async ({ id }) => {
      if (id === 'broken') throw new Error('a secret address')
      done.set(id!, (done.get(id!) ?? 0) + 1)
      return 'done'
    }).start({ pollSeconds: 0.5 })
  await database.in({ id: randomUUID() }, async (tx) => {
    await enqueueJob(tx, messageQueue, { id: 'broken' })
    for (let i = 0; i < 50; i++) await enqueueJob(tx, messageQueue, { id: String(i) })
  })
  await until(async () => (await jobsIn(owner)).filter(({ state }) => state === 'completed').length === 50)
  assert.equal(done.size, 50)
  assert.deepEqual(new Set(done.values()), new Set([1]))
  await until(() => errors.filter((error) => error.includes('a secret address')).length > 1)
  assert.ok(!JSON.stringify(await jobsIn(owner)).includes('secret'))
})

test('a node that closes finishes the job under way and takes no other', async (t) => {
  const { database, owner, worker } = await newPlace(t)
  const begun = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const jobs = worker(async () => {
    begun.resolve()
    await finish.promise
    return 'done'
  })
  jobs.start({ pollSeconds: 0.5 })
  const instance = { id: randomUUID() }
  await database.in(instance, (tx) => enqueueJob(tx, messageQueue, { id: 'first' }))
  await begun.promise
  let isClosed = false
  const closed = jobs.close().then(() => {
    isClosed = true
  })
  await database.in(instance, (tx) => enqueueJob(tx, messageQueue, { id: 'second' }))
  // More than enough for one that would not wait.
  for (let i = 0; i < 50; i++) await jobsIn(owner)
  assert.ok(!isClosed)
  assert.equal((await jobsIn(owner))[0]!.state, 'active')
  finish.resolve()
  await closed
  assert.deepEqual(
    (await jobsIn(owner)).map(({ state }) => state),
    ['completed', 'created'],
  )
})

test('a database that drops every connection is found again without a restart', async (t) => {
  const { database, owner, worker, errors } = await newPlace(t)
  const done: string[] = []
  worker(async ({ id }) => {
    done.push(id!)
    return 'done'
  }).start({ pollSeconds: 0.5 })
  const instance = { id: randomUUID() }
  await database.in(instance, (tx) => enqueueJob(tx, messageQueue, { id: 'before' }))
  await until(() => done.length === 1)
  const { rowCount } = await owner.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'gatehouse jobs'",
  )
  assert.ok(rowCount! > 0)
  await database.in(instance, (tx) => enqueueJob(tx, messageQueue, { id: 'after' }))
  await until(() => done.length === 2)
  assert.ok(errors.length > 0, 'and it was said')
})

test('fault-F31 a schema of an older version is brought up by one of several nodes that start at once', async (t) => {
  const address = await newDatabase({ migrated: true })
  const client = new pg.Client(address)
  await client.connect()
  t.after(() => client.end())
  const version = async () => (await client.query('select version from pgboss.version')).rows[0].version as number
  const newest = await version()
  await client.query(getRollbackPlans('pgboss', newest))
  assert.equal(await version(), newest - 1)
  await Promise.all(Array.from({ length: 4 }, () => migrate(address, jobQueues)))
  assert.equal(await version(), newest)
  assert.deepEqual((await client.query("select from pgboss.bam where status <> 'completed'")).rows, [])
  await client.query('update pgboss.version set version = version + 1')
  await assert.rejects(migrate(address, jobQueues), /newer Gatehouse/)
})

test('asvs-13.2.2 the role of the nodes owns nothing of the jobs either', async (t) => {
  const { owner } = await newPlace(t)
  const { rows } = await owner.query(
    "select relname from pg_class c join pg_roles r on r.oid = c.relowner where relnamespace = 'pgboss'::regnamespace and rolname like 'gatehouse\\_%'",
  )
  assert.deepEqual(rows, [])
})

test('fault-F01 a job whose node died is taken up by another, with the rights that nodes have', async (t) => {
  const { address, database, owner, worker } = await newPlace(t)
  await database.in({ id: randomUUID() }, (tx) => enqueueJob(tx, messageQueue, { id: 'left' }))
  // As it is left behind by a node that took it six minutes ago.
  await owner.query(
    "update pgboss.job set state = 'active', started_on = now() - interval '6 minutes', retry_delay = 0, retry_backoff = false",
  )
  const done: string[] = []
  worker(async ({ id }) => {
    done.push(id!)
    return 'done'
  }).start({ pollSeconds: 0.5 })
  // What every node does once a minute.
  const tidying = new PgBoss({
    ...address,
    options: nodeOptions,
    max: 1,
    migrate: false,
    schedule: false,
    registerInstance: false,
  })
  const errors: Error[] = []
  tidying.on('error', (error) => errors.push(error))
  await tidying.start()
  await tidying.supervise()
  await tidying.stop()
  assert.deepEqual(errors, [])
  await until(() => done.length === 1)
  await until(async () => (await jobsIn(owner)).every(({ state }) => state === 'completed'))
})

test('a node that closes while it still starts ends, also when its database is away', async (t) => {
  const { worker } = await newPlace(t)
  const here = worker(async () => 'done')
  here.start()
  await here.close()
  const errors: string[] = []
  const nowhere = openJobs(
    { host: '/nowhere', user: 'nobody', database: 'nothing' },
    new Map(jobQueues.map((queue) => [queue, async () => 'done'])),
    (error) => errors.push(String(error)),
  )
  nowhere.start()
  await nowhere.close()
  await openJobs(
    { host: '/nowhere', user: 'nobody', database: 'nothing' },
    new Map(jobQueues.map((queue) => [queue, async () => 'done'])),
    () => {},
  ).close()
  assert.deepEqual(errors, [])
})
