import type { Cell } from '../sheets/sheets.ts'

/** What a cell shows: the name of a column, or a day. */
export function cellShown(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.fault === undefined || cell.fault === 'date' ? cell.text : ''
}
