// What a spreadsheet is once it is read: rows of text, and the limits that keep a hostile one from hurting.

/**
 * A cell as text; or with what is to be said of it. `fault`: why it cannot be taken as it is; a `date` is one where a day is wanted.
 * `merged`: it stands further up, merged with this one. `hidden`: its row is not shown, by a filter or by hand.
 */
export type Cell = string | { text: string; fault?: CellFault; merged?: true; hidden?: true }
export type CellFault = 'formula' | 'error' | 'too_long' | 'damaged' | 'date'

/** What was found out about a file. */
export type SheetOrigin = {
  /** The sheets that can be seen and hold something, by their names; none of a text. */
  sheets: string[]
  /** The one that is read. */
  sheet: string | null
  /** Of a text. */
  encoding: string | null
}

/** What somebody has decided about a file. */
export type SheetChoice = { sheet?: string | undefined; encoding?: string | undefined }

/** Takes what is read, as it is read. */
export type SheetOutput = {
  origin(origin: SheetOrigin): void
  row(row: SheetRow): void
  /** Waits until what was put out has been taken, so that it needs no memory here. */
  taken(): Promise<void>
}

/** One row that is not empty. `row` is its number as people see it, from 1. Empty cells at the end are left out. */
export type SheetRow = { row: number; cells: Cell[] }

export const sheetLimits = {
  /** Of the file as it is sent, in bytes. */
  fileBytes: 50 * 1024 * 1024,
  /** Of everything in a zipped file that is read, once unpacked, in bytes. */
  unpackedBytes: 256 * 1024 * 1024,
  entries: 65_535,
  /** Of the texts that have to be kept while a sheet is read, in bytes of memory. */
  keptBytes: 96 * 1024 * 1024,
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
  | 'sheet_protected'
  | 'sheet_is_old'
  | 'sheet_is_page'
  | 'sheet_is_data'
  | 'sheet_not_found'

export class SheetFault extends Error {
  readonly code: SheetFaultCode
  constructor(code: SheetFaultCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Takes rows one after the other, hands on those that hold something, and refuses more than the limits. */
export function rowCounter(output: Pick<SheetOutput, 'row'>): {
  add(row: number, cells: readonly Cell[], isHidden?: boolean): void
  count(): number
} {
  let count = 0
  return {
    count: () => count,
    add(row, cells, isHidden = false) {
      const last = cells.findLastIndex((cell) => cell !== '')
      if (row > sheetLimits.lastRow) throw tooManyRows()
      if (last === -1) return
      if (last >= sheetLimits.columns)
        throw new SheetFault('sheet_too_many_columns', `Row ${row} has more than ${sheetLimits.columns} columns.`)
      if (count >= sheetLimits.rows) throw tooManyRows()
      count += 1
      const filled = cells.slice(0, last + 1)
      output.row({ row, cells: isHidden ? filled.map(hidden) : filled })
    },
  }
}

function hidden(cell: Cell): Cell {
  if (cell === '') return cell
  return { ...(typeof cell === 'string' ? { text: cell } : cell), hidden: true }
}

export function tooManyRows(): SheetFault {
  return new SheetFault('sheet_too_many_rows', `There are more than ${sheetLimits.rows - 1} rows.`)
}

export function bomb(): SheetFault {
  return new SheetFault('sheet_bomb', 'Unpacked, the file is far too large.')
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
