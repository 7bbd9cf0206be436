import { type Kysely, type Selectable, sql } from 'kysely'
import type { ActingAccount } from '../../directory/accounts/accounts.ts'
import type { Transaction } from '../../platform/database.ts'
import type { Tables } from '../../platform/tables.ts'
import { removeSome, type TidyStep } from '../../platform/tidying.ts'
import { findRules } from '../../rules/rules.ts'
import type { Mapping, NameOrder } from './columns.ts'
import type { Changes, OnExisting, Verdict } from './judge-in-world.ts'
import type { LateProblem, RowFields, RowProblem } from './judge-rows.ts'
import type { NewRow } from './upload-store.ts'

export type Import = Omit<Selectable<Tables['import']>, 'mapping' | 'instanceId' | 'worker' | 'heartbeatAt'> & {
  mapping: Mapping
}
export type Outcome = 'created' | 'changed' | 'skipped' | 'refused'

const importColumns = [
  'id',
  'createdBy',
  'runBy',
  'fileName',
  'state',
  'onExisting',
  'headerRow',
  'mapping',
  'sheets',
  'sheet',
  'encoding',
  'nameOrder',
  'failReason',
  'createdAt',
  'startedAt',
  'finishedAt',
  'undoneAt',
] as const

/** A node that is silent for so long has died, and another goes on with its import. */
export const leaseSeconds = 10

/** The import, if the actor may see it: the own ones, and everybody's for who reaches every team. */
export async function findImport(tx: Transaction, actor: ActingAccount, importId: string): Promise<Import | undefined> {
  return visible(tx, actor).where('id', '=', importId).executeTakeFirst() as Promise<Import | undefined>
}

export async function listImports(tx: Transaction, actor: ActingAccount): Promise<Import[]> {
  return visible(tx, actor).orderBy('createdAt', 'desc').limit(100).execute() as Promise<Import[]>
}

function visible(tx: Transaction, { accountId, teams }: ActingAccount) {
  const query = tx.selectFrom('import').select(importColumns).where('state', '!=', 'reading')
  return teams === 'all' ? query : query.where('createdBy', '=', accountId)
}

export type Counts = { verdicts: Record<Verdict, number>; outcomes: Record<Outcome, number>; rows: number }

export async function countRows(tx: Transaction, { id, headerRow }: Pick<Import, 'id' | 'headerRow'>): Promise<Counts> {
  const { rows } = await sql<{ verdict: Verdict | null; outcome: Outcome | null; count: number }>`
    select verdict, outcome, count(*)::int as count from import_row
    where import_id = ${id} and row_number > ${headerRow ?? 0} group by verdict, outcome`.execute(tx)
  const counts: Counts = {
    verdicts: { create: 0, change: 0, skip: 0, refused: 0 },
    outcomes: { created: 0, changed: 0, skipped: 0, refused: 0 },
    rows: 0,
  }
  for (const { verdict, outcome, count } of rows) {
    counts.rows += count
    if (verdict !== null) counts.verdicts[verdict] += count
    if (outcome !== null) counts.outcomes[outcome] += count
  }
  return counts
}

export type StoredRow = {
  row: number
  cells: Buffer | null
  fields: RowFields | null
  verdict: Verdict | null
  outcome: Outcome | null
  problems: RowProblem[]
}
const rowColumns = sql`row_number as row, cells, fields, verdict, outcome, problems`

/** Rows after this one, in their order, those of the header too. */
export async function readRows(tx: Transaction, importId: string, after: number, limit: number): Promise<StoredRow[]> {
  const { rows } = await sql<StoredRow>`
    select ${rowColumns} from import_row where import_id = ${importId} and row_number > ${after} order by row_number limit ${limit}`.execute(
    tx,
  )
  return rows
}

/** Which rows a list shows. `problem` are those of which there is something to say. */
export type RowFilter = {
  verdict?: Verdict | undefined
  outcome?: Outcome | undefined
  problem?: boolean | undefined
  /** Only rows of which this is said. */
  cause?: { code: string; column?: string | undefined } | undefined
}

export async function listRows(
  tx: Transaction,
  { id, headerRow }: Import,
  { verdict, outcome, problem, cause }: RowFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ rows: StoredRow[]; total: number }> {
  const conditions = [sql`import_id = ${id} and row_number > ${headerRow ?? 0}`]
  if (verdict !== undefined) conditions.push(sql`verdict = ${verdict}`)
  if (outcome !== undefined) conditions.push(sql`outcome = ${outcome}`)
  if (problem) conditions.push(sql`problems <> '[]'`)
  if (cause !== undefined) conditions.push(sql`problems @> ${JSON.stringify([cause])}::jsonb`)
  const where = sql.join(conditions, sql` and `)
  const [page, count] = await Promise.all([
    sql<StoredRow>`select ${rowColumns} from import_row where ${where} order by row_number limit ${limit} offset ${offset}`.execute(
      tx,
    ),
    sql<{ total: number }>`select count(*)::int as total from import_row where ${where}`.execute(tx),
  ])
  return { rows: page.rows, total: count.rows[0]!.total }
}

/** Begins a dry run, unless the import runs or has run. A later one takes over from an earlier one that is still under way. */
export async function beginCheck(
  tx: Transaction,
  importId: string,
  worker: string,
  { mapping, ...choices }: { mapping: Mapping; headerRow: number | null; onExisting: OnExisting; nameOrder: NameOrder },
): Promise<boolean> {
  const row = await tx
    .updateTable('import')
    .set({ state: 'checking', worker, mapping: JSON.stringify(mapping), ...choices })
    .where('id', '=', importId)
    .where('state', 'in', ['mapping', 'checking', 'checked'])
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Whether this dry run is still the one that counts; holds off any other until the transaction ends. */
export async function holdCheck(tx: Transaction, importId: string, worker: string): Promise<boolean> {
  const row = await tx
    .selectFrom('import')
    .select('id')
    .where('id', '=', importId)
    .where('state', '=', 'checking')
    .where('worker', '=', worker)
    .forUpdate()
    .executeTakeFirst()
  return row !== undefined
}

export async function storeJudged(tx: Transaction, importId: string, rows: readonly Omit<NewRow, 'cells'>[]): Promise<void> {
  await sql`
    update import_row set fields = nullif(r.fields, 'null'), verdict = r.verdict, problems = r.problems
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (row integer, fields jsonb, verdict text, problems jsonb)
    where import_id = ${importId} and row_number = r.row`.execute(tx)
}

/** Writes cells that somebody mended. */
export async function storeCells(
  tx: Transaction,
  importId: string,
  rows: readonly { row: number; cells: Buffer }[],
): Promise<void> {
  const json = JSON.stringify(rows.map(({ row, cells }) => ({ row, cells: cells.toString('base64') })))
  await sql`
    update import_row set cells = decode(r.cells, 'base64') from jsonb_to_recordset(${json}::jsonb) as r (row integer, cells text)
    where import_id = ${importId} and row_number = r.row`.execute(tx)
}

/** Refuses rows for what was found only further down. */
export async function refuseRows(tx: Transaction, importId: string, late: readonly LateProblem[]): Promise<void> {
  await sql`
    update import_row set fields = null, verdict = 'refused', problems = problems || jsonb_build_array(r.problem)
    from jsonb_to_recordset(${JSON.stringify(late)}::jsonb) as r (row integer, problem jsonb)
    where import_id = ${importId} and row_number = r.row`.execute(tx)
}

export async function finishCheck(tx: Transaction, importId: string, worker: string): Promise<boolean> {
  const row = await tx
    .updateTable('import')
    .set({ state: 'checked', worker: null })
    .where('id', '=', importId)
    .where('state', '=', 'checking')
    .where('worker', '=', worker)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Lets a checked import run; false when it is not checked, or somebody else was faster. What the dry run refused stays refused. */
export async function beginRun(tx: Transaction, importId: string, runBy: string): Promise<boolean> {
  const row = await tx
    .updateTable('import')
    .set({ state: 'running', runBy, worker: null, heartbeatAt: null, startedAt: sql`now()` })
    .where('id', '=', importId)
    .where('state', '=', 'checked')
    .returning('headerRow')
    .executeTakeFirst()
  if (row === undefined) return false
  await allowLong(tx)
  await sql`
    update import_row set outcome = case verdict when 'skip' then 'skipped' else 'refused' end, cells = null
    where import_id = ${importId} and verdict in ('skip', 'refused') and row_number > ${row.headerRow ?? 0}`.execute(tx)
  return true
}

/**
 * Lets PostgreSQL plan the rest of the transaction by the tables as they are now. A plan that it kept from when an instance had few
 * accounts reads all of them for each batch; and its statistics are those of before, too.
 */
export async function planAnew(tx: Transaction): Promise<void> {
  await sql`select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)`.execute(
    tx,
  )
}

/** Lets everybody's statements be planned by the tables as they are now. */
export async function lookAtGrownTables(tx: Transaction): Promise<void> {
  await sql`select look_at_grown_tables()`.execute(tx)
}

/** Statements over all rows of an import may take longer than a person's request. */
export async function allowLong(tx: Transaction): Promise<void> {
  await sql`set local statement_timeout = '60s'`.execute(tx)
}

export type Run = { runBy: string; onExisting: OnExisting; mapping: Mapping; headerRow: number | null }

/**
 * Takes a running import for this worker, or keeps it, and holds its row until the transaction ends; undefined when another worker has
 * it that still gives signs of life, or when it does not run. One statement: of many workers one gets it, and one that was thought
 * dead and comes back does not.
 */
export async function claimRun(tx: Transaction, importId: string, worker: string): Promise<Run | undefined> {
  const { rows } = await sql<Run>`
    update import set worker = ${worker}, heartbeat_at = clock_timestamp()
    where id = ${importId} and state = 'running'
      and (worker is null or worker = ${worker} or heartbeat_at < clock_timestamp() - make_interval(secs => ${leaseSeconds}))
    returning run_by, on_existing, mapping, header_row`.execute(tx)
  return rows[0]
}

/** The next rows that nothing has become of. Call with the run claimed: whoever reads them writes their outcome in the same transaction. */
export async function pendingRows(
  tx: Transaction,
  importId: string,
  limit: number,
): Promise<{ row: number; fields: RowFields; cells: Buffer | null; problems: RowProblem[] }[]> {
  const { rows } = await sql<{ row: number; fields: RowFields; cells: Buffer | null; problems: RowProblem[] }>`
    select row_number as row, fields, problems, case when fields ? 'password' then cells end as cells from import_row
    where import_id = ${importId} and outcome is null and verdict in ('create', 'change') and fields is not null
    order by row_number limit ${limit}`.execute(tx)
  return rows
}

export type DoneRow = {
  row: number
  outcome: Outcome
  accountId: string | null
  changes: Changes | null
  problems: readonly RowProblem[]
}

/** Writes what became of rows, and forgets their cells. */
export async function storeOutcomes(tx: Transaction, importId: string, rows: readonly DoneRow[]): Promise<void> {
  await sql`
    update import_row set outcome = r.outcome, account_id = r."accountId", changes = nullif(r.changes, 'null'), problems = r.problems, cells = null
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (row integer, outcome text, "accountId" uuid, changes jsonb, problems jsonb)
    where import_id = ${importId} and row_number = r.row and import_row.outcome is null`.execute(tx)
}

export async function finishRun(tx: Transaction, importId: string, failReason: string | null): Promise<void> {
  await tx
    .updateTable('import')
    .set({ state: failReason === null ? 'done' : 'failed', failReason, finishedAt: sql`now()`, worker: null })
    .where('id', '=', importId)
    .where('state', '=', 'running')
    .execute()
  await allowLong(tx)
  await tx.updateTable('importRow').set({ cells: null }).where('importId', '=', importId).where('cells', 'is not', null).execute()
}

/** Running imports that give no sign of life, of all instances. */
export async function findAbandonedRuns(db: Kysely<Tables>): Promise<{ instanceId: string; importId: string }[]> {
  const { rows } = await sql<{ instanceId: string; importId: string }>`
    select instance_id, import_id from abandoned_imports(${leaseSeconds})`.execute(db)
  return rows
}

/** Marks a finished import as undone; false when it is not finished, or somebody else was faster. */
export async function beginUndo(tx: Transaction, importId: string): Promise<boolean> {
  const row = await tx
    .updateTable('import')
    .set({ state: 'undone', undoneAt: sql`now()` })
    .where('id', '=', importId)
    .where('state', 'in', ['done', 'failed'])
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function touchedAccounts(
  tx: Transaction,
  importId: string,
): Promise<{ accountId: string; outcome: 'created' | 'changed'; changes: Changes | null }[]> {
  const { rows } = await sql<{ accountId: string; outcome: 'created' | 'changed'; changes: Changes | null }>`
    select account_id, outcome, changes from import_row where import_id = ${importId} and account_id is not null order by row_number`.execute(
    tx,
  )
  return rows
}

/** The accounts that an import created and that are still there, by their row. */
export async function listCreated(
  tx: Transaction,
  importId: string,
  withoutEmail: boolean,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ accountIds: string[]; total: number }> {
  const from = sql`from import_row r join account a on a.id = r.account_id
    where r.import_id = ${importId} and r.outcome = 'created' and (${!withoutEmail}::boolean or a.email is null)`
  const [page, count] = await Promise.all([
    sql<{ id: string }>`select a.id ${from} order by r.row_number limit ${limit} offset ${offset}`.execute(tx),
    sql<{ total: number }>`select count(*)::int as total ${from}`.execute(tx),
  ])
  return { accountIds: page.rows.map(({ id }) => id), total: count.rows[0]!.total }
}

/** What nobody will go on with, and what happened long ago. */
async function isOld(tx: Transaction) {
  const { importDays } = await findRules(tx)
  return sql`
    (state = 'reading' and created_at < now() - interval '1 hour')
    or (state in ('mapping', 'checking', 'checked') and created_at < now() - interval '7 days')
    or (state in ('done', 'failed', 'undone') and finished_at < now() - make_interval(days => ${importDays}))`
}

/** The rows go first: a file has a hundred thousand. */
export const importTidying: readonly TidyStep[] = [
  {
    name: 'rows of old imports',
    tidy: async (tx, most) =>
      removeSome(tx, 'import_row', sql`import_id in (select id from import where ${await isOld(tx)})`, most),
  },
  {
    name: 'old imports',
    tidy: async (tx, most) =>
      removeSome(
        tx,
        'import',
        sql`(${await isOld(tx)}) and not exists (select from import_row where import_id = import.id)`,
        most,
      ),
  },
]

/** Removes the rows that speak of a person, whatever became of them. */
export async function forgetPerson(tx: Transaction, accountId: string, username: string): Promise<void> {
  await sql`delete from import_row where account_id = ${accountId} or lower(fields ->> 'username') = lower(${username})`.execute(
    tx,
  )
}
