// Cells that somebody mends in the dry run: one by its row, or every one that says the same.

import { type ColumnField, type ImportField, sheetColumns } from '../../../contracts/sheet-columns.ts'
import { type Cell, textCell } from '../sheets/sheets.ts'
import { cellShown } from './cell-texts.ts'
import type { Mapping } from './columns.ts'

/** `row`: in this row. `from`: wherever the column says so, in any case. */
export type Mend = { field: ColumnField; to: string; row?: number; from?: string }

/** Writes into the cells of a row what is to stand there; returns what of it was written. */
export function mendCells(mapping: Mapping, row: number, cells: Cell[], mends: readonly Mend[]): Mend[] {
  return mends.filter(({ field, to, row: only, from }) => {
    const [column, ...emptied] = columnsOf(mapping, field)
    if (column === undefined) return false
    const isMeant = only === undefined ? from?.toLowerCase() === cellShown(cells[column] ?? '').toLowerCase() : only === row
    if (!isMeant) return false
    write(cells, column, to)
    for (const other of emptied) write(cells, other, '')
    return true
  })
}

/** What the audit keeps of mended cells: one entry for each mend, with in how many it was written. The value of a password is never told. */
export function mendDetails(written: readonly Mend[]): Record<string, unknown>[] {
  return [...Map.groupBy(written, (mend) => mend)].map(([{ field, row, from, to }, { length }]) => ({
    column: sheetColumns[field as ImportField]?.header ?? field,
    ...(row !== undefined && { row }),
    ...(field !== 'password' && { ...(from !== undefined && { formerly: from }), written: to }),
    cells: length,
  }))
}

/** Where a field stands; a full name may stand in two columns, of which the first then holds all of it. */
function columnsOf(mapping: Mapping, field: ColumnField): number[] {
  const fields = field === 'fullName' && !mapping.includes('fullName') ? ['firstName', 'lastName'] : [field]
  return fields.map((each) => mapping.indexOf(each as ColumnField)).filter((column) => column !== -1)
}

function write(cells: Cell[], column: number, text: string): void {
  while (cells.length < column) cells.push('')
  cells[column] = textCell(text)
}
