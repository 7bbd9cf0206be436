// The run on many nodes, and what happens when one of them dies; and undoing, against a first login.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { type NewTestAccount, startNodes, type TestSystem, until } from '../../../test/nodes.ts'
import { openHashQueue } from '../../authenticators/passwords/passwords.ts'
import { openImportRunner } from './import-runner.ts'
import { runImport, startImport } from './run-import.ts'
import { takeUpload } from './take-upload.ts'
import { undoImport } from './undo-import.ts'

const caller = { address: '127.0.0.1', device: 'a test', requestId: 'test' }

async function startFloor(t: TestContext, nodes = 1) {
  const system = await startNodes(t, nodes)
  const boss = await system.addAccount({ username: 'boss', profile: 'Administrator' } satisfies NewTestAccount)
  return { system, boss }
}

const needsOf = (system: TestSystem) => ({
  database: system.database,
  keys: system.keys,
  hashQueue: openHashQueue(2, 100),
  breached: undefined,
})

/** An import of so many people, one of them twice and one impossible, that has been started and that nobody works on yet. */
async function started(system: TestSystem, actorId: string, people: number): Promise<string> {
  const lines = [
    'Username,Full Name,Email',
    ...Array.from({ length: people }, (_, i) => `agent${i},Agent Number ${i},`),
    'no good,X,',
  ]
  const file = Readable.from([Buffer.from(lines.join('\n'))])
  const importId = await takeUpload(needsOf(system), system.main, actorId, { fileName: 'people.csv', file })
  await startImport(needsOf(system), system.main, actorId, importId, caller)
  return importId
}

/** Every row once: one account, one line in the audit, one outcome, and the counts that say so. */
async function assertEveryRowOnce(system: TestSystem, importId: string, people: number): Promise<void> {
  const one = async (text: string) => Number((await system.sql<{ n: string }>(text, text.includes('$1') ? [importId] : []))[0]!.n)
  assert.equal(await one("select count(*) as n from account where username like 'agent%'"), people)
  assert.equal(await one("select count(*) as n from import_row where import_id = $1 and outcome = 'created'"), people)
  assert.equal(
    await one("select count(distinct account_id) as n from import_row where import_id = $1 and outcome = 'created'"),
    people,
  )
  const audited = "from audit_event where event = 'account_created' and detail ->> 'importId' = $1"
  assert.equal(await one(`select count(*) as n ${audited}`), people)
  assert.equal(await one(`select count(distinct account_id) as n ${audited}`), people)
  const events = await system.sql<{ detail: Record<string, unknown> }>(
    "select detail from audit_event where event = 'import_finished' and detail ->> 'importId' = $1",
    [importId],
  )
  assert.deepEqual(
    events.map(({ detail }) => [detail.created, detail.refused]),
    [[people, 1]],
  )
  assert.equal(await one("select count(*) as n from import where id = $1 and state = 'done'"), 1)
}

test('fault-F01 cve-C33 a node that is killed in the middle of 10,000 rows: another goes on, and every row is done exactly once', async (t) => {
  const { system, boss } = await startFloor(t)
  const people = 10_000
  const importId = await started(system, boss.id, people)
  const done = async () =>
    Number((await system.sql<{ n: string }>("select count(*) as n from import_row where outcome = 'created'"))[0]!.n)

  const child = spawn(process.execPath, ['test/import-worker.ts', JSON.stringify(system.address), system.main.id, importId], {
    stdio: 'ignore',
  })
  const exited = once(child, 'exit')
  await until(async () => (await done()) >= 1000)
  child.kill('SIGKILL')
  await exited
  const before = await done()
  assert.ok(before >= 1000 && before < people, `${before} rows were done when it died`)

  // Nobody takes it while the dead one may still be alive; then the node that looks for it does.
  await runImport(needsOf(system), system.main, importId)
  assert.equal(await done(), before)
  await system.sql("update import set heartbeat_at = now() - interval '11 seconds' where id = $1", [importId])
  await runImport(needsOf(system), system.main, importId)
  await assertEveryRowOnce(system, importId, people)
})

test('any number of nodes work on one import at once: every row is done exactly once', async (t) => {
  const { system, boss } = await startFloor(t)
  const importId = await started(system, boss.id, 1200)
  await system.race(
    'account',
    Array.from({ length: 4 }, () => () => runImport(needsOf(system), system.main, importId)),
  )
  await assertEveryRowOnce(system, importId, 1200)
})

test('a node that was thought dead and comes back does nothing any more', async (t) => {
  const { system, boss } = await startFloor(t)
  const importId = await started(system, boss.id, 1200)
  // Each batch finds the import silent for too long, so the nodes take it from each other all the time.
  await system.sql(`
    create function silent() returns trigger language plpgsql as $$ begin new.heartbeat_at := now() - interval '1 hour'; return new; end $$`)
  await system.sql('create trigger silent before update on import for each row execute function silent()')
  await system.race(
    'account',
    Array.from({ length: 4 }, () => () => runImport(needsOf(system), system.main, importId)),
  )
  await assertEveryRowOnce(system, importId, 1200)
})

test('an import is started once, however many ask', async (t) => {
  const { system, boss } = await startFloor(t)
  const file = Readable.from([Buffer.from('Username,Full Name\nana,Ana\n')])
  const importId = await takeUpload(needsOf(system), system.main, boss.id, { fileName: 'a.csv', file })
  const results = await system.race(
    'import',
    Array.from(
      { length: 5 },
      () => () =>
        startImport(needsOf(system), system.main, boss.id, importId, caller).then(
          () => 'started',
          (error) => error.code,
        ),
    ),
  )
  assert.deepEqual(results.sort(), ['import_not_ready', 'import_not_ready', 'import_not_ready', 'import_not_ready', 'started'])
})

test('two imports of the same people at once: each person is there once, and nothing waits for ever', async (t) => {
  const { system, boss } = await startFloor(t)
  const one = await started(system, boss.id, 600)
  const other = await started(system, boss.id, 600)
  const run = (importId: string) => () => runImport(needsOf(system), system.main, importId)
  await system.race('account', [run(one), run(other)])
  const counts = await system.sql<{ outcome: string; n: number }>(
    "select outcome, count(*)::int as n from import_row where outcome <> 'refused' group by outcome order by outcome",
  )
  assert.deepEqual(counts, [
    { outcome: 'created', n: 600 },
    { outcome: 'skipped', n: 600 },
  ])
})

const given = 'Bienvenida 2026 al equipo'

/** An import of one person with a password, who has proven it and has only to choose another. */
async function almostLoggedIn(system: TestSystem, actorId: string) {
  const file = Readable.from([Buffer.from(`Username,Full Name,Password\nana,Ana,${given}\nben,Ben,\n`)])
  const importId = await takeUpload(needsOf(system), system.main, actorId, { fileName: 'a.csv', file })
  await startImport(needsOf(system), system.main, actorId, importId, caller)
  await runImport(needsOf(system), system.main, importId)
  const person = system.browser()
  assert.equal((await person.logIn('ana', given)).location, '/choose-password')
  await person.get('/choose-password')
  return { importId, person }
}

const chosen = { newPassword: 'seven lamps burn in the attic', newPasswordAgain: 'seven lamps burn in the attic' }

test('an import with an account that has logged in cannot be undone, and says how many there are', async (t) => {
  const { system, boss } = await startFloor(t)
  const { importId, person } = await almostLoggedIn(system, boss.id)
  assert.equal((await person.post('/choose-password', chosen)).location, '/home')
  await assert.rejects(undoImport(needsOf(system), system.main, boss.id, importId, caller), (error) => {
    const { code, values } = error as { code: string; values: { count: number } }
    return code === 'import_in_use' && values.count === 1
  })
  assert.equal((await system.sql("select from account where username in ('ana', 'ben')")).length, 2, 'nothing was undone')
})

for (const first of ['login', 'undo'] as const)
  test(`undoing races a first login, and the ${first} comes first: that one wins, and never both`, async (t) => {
    const { system, boss } = await startFloor(t)
    const { importId, person } = await almostLoggedIn(system, boss.id)
    const undo = () =>
      undoImport(needsOf(system), system.main, boss.id, importId, caller).then(
        () => 'undone',
        (error) => error.code,
      )
    const logIn = async () => (await person.post('/choose-password', chosen)).location ?? 'refused'
    const second = async (start: () => Promise<string>) => {
      await until(
        async () =>
          (await system.sql("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"))
            .length > 0,
      )
      return start()
    }
    // Each has judged and is about to write when the other begins.
    const [undone, loggedIn] =
      first === 'login'
        ? await system.race('session', [() => second(undo), logIn])
        : await system.race('session', [undo, () => second(logIn)])
    assert.deepEqual([undone, loggedIn], first === 'login' ? ['import_in_use', '/home'] : ['undone', 'refused'])
    assert.equal((await system.sql("select from account where username = 'ana'")).length, first === 'login' ? 1 : 0)
    assert.equal((await system.sql('select from session where ended_at is null')).length, first === 'login' ? 1 : 0)
  })

test('undone by two at once, it is undone once', async (t) => {
  const { system, boss } = await startFloor(t)
  const importId = await started(system, boss.id, 50)
  await runImport(needsOf(system), system.main, importId)
  const results = await system.race(
    'import',
    [1, 2, 3].map(
      () => () =>
        undoImport(needsOf(system), system.main, boss.id, importId, caller).then(
          () => true,
          () => false,
        ),
    ),
  )
  assert.deepEqual(results.sort(), [false, false, true])
  assert.equal((await system.sql("select from audit_event where event = 'account_removed'")).length, 50)
})

test('a node looks for imports whose node has died, in every instance, and goes on with them', async (t) => {
  const { system, boss } = await startFloor(t)
  const importId = await started(system, boss.id, 50)
  const faults: unknown[] = []
  const runner = openImportRunner(needsOf(system), (error) => faults.push(error), 20)
  t.after(() => runner.close())
  runner.listen()
  const state = async () => (await system.sql('select state from import where id = $1', [importId]))[0]!.state
  await system.sql("update import set started_at = now() - interval '11 seconds' where id = $1", [importId])
  await until(async () => (await state()) === 'done')
  await assertEveryRowOnce(system, importId, 50)
  assert.deepEqual(faults, [])
})

test('PostgreSQL looks at the tables while they grow, so that nobody else is planned for as if they were small', async (t) => {
  const { system, boss } = await startFloor(t)
  const importId = await started(system, boss.id, 2500)
  await runImport(needsOf(system), system.main, importId)
  const known = "select reltuples::int as n from pg_class where oid = 'account'::regclass"
  assert.ok((await system.sql<{ n: number }>(known))[0]!.n >= 2000)
})
