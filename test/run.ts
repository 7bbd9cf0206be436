// npm test: formatting and lint, types, then every test on a real PostgreSQL and in a real browser. Ends with one line that counts.
import { spawn } from 'node:child_process'
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../cluster/programs.ts'
import { findChromium } from './chromium.ts'
import { runFiles } from './run-files.ts'

// Everything that a test writes is in here, and goes at the end, however the run ends.
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
// The embedded PostgreSQL may run as another user, who must be able to enter.
chmodSync(folder, 0o711)
process.env.GATEHOUSE_TEST_FOLDER = folder
process.env.TMPDIR = folder
process.env.CHROMIUM_PATH = await findChromium()

// `node bin/run.mjs test/run.ts FILES` runs these alone, test files and browser stories.
const only = process.argv.slice(2)
const onlyTests = only.filter((path) => path.endsWith('.test.ts'))
const onlyStories = only.filter((path) => path.endsWith('.spec.ts'))
let passed = 0
let failed = 0

await step('format and lint', 'biome', ['ci', '--error-on-warnings'])
await step('types of the server', 'tsc', ['--noEmit', '-p', '.'])
await step('types of the pages’ scripts', 'tsc', ['--noEmit', '-p', 'public'])
await step('types of the console', 'tsc', ['--noEmit', '-p', 'console'])
// With nothing beside them: what has to be back within 5 s is not to compete with other tests.
await faultTests()
await Promise.all([databaseTests(), browserTests()])

console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

/** Runs one program; counts as one test. */
async function step(name: string, program: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  console.log(`\n— ${name}`)
  const code = await new Promise((resolve) =>
    spawn(program, args, { stdio: 'inherit', env }).on('exit', resolve).on('error', resolve),
  )
  if (code === 0) passed += 1
  else failed += 1
  return code === 0
}

async function databaseTests(): Promise<void> {
  if (only.length > 0 && onlyTests.length === 0) return
  console.log('\n— units, database and nodes')
  // Before modules that know no protocol.
  for (const program of ['nginx', 'caddy', 'haproxy']) findProgram(program)
  // Held open here, so that the PostgreSQL of the tests is not started anew for every file.
  const { testPostgres } = await import('./postgres.ts')
  const postgres = await testPostgres()
  const files =
    only.length > 0 ? onlyTests : globSync(['server/**/*.test.ts', 'test/**/*.test.ts'], { exclude: ['test/faults/**'] })
  add(await runFiles(files, availableParallelism()))
  await postgres.close()
}

/** The short form. */
async function faultTests(): Promise<void> {
  if (only.length > 0) return
  console.log('\n— faults')
  for (const program of ['haproxy', 'faketime', 'nginx', 'pgbouncer']) findProgram(program)
  add(await runFiles(globSync('test/faults/*.test.ts'), 1))
}

function add(count: { passed: number; failed: number }): void {
  passed += count.passed
  failed += count.failed
}

async function browserTests(): Promise<void> {
  if (only.length > 0 && onlyStories.length === 0) return
  console.log('\n— browser stories')
  const report = join(folder, 'playwright.json')
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report }
  await new Promise((resolve) =>
    spawn('playwright', ['test', '--workers=1', '--reporter=list,json', ...onlyStories], { stdio: 'inherit', env }).on(
      'exit',
      resolve,
    ),
  )
  const { stats } = JSON.parse(readFileSync(report, 'utf8')) as { stats: { expected: number; unexpected: number; flaky: number } }
  passed += stats.expected
  // A story that passes only at the second try is a fault of the story or of the product.
  failed += stats.unexpected + stats.flaky + (stats.expected === 0 ? 1 : 0)
}
