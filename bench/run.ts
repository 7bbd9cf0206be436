// npm run bench: what a login and a session check cost, against what they must cost at least, and against Better Auth.
// All in one run on this machine: server, PostgreSQL and load share its processors.
//   npm run bench -- --short             under 40 s, for a first look
//   npm run bench -- --only checks       some parts: logins, shift, checks, leases, watch, channels, list, timing, flood, import
//   npm run bench -- --profile FOLDER    keeps CPU profiles of the server, for Chrome's DevTools
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openEmbeddedPostgres } from '../server/platform/embedded-postgres.ts'
import { measureLoginsBesideChannels, measureTakeovers } from './channels.ts'
import { stopChildren } from './child.ts'
import { compareChecks } from './compare-checks.ts'
import { compareLogins } from './compare-logins.ts'
import { type Flood, floodErrors, measureFlood } from './flood.ts'
import { addAccounts, startGatehouse } from './gatehouse.ts'
import { type Imported, measureImport } from './import.ts'
import { measureLeases } from './leases.ts'
import { measureList } from './list.ts'
import { describeMachine } from './machine.ts'
import { compareNodes } from './nodes.ts'
import { loggedIn } from './person.ts'
import { errorReport, figures, floodReport, importReport, keep, type Row, timingReport } from './report.ts'
import { measureShift } from './shift.ts'
import { type Timing, timeLogins, timeRecovery } from './timing.ts'
import { measureWatch } from './watch.ts'

const parts = ['logins', 'shift', 'checks', 'leases', 'watch', 'channels', 'list', 'timing', 'flood', 'import'] as const
const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [...parts] },
    profile: { type: 'string' },
  },
})

/** What a whole run and a short one do. A short one is over before the servers are as fast as they get. */
const plan = values.short
  ? {
      rounds: 1,
      loginSeconds: 1.5,
      checkSeconds: 0.8,
      warmUpSeconds: 0.4,
      accounts: 80,
      betterAuthAccounts: 16,
      shift: 300,
      leases: 5000,
      leaseSeconds: { settle: 8, measured: 5 },
      watchSeconds: 5,
      channels: 500,
      takeovers: 20,
      samples: 30,
      listed: 10_000,
      listSamples: 5,
      floodSeconds: 1.5,
      importRows: 5000,
    }
  : {
      rounds: 3,
      loginSeconds: 12,
      checkSeconds: 6,
      warmUpSeconds: 2,
      accounts: 400,
      betterAuthAccounts: 40,
      shift: 5000,
      leases: 100_000,
      leaseSeconds: { settle: 120, measured: 90 },
      watchSeconds: 60,
      channels: 10_000,
      takeovers: 200,
      samples: 200,
      listed: 100_000,
      listSamples: 40,
      floodSeconds: 8,
      importRows: 100_000,
    }
const loginWorkers = 16
const checkWorkers = 32

// Not a hidden folder of this user: when this is root, PostgreSQL runs as another user and must get in.
const dataDir = join(tmpdir(), `gatehouse-bench-${process.pid}`)
mkdirSync(dataDir)
const postgres = await openEmbeddedPostgres(dataDir, progress)
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    cleanUp().finally(() => process.exit(1))
  })
try {
  await run()
} finally {
  await cleanUp()
}

/** PostgreSQL stops with its last user, so the servers go first. */
async function cleanUp(): Promise<void> {
  await stopChildren()
  await postgres.close()
  rmSync(dataDir, { recursive: true, force: true })
}

async function run(): Promise<void> {
  const { address } = postgres
  const begin = performance.now()
  const at = new Date().toISOString()
  const wanted = (part: (typeof parts)[number]) => values.only.includes(part)
  const needs = { address, start: () => startNode(), progress }
  const rows: Row[] = []
  const errors: Record<string, number> = {}

  if (wanted('logins')) rows.push(...(await compareLogins(needs, { ...plan, seconds: plan.loginSeconds, workers: loginWorkers })))
  if (wanted('shift')) rows.push(...(await measureShift(needs, plan.shift)))
  if (wanted('checks')) {
    const options = { ...plan, seconds: plan.checkSeconds, workers: checkWorkers }
    rows.push(...(await compareChecks(needs, options)), ...(await compareNodes(needs, options)))
  }
  if (wanted('channels')) {
    const options = { ...plan, seconds: plan.loginSeconds, workers: loginWorkers, settle: plan.leaseSeconds.settle }
    rows.push(...(await measureLoginsBesideChannels(needs, plan.channels, options)))
    rows.push(...(await measureTakeovers(needs, plan.takeovers)))
  }

  if (wanted('leases')) {
    progress(`the leases of ${plan.leases} live sessions`)
    const { stop } = await startNode()
    await stop()
    rows.push(await measureLeases(address, dataDir, plan.leases, plan.leaseSeconds))
  }

  if (wanted('watch')) {
    progress(`the watch over ${plan.leases} live sessions`)
    const { stop } = await startNode()
    await stop()
    for (const nodes of [1, 3]) rows.push(await measureWatch(address, dataDir, plan.leases, nodes, plan.watchSeconds))
  }

  if (wanted('list')) {
    progress(`a list of ${plan.listed} accounts`)
    const node = await startNode()
    rows.push(...(await measureList(node, address, plan.listed, plan.listSamples)))
    await node.stop()
  }

  // Only here the sender's address is taken from a header, so that one machine can be many.
  const manyAddresses = { TRUSTED_PROXIES: '127.0.0.1,::1' }
  const many = wanted('timing') || wanted('flood') ? await startNode(manyAddresses) : undefined
  const timings: Timing[] = []
  let flood: Flood | undefined
  if (many && wanted('timing')) {
    progress(`timing of wrong logins and of forgotten passwords, ${plan.samples} of each kind`)
    timings.push(await timeLogins(many, address, plan.samples), await timeRecovery(many, address, plan.samples))
  }
  if (many && wanted('flood')) {
    const people = await loggedIn(many, await addAccounts(address, checkWorkers / 2, 'ready'))
    progress('session checks, and then a flood of wrong logins')
    flood = await measureFlood(many, people, plan.floodSeconds)
  }
  await many?.stop()
  let imported: Imported | undefined
  if (wanted('import')) {
    const gatehouse = await startNode()
    const people = await loggedIn(gatehouse, await addAccounts(address, 8, 'ready'))
    progress(`an import of ${plan.importRows} accounts`)
    imported = await measureImport(gatehouse, address, people, plan.importRows)
    await gatehouse.stop()
  }

  const machine = await describeMachine(address, dataDir)
  for (const { what, load } of rows) addErrors(what, load.errors)
  if (flood) addErrors('flood', { ...flood.sent.errors, ...flood.calm.errors, ...flood.flooded.errors })
  if (imported) addErrors('import', imported.meanwhile.errors)
  const seconds = Math.round((performance.now() - begin) / 1000)
  const path = keep(fileURLToPath(new URL('results', import.meta.url)), {
    at,
    machine,
    plan,
    rows,
    timings,
    flood,
    imported,
    seconds,
  })
  progress(`kept in ${path}; took ${seconds} s`)

  const { cpu, processors, node, postgres: version, durability, argon2id } = machine
  print(
    `${cpu}, ${processors} processors, shared by server, PostgreSQL and load; Node ${node}; PostgreSQL ${version} (${durability}); ` +
      `Argon2id ${argon2id}; ${loginWorkers} logins and ${checkWorkers} session checks at once; Better Auth without its rate limiter, else as it comes`,
  )
  print(figures(rows))
  for (const timing of timings) print(timingReport(timing))
  if (flood) print(floodReport(flood))
  if (imported) print(importReport(imported))
  print(errorReport(errors))
  const failed =
    Object.keys(errors).length > 0 || timings.some(({ sameAnswers }) => !sameAnswers) || (flood && floodErrors(flood) > 0)
  if (failed) process.exitCode = 1

  function addErrors(what: string, found: Record<string, number>): void {
    for (const [words, count] of Object.entries(found)) errors[`${what}: ${words}`] = count
  }
}

function startNode(settings: Record<string, string> = {}) {
  return startGatehouse(dataDir, settings, values.profile)
}

/** Results go to standard output and everything else to standard error. */
function progress(message: string): void {
  process.stderr.write(`${message} ...\n`)
}

function print(text: string): void {
  if (text !== '') process.stdout.write(`${text}\n\n`)
}
