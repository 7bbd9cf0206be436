// Makes a fixture of this version: a database as this version leaves it, and what one must know to test an upgrade from it.
//   node bin/run.mjs test/upgrades/make-fixture.ts [FOLDER OF initdb, pg_ctl AND pg_dump OF THE OLDEST POSTGRESQL]
// Run it at the commit of a release, then `npm run format`, and never again: what it made is kept as it is.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import pg from 'pg'
import { type Node, openNode } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { ensureMain } from '../../server/operator/create-instance.ts'
import { version } from '../../server/platform/version.ts'
import { openSystem } from '../../server/system.ts'
import { Browser } from '../browser.ts'
import { checkInvariants } from '../invariants.ts'
import { fillFixture } from './fill-fixture.ts'
import type { Facts } from './load-fixture.ts'
import { startOldestPostgres } from './oldest-postgres.ts'

const postgres = await startOldestPostgres(process.argv[2] ?? '/usr/lib/postgresql/15/bin')
const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-fixture-'))
const secretKey = randomBytes(32).toString('hex')
const config = readConfig({
  DATABASE_URL: postgres.url,
  SECRET_KEY: secretKey,
  DATA_DIR: dataDir,
  PUBLIC_URL: 'http://localhost:8080',
  LOG_LEVEL: 'warn',
})
const system = await openSystem(config, (message) => process.stderr.write(`${message}\n`))
const owner = new pg.Pool({ connectionString: postgres.superuserUrl, max: 2 })
const sql = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => (await owner.query<Row>(text, values)).rows
const log = new Writable({
  write(chunk, _encoding, done) {
    process.stderr.write(chunk, done)
  },
})

try {
  const main = (await ensureMain(system, config.publicUrl.hostname))!
  const openOne = () => openNode(config, system.database, system.keys, log)
  let node: Node = await openOne()
  const filled = await fillFixture({
    system,
    sql,
    main,
    outbox: join(dataDir, 'outbox'),
    browser: (host) => new Browser(node.app, `${host}:8080`),
    work: () => node.work({ pollSeconds: 0.5 }),
    // Another node of the same system, which works on nothing: what is asked for from now on waits.
    async rest() {
      await node.close()
      node = await openOne()
    },
  })
  await node.close()
  await checkInvariants(owner)
  const facts: Facts = {
    version,
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
    postgres: postgres.version,
    secretKey,
    ...filled,
    ...(await counted()),
  }
  const packed = gzipSync(postgres.dump(), { level: 9 })
  const file = (ending: string) => new URL(`${version}.${ending}`, import.meta.url)
  writeFileSync(file('sql.gz'), packed)
  writeFileSync(file('json'), `${JSON.stringify(facts, undefined, 2)}\n`)
  const rows = Object.values(facts.rows).reduce((sum, count) => sum + count, 0)
  process.stdout.write(`${version}: ${rows} rows in ${Math.ceil(packed.length / 1024)} KiB\n`)
} finally {
  await owner.end()
  await system.close()
  await postgres.close()
  rmSync(dataDir, { recursive: true, force: true })
}

async function counted(): Promise<Pick<Facts, 'madeAt' | 'rows' | 'audit'>> {
  const tables = await sql<{ name: string }>(
    "select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace) order by 1",
  )
  const rows: Record<string, number> = {}
  for (const { name } of tables) rows[name] = (await sql<{ count: number }>(`select count(*)::int from ${name}`))[0]!.count
  const events = await sql<{ event: string; count: number }>('select event, count(*)::int from audit_event group by 1 order by 1')
  const [now] = await sql<{ at: Date }>('select clock_timestamp() as at')
  return { madeAt: now!.at.toISOString(), rows, audit: Object.fromEntries(events.map(({ event, count }) => [event, count])) }
}
