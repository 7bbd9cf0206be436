// The run: every row exactly once, whatever happens to the nodes that work on it.
import { randomUUID } from 'node:crypto'
import { record, recordMany } from '../../audit/audit.ts'
import { givePasswords, type HashQueue, hashGivenPassword } from '../../authenticators/passwords/passwords.ts'
import { changeAccounts } from '../../credentials/credentials.ts'
import { type ActingAccount, insertAccounts, lockAccountsByKeys } from '../../directory/accounts/accounts.ts'
import { enqueueMessagesToNew } from '../../outward/messages/messages.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Transaction } from '../../platform/database.ts'
import { Problem } from '../../platform/problem.ts'
import { type ImportNeeds, importer, openCells } from './check-import.ts'
import { type Judgement, judgeInWorld, type World } from './judge-in-world.ts'
import { passwordOf, type RowFields, type RowProblem } from './judge-rows.ts'
import { keepPlaces } from './place-store.ts'
import { importNotFound, importNotReady } from './problems.ts'
import {
  beginRun,
  claimRun,
  countRows,
  type DoneRow,
  findImport,
  finishRun,
  lookAtGrownTables,
  pendingRows,
  planAnew,
  type Run,
  storeOutcomes,
} from './store.ts'

export type RunNeeds = ImportNeeds & { hashQueue: HashQueue }

/** How much the tables grow before PostgreSQL looks at them again, as a factor. */
const growth = 4

/** In one transaction. With passwords fewer: each takes 10 ms to hash, and the lease is not for ever. */
const rowsAtOnce = 500
const passwordsAtOnce = 100

/**
 * Lets an import run, once.
 * @throws import_not_found, import_not_ready, not_permitted
 */
export async function startImport(
  { database }: Pick<RunNeeds, 'database'>,
  instance: { id: string },
  actorId: string,
  importId: string,
  caller: Caller,
): Promise<void> {
  await database.in(instance, async (tx) => {
    const found = await findImport(tx, await importer(tx, actorId, 'skip'), importId)
    if (found === undefined) throw importNotFound()
    await importer(tx, actorId, found.onExisting)
    if (!(await beginRun(tx, importId, actorId))) throw importNotReady()
    const { verdicts } = await countRows(tx, found)
    const detail = { importId, fileName: found.fileName, onExisting: found.onExisting, ...verdicts }
    await record(tx, { event: 'import_started', actor: { kind: 'account', accountId: actorId }, caller, detail })
  })
}

/**
 * Works on a running import until it is done, or until another node has it. Any number of nodes may call it at the same time and at any
 * time: each batch is one transaction that holds the import, does its rows and writes what became of them, or does nothing at all.
 * @param signal ends it after the batch that is under way; another node goes on
 */
export async function runImport(
  needs: RunNeeds,
  instance: { id: string },
  importId: string,
  signal?: AbortSignal,
): Promise<void> {
  const worker = randomUUID()
  let hashes = new Map<number, string>()
  let alone = 0
  let batches = 0
  let nextLook = 1
  while (!signal?.aborted) {
    try {
      const limit = alone > 0 ? 1 : rowsAtOnce
      const step = await needs.database.in(instance, (tx) =>
        runBatch(tx, needs, { instanceId: instance.id, importId }, worker, limit, hashes),
      )
      if (step.kind === 'ended') return
      alone = Math.max(0, alone - 1)
      batches += 1
      if (batches === nextLook) {
        nextLook *= growth
        // Only makes others faster, so it may fail, as when another node does it at this moment.
        await needs.database.in(instance, lookAtGrownTables).catch(() => {})
      }
      hashes = step.kind === 'passwords' ? await hashAll(needs, importId, step.passwords) : hashes
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'GH001') throw error
      // One row of these would take the last Administrator away: they go one by one, and that one is refused.
      if (alone > 0) await needs.database.in(instance, (tx) => refuseNext(tx, importId, worker))
      alone = rowsAtOnce
    }
  }
}

async function hashAll(
  { hashQueue }: RunNeeds,
  importId: string,
  passwords: ReadonlyMap<number, string>,
): Promise<Map<number, string>> {
  const hashes = new Map<number, string>()
  for (const [row, password] of passwords) hashes.set(row, await hashGivenPassword(hashQueue, importId, password))
  return hashes
}

type Step = { kind: 'ended' } | { kind: 'worked' } | { kind: 'passwords'; passwords: Map<number, string> }
type Pending = { row: number; fields: RowFields; problems: RowProblem[] }
type Judged = Pending & Judgement

async function runBatch(
  tx: Transaction,
  { keys }: RunNeeds,
  place: { instanceId: string; importId: string },
  worker: string,
  limit: number,
  hashes: ReadonlyMap<number, string>,
): Promise<Step> {
  const { importId } = place
  await planAnew(tx)
  const run = await claimRun(tx, importId, worker)
  if (run === undefined) return { kind: 'ended' }
  let acting: ActingAccount
  try {
    acting = await importer(tx, run.runBy, run.onExisting)
  } catch (error) {
    // Whoever started it may not do so any more: what is not done stays undone.
    if (!(error instanceof Problem) || error.code !== 'not_permitted') throw error
    await finish(tx, importId, run, 'not_permitted')
    return { kind: 'ended' }
  }
  let rows = await pendingRows(tx, importId, limit)
  if (rows.length === 0) {
    await finish(tx, importId, run, null)
    return { kind: 'ended' }
  }
  if (rows.some(({ cells }) => cells !== null)) {
    rows = rows.slice(0, passwordsAtOnce)
    const unhashed = rows.filter(({ row, cells }) => cells !== null && !hashes.has(row))
    const passwords = unhashed.map(
      ({ row, cells }) => [row, passwordOf(run.mapping, openCells(keys, cells!, { ...place, row }))!] as const,
    )
    // Hashing takes time that no transaction may take.
    if (unhashed.length > 0) return { kind: 'passwords', passwords: new Map(passwords) }
  }
  await writeRows(tx, importId, run, acting, rows, hashes)
  return { kind: 'worked' }
}

async function writeRows(
  tx: Transaction,
  importId: string,
  run: Run,
  acting: ActingAccount,
  rows: readonly Pending[],
  hashes: ReadonlyMap<number, string>,
): Promise<void> {
  const existing = await lockAccountsByKeys(
    tx,
    rows.map(({ fields }) => fields.usernameKey),
  )
  const places = await keepPlaces(
    tx,
    rows.map(({ fields }) => fields),
  )
  const world: World = { acting, ...places, existing: new Map(existing.map((account) => [account.usernameKey, account])) }
  const judged = rows.map((row): Judged => {
    const { problems, ...judgement } = judgeInWorld(row.fields, world, run.onExisting)
    return { ...row, ...judgement, problems: mergeProblems(row.problems, problems) }
  })
  const actor = { kind: 'account', accountId: run.runBy } as const
  const done: DoneRow[] = []

  const creates = judged.filter(({ verdict }) => verdict === 'create')
  const ids = await insertAccounts(
    tx,
    creates.map(({ fields, account }) => ({ ...account!, username: fields.username, usernameKey: fields.usernameKey })),
  )
  // Whose name somebody else took a moment ago is left as it is, and judged again with the next rows.
  const created = creates.flatMap((row) => {
    const accountId = ids.get(row.fields.usernameKey)
    return accountId === undefined ? [] : [{ ...row, accountId }]
  })
  await givePasswords(
    tx,
    created.flatMap(({ row, accountId }) => (hashes.has(row) ? [{ accountId, hash: hashes.get(row)! }] : [])),
  )
  // Whoever has an address gets an initial password there, unless the file gives one; whoever has neither gets a slip afterwards.
  const accountIds = created.flatMap(({ row, accountId }) => (hashes.has(row) ? [] : [accountId]))
  await enqueueMessagesToNew(tx, { kind: 'initial_password', accountIds, requestedBy: run.runBy })
  await recordMany(
    tx,
    'account_created',
    actor,
    created.map(({ row, accountId, fields, account }) => ({
      accountId,
      detail: { importId, row, username: fields.username, ...account, ...(hashes.has(row) && { initialPassword: 'given' }) },
    })),
  )
  for (const { row, accountId, problems } of created) done.push({ row, outcome: 'created', accountId, changes: null, problems })

  const changed = judged.filter(({ verdict }) => verdict === 'change')
  await changeAccounts(
    tx,
    acting,
    changed.map(({ row, existing, account }) => ({ accountId: existing!.id, fields: account!, detail: { importId, row } })),
    undefined,
  )
  for (const { row, existing, changes, problems } of changed)
    done.push({ row, outcome: 'changed', accountId: existing!.id, changes: changes!, problems })

  for (const { row, verdict, problems } of judged)
    if (verdict === 'skip' || verdict === 'refused')
      done.push({ row, outcome: verdict === 'skip' ? 'skipped' : 'refused', accountId: null, changes: null, problems })
  await storeOutcomes(tx, importId, done)
}

async function refuseNext(tx: Transaction, importId: string, worker: string): Promise<void> {
  if ((await claimRun(tx, importId, worker)) === undefined) return
  const [next] = await pendingRows(tx, importId, 1)
  if (next === undefined) return
  const problem = { column: 'profile', value: next.fields.profile ?? '', code: 'last_administrator' } as const
  const problems = mergeProblems(next.problems, [problem])
  await storeOutcomes(tx, importId, [{ row: next.row, outcome: 'refused', accountId: null, changes: null, problems }])
}

async function finish(tx: Transaction, importId: string, { runBy, headerRow }: Run, failReason: string | null): Promise<void> {
  await finishRun(tx, importId, failReason)
  const { outcomes } = await countRows(tx, { id: importId, headerRow })
  const detail = { importId, ...outcomes, ...(failReason !== null && { failReason }) }
  await record(tx, { event: 'import_finished', actor: { kind: 'account', accountId: runBy }, detail })
}

/** What the run finds, added to what the dry run found, without saying it twice. */
function mergeProblems(before: readonly RowProblem[], found: readonly RowProblem[]): RowProblem[] {
  const isNew = ({ column, code }: RowProblem) => !before.some((problem) => problem.column === column && problem.code === code)
  return [...before, ...found.filter(isNew)]
}
