// npm run mutants: breaks one promise at a time in a copy of the tree, runs the tests of its room, and prints what nobody notices.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { type Copy, copyTree } from './copy.ts'
import { keep, keyOf, readKnown } from './known.ts'
import { type Case, cases, rooms } from './rooms.ts'

const { values } = parseArgs({
  options: { only: { type: 'string' }, matching: { type: 'string' }, list: { type: 'boolean' }, afresh: { type: 'boolean' } },
})
if (values.only !== undefined && !(values.only in rooms)) {
  console.error(`There is no room ${values.only}. There are: ${Object.keys(rooms).join(', ')}.`)
  process.exit(1)
}
// By the texts of this moment, of which the copies are made.
const all = cases(values.only)
  .filter(({ breaks }) => new RegExp(values.matching ?? '').test(breaks))
  .map((each) => ({ ...each, key: keyOf(each) }))
const known = readKnown()
if (values.list) {
  for (const each of all) {
    const verdict = known.get(each.key)
    const said = verdict === undefined ? 'not tried' : verdict.noticedBy === null ? 'SURVIVES' : 'noticed'
    console.log(`${each.room.padEnd(15)} ${said.padEnd(9)} ${each.breaks}`)
  }
  console.log(`\n${all.length} mutants in ${new Set(all.map(({ room }) => room)).size} rooms`)
  process.exit()
}

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-mutants-'))
// The PostgreSQL may run as another user, who must be able to enter.
chmodSync(folder, 0o711)
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
process.env.GATEHOUSE_TEST_FOLDER = join(folder, 'tests')
mkdirSync(process.env.GATEHOUSE_TEST_FOLDER, { mode: 0o711 })
// Held open here, so that it is not started anew for each of them.
const { testPostgres } = await import('../postgres.ts')
const postgres = await testPostgres()

const waiting = all.filter((each) => values.afresh || !known.has(each.key))
console.log(`${waiting.length} of ${all.length} mutants are to be tried; what is known of the others is kept (--afresh).`)
/** Tests that pass when nothing is changed: those that do not would notice anything. */
const sound = new Map<string, Promise<string | null>>()
await Promise.all([work('a'), work('b')])
await postgres.close()

const survivors = all.filter((each) => known.get(each.key)?.noticedBy === null)
console.log(survivors.length > 0 ? '\nNo test notices that' : '')
for (const { room, breaks, file } of survivors) console.log(`  ${room}: ${breaks} (${file})`)
const tried = all.filter((each) => known.has(each.key)).length
console.log(`${tried} mutants, ${tried - survivors.length} noticed, ${survivors.length} survivors`)
process.exitCode = survivors.length === 0 && tried === all.length ? 0 : 1

async function work(name: string): Promise<void> {
  const prefix = `mutant_${name}`
  const copy = copyTree(join(folder, name), { ...process.env, GATEHOUSE_TEST_DATABASES: prefix, TMPDIR: folder })
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const unsound = await firstUnsound(copy, next)
    if (unsound !== null) {
      console.log(`?  ${next.room}: its tests fail by themselves: ${unsound}`)
      continue
    }
    const noticedBy = await copy.firstFailing(next, next)
    known.set(next.key, { breaks: next.breaks, noticedBy })
    keep(known)
    console.log(
      `${noticedBy === null ? '✖  SURVIVES' : '✔'}  ${next.room}: ${next.breaks}${noticedBy ? `\n     ${noticedBy}` : ''}`,
    )
    await dropDatabases(prefix)
  }
}

async function firstUnsound(copy: Copy, { tests, named }: Case): Promise<string | null> {
  for (const test of tests) {
    const key = `${test} ${named ?? ''}`
    if (!sound.has(key)) sound.set(key, failsTwice(copy, { tests: [test], named }))
    const failed = await sound.get(key)!
    if (failed !== null && failed !== undefined) return `${test}: ${failed}`
  }
  return null
}

/** A machine under load fails a test once in a while. */
async function failsTwice(copy: Copy, run: { tests: readonly string[]; named: string | undefined }): Promise<string | null> {
  return (await copy.firstFailing(run)) === null ? null : copy.firstFailing(run)
}

/** What tests leave that were ended where they stood. */
async function dropDatabases(prefix: string): Promise<void> {
  const client = new pg.Client({ ...postgres.address, database: 'postgres' })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      "select datname as name from pg_database where datname like $1 || '\\_%'",
      [prefix],
    )
    for (const { name } of rows) await client.query(`drop database if exists ${name} with (force)`)
  } finally {
    await client.end()
  }
}
