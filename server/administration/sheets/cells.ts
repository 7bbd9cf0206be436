// What a spreadsheet is once it is read: rows of text, and the limits that keep a hostile one from hurting.

/** A cell as text; or why it cannot be one, with what was there. */
export type Cell = string | { fault: 'formula' | 'error' | 'too_long' | 'damaged'; text: string }

/** One row that is not empty. `row` is its number as people see it, from 1. Empty cells at the end are left out. */
export type SheetRow = { row: number; cells: Cell[] }

export const sheetLimits = {
  /** Of the file as it is sent, in bytes. */
  fileBytes: 50 * 1024 * 1024,
  /** Of everything in a zipped file, once unpacked, in bytes. */
  unpackedBytes: 200 * 1024 * 1024,
  entries: 2000,
  /** Rows that are not empty, the header among them. */
  rows: 100_001,
  /** The last row that a spreadsheet can have. */
  lastRow: 1_048_576,
  columns: 100,
  /** Of one cell, in UTF-16 units. */
  characters: 1000,
} as const

/** Why a whole file cannot be read. */
export type SheetFaultCode =
  | 'sheet_empty'
  | 'sheet_too_large'
  | 'sheet_too_many_rows'
  | 'sheet_too_many_columns'
  | 'sheet_bomb'
  | 'sheet_format_unknown'
  | 'sheet_unreadable'

export class SheetFault extends Error {
  readonly code: SheetFaultCode
  constructor(code: SheetFaultCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Takes rows one after the other, keeps those that hold something, and refuses more than the limits. */
export function rowCollector(): { add(row: number, cells: Cell[]): void; rows: SheetRow[] } {
  const rows: SheetRow[] = []
  return {
    rows,
    add(row, cells) {
      const last = cells.findLastIndex((cell) => cell !== '')
      if (row > sheetLimits.lastRow) throw tooManyRows()
      if (last === -1) return
      if (last >= sheetLimits.columns)
        throw new SheetFault('sheet_too_many_columns', `Row ${row} has more than ${sheetLimits.columns} columns.`)
      if (rows.length >= sheetLimits.rows) throw tooManyRows()
      rows.push({ row, cells: cells.slice(0, last + 1) })
    },
  }
}

export function tooManyRows(): SheetFault {
  return new SheetFault('sheet_too_many_rows', `There are more than ${sheetLimits.rows - 1} rows.`)
}

/** The text of a cell, without spaces around it; or why it cannot be kept as it is. */
export function textCell(text: string): Cell {
  const trimmed = text.trim()
  if (trimmed.length > sheetLimits.characters) return { fault: 'too_long', text: storable(cutText(trimmed, 50)) }
  return isDamaged(trimmed) ? { fault: 'damaged', text: storable(cutText(trimmed, 100)) } : trimmed
}

/** Holds NUL, half a surrogate pair, or what a decoder leaves where bytes are no character: no database holds the first two. */
function isDamaged(text: string): boolean {
  return !text.isWellFormed() || text.includes('\u0000') || text.includes('\ufffd')
}

/** What a database can hold of a text. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd')
}

/** The beginning of a text, in UTF-16 units, never with half a character at its end. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text
  const last = text.charCodeAt(most - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most)
}
