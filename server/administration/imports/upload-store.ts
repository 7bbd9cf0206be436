// The rows of a file on their way into the database.
import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { SheetOrigin } from '../sheets/sheets.ts'
import type { Mapping, NameOrder } from './columns.ts'
import type { OnExisting, Verdict } from './judge-in-world.ts'
import type { RowFields, RowProblem } from './judge-rows.ts'

export async function insertImport(tx: Transaction, createdBy: string, fileName: string): Promise<string> {
  const { id } = await tx
    .insertInto('import')
    .values({ createdBy, runBy: null, fileName, headerRow: null, failReason: null, ...notYet })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
const notYet = { worker: null, heartbeatAt: null, startedAt: null, finishedAt: null, undoneAt: null }

export type NewRow = {
  row: number
  cells: Buffer
  fields: RowFields | null
  verdict: Verdict | null
  problems: readonly RowProblem[]
}

export async function addRows(tx: Transaction, importId: string, rows: readonly NewRow[]): Promise<void> {
  const json = JSON.stringify(rows.map(({ cells, ...row }) => ({ ...row, cells: cells.toString('base64') })))
  await sql`
    insert into import_row (import_id, row_number, cells, fields, verdict, problems)
    select ${importId}, r.row, decode(r.cells, 'base64'), nullif(r.fields, 'null'), r.verdict, r.problems
    from jsonb_to_recordset(${json}::jsonb) as r (row integer, cells text, fields jsonb, verdict text, problems jsonb)`.execute(
    tx,
  )
}

/** How a file was read, and as what. */
export type ReadFile = {
  state: 'mapping' | 'checked'
  headerRow: number | null
  mapping: Mapping
  nameOrder: NameOrder
  onExisting: OnExisting
  origin: SheetOrigin
}

/** Shows an import once all its rows are there. */
export async function finishReading(tx: Transaction, importId: string, { origin, mapping, ...read }: ReadFile): Promise<void> {
  await tx
    .updateTable('import')
    .set({ ...read, ...origin, sheets: JSON.stringify(origin.sheets), mapping: JSON.stringify(mapping) })
    .where('id', '=', importId)
    .where('state', '=', 'reading')
    .execute()
}

export async function removeImport(tx: Transaction, importId: string): Promise<void> {
  await tx.deleteFrom('import').where('id', '=', importId).execute()
}

/** Takes away an import that has not been run, because another file takes its place; false when it runs, or has. */
export async function removeUnrun(tx: Transaction, importId: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('import')
    .where('id', '=', importId)
    .where('state', 'in', ['mapping', 'checking', 'checked'])
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
