// The floor of the fault tests: a PostgreSQL that can be hurt, three nodes whose clocks differ, HAProxy, and people.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Cluster, startCluster } from '../../cluster/cluster.ts'
import { hashPassword } from '../../server/authenticators/passwords/hash-password.ts'
import { setPassword } from '../../server/authenticators/passwords/passwords.ts'
import { insertAccount, lockAccount, usernameKey } from '../../server/directory/accounts/accounts.ts'
import { findProfileId } from '../../server/directory/profiles/profiles.ts'
import { openDatabase } from '../../server/platform/database.ts'
import { deriveKeys } from '../../server/platform/secret.ts'
import { checkInvariants, checkOftenest } from '../invariants.ts'
import { type Link, openLink } from './link.ts'
import { type Load, startLoad } from './load.ts'
import { type FaultyPostgres, startFaultyPostgres } from './postgres.ts'

/** The whole of it, as `npm run test:faults`, or a short form, as part of `npm test`. */
export const long = process.env.FAULTS === 'long'

export const seconds = (count: number) => wait(count * 1000)

export type Person = { username: string; password: string }

export type Floor = {
  postgres: FaultyPostgres
  cluster: Cluster
  /** The network between the third node and the database. */
  link: Link
  people: Person[]
  /** By how many minutes the clock of each node is wrong; all 0 where there is no libfaketime. */
  skews: number[]
  /** The nodes that a test has taken away come back, and everything ends. */
  close(): Promise<void>
}

const faketime = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((folder) => `/usr/lib/${folder}/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path))

const secretKey = '0123456789abcdef'.repeat(4)

export type FloorOptions = {
  /** Settings of the nodes beyond the usual ones. */
  settings?: (postgres: FaultyPostgres) => Record<string, string>
  /** What has to be there before the nodes start. */
  prepare?: (postgres: FaultyPostgres) => Promise<void>
}

export async function openFloor({ settings = () => ({}), prepare = async () => {} }: FloorOptions = {}): Promise<Floor> {
  const postgres = await startFaultyPostgres({ max_connections: '60', superuser_reserved_connections: '6' })
  const link = await openLink(postgres.port)
  await prepare(postgres)
  const skews = faketime === undefined ? [0, 0, 0] : [0, 5, -5]
  const cluster = await startCluster({
    settings: { DATABASE_URL: postgres.url, SECRET_KEY: secretKey, HASH_CONCURRENCY: '2', ...settings(postgres) },
    own: (place) => ({
      ...(place === 2 &&
        !('DATABASE_DIRECT_URL' in settings(postgres)) && {
          DATABASE_URL: postgres.url.replace(String(postgres.port), String(link.port)),
        }),
      ...(skews[place] !== 0 && {
        LD_PRELOAD: faketime!,
        FAKETIME: `${skews[place]! > 0 ? '+' : '-'}5m`,
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      }),
    }),
  }).catch(async (error) => {
    link.close()
    await postgres.close()
    throw error
  })
  const people = await hire(postgres.url, long ? 8 : 6)
  // Exactly as many as there are people: a session too many, or a seat that is not free again, would show.
  await postgres.owner.query('update instance set seats = $1', [people.length])
  return {
    postgres,
    cluster,
    link,
    people,
    skews,
    async close() {
      await cluster.close()
      link.close()
      await postgres.close()
    },
  }
}

async function hire(connectionString: string, count: number): Promise<Person[]> {
  const database = openDatabase({ connectionString }, 2, () => {})
  const keys = deriveKeys(Buffer.from(secretKey, 'hex'))
  const password = 'walnut drifts over copper rails'
  const hash = await hashPassword(password)
  try {
    const { rows } = await database.asOperator(undefined, async (tx) => ({
      rows: await tx.selectFrom('instance').select('id').execute(),
    }))
    const names = Array.from({ length: count }, (_, i) => `agent${i}`)
    await database.in(rows[0]!, async (tx) => {
      const profileId = (await findProfileId(tx, 'Agent'))!
      for (const username of names) {
        const row = { username, usernameKey: usernameKey(username)!, fullName: `Ana ${username}`, email: null, profileId }
        const id = (await insertAccount(tx, row))!
        await setPassword(tx, { keys }, (await lockAccount(tx, id))!, hash)
      }
    })
    return names.map((username) => ({ username, password }))
  } finally {
    await database.close()
  }
}

export type Watch = { load: Load; samples: number }

/** How long it may take from the end of a fault until everybody is served again, in milliseconds. */
const longestRecovery = 5000

/**
 * Lets everybody work while `fault` runs, and for a while after it. From first to last the invariants hold, every answer is right or a
 * 503 that says when to try again; afterwards everybody is served again within 5 s, and the database has all that people were told.
 */
export async function underLoad(t: TestContext, floor: Floor, fault: (load: Load) => Promise<void>): Promise<Watch> {
  const { owner } = floor.postgres
  const load = startLoad(floor.cluster.url, floor.people)
  const watch: Watch = { load, samples: 0 }
  const broken: unknown[] = []
  let watching = true
  const look = async (check: (client: typeof owner) => Promise<void>, every: number) => {
    while (watching) {
      try {
        await check(owner)
        watch.samples += 1
      } catch (error) {
        // A database that is away has nothing to say.
        if (error instanceof assert.AssertionError) broken.push(error.message)
      }
      await wait(every)
    }
  }
  const looking = Promise.all([look(checkOftenest, 10), look(checkInvariants, 1000)])
  let recovery: number
  try {
    await everybodyServed(load, floor, performance.now(), 20_000)
    await fault(load)
    const over = performance.now()
    recovery = await everybodyServed(load, floor, over, 3 * longestRecovery)
    const busy = load.busy
    await wait(500)
    assert.equal(load.busy, busy, 'somebody is refused although all is well again')
  } finally {
    await load.end()
    watching = false
    await looking
  }
  const told = await load.compare(owner)
  await checkInvariants(owner)
  t.diagnostic(
    JSON.stringify({
      ...told,
      served: load.served,
      busy: load.busy,
      longestMs: Math.round(load.longestMs),
      recoveryMs: Math.round(recovery),
      samples: watch.samples,
    }),
  )
  assert.deepEqual(broken, [], 'an invariant was broken')
  assert.deepEqual(load.wrong, [], 'a wrong answer')
  assert.deepEqual(load.broken, [], 'no answer')
  assert.ok(recovery <= longestRecovery, `everybody is served again after ${recovery} ms`)
  return watch
}

/** Waits until everybody was served since then. @returns after how many milliseconds the last one was */
async function everybodyServed(load: Load, { people }: Floor, since: number, longest: number): Promise<number> {
  const isServed = ({ username }: Person) => (load.servedAt.get(username) ?? 0) > since
  while (!people.every(isServed)) {
    if (performance.now() - since > longest) {
      const left = people.filter((person) => !isServed(person)).map(({ username }) => username)
      assert.fail(
        `${left.join()} not served for ${longest} ms; wrong: ${load.wrong.join('; ')}; no answer: ${load.broken.join('; ')}`,
      )
    }
    await wait(10)
  }
  return performance.now() - since
}
