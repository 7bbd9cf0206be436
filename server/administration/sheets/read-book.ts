// XLSX and ODS: bytes to rows of the first sheet. Formulas are never computed.
import { CFB, read, SSF, type WorkSheet } from '@e965/xlsx'
import {
  type Cell,
  cutText,
  rowCollector,
  SheetFault,
  type SheetRow,
  sheetLimits,
  storable,
  textCell,
  tooManyRows,
} from './cells.ts'
import { unzip } from './unzip.ts'

// Pictures, macros and whatever else a spreadsheet may hold is not even unpacked.
const wantedNames =
  /^(\[Content_Types\]\.xml|_rels\/\.rels|xl\/(workbook|sharedStrings|styles|metadata)\.xml|xl\/_rels\/workbook\.xml\.rels|xl\/worksheets\/[^/]+\.xml|mimetype|content\.xml|styles\.xml|meta\.xml|META-INF\/manifest\.xml)$/i

/**
 * Reads the first sheet of a zipped spreadsheet.
 * @throws SheetFault
 */
export function readBook(file: Buffer): SheetRow[] {
  const entries = unzip(file, (name) => wantedNames.test(name))
  if (!entries.has('content.xml') && !entries.has('xl/workbook.xml'))
    throw new SheetFault('sheet_format_unknown', 'The file is neither XLSX nor ODS.')
  for (const [name, content] of entries) if (/content|worksheets\//.test(name)) refuseTooManyRows(content)
  return rowsOf(firstSheet(repack(entries)))
}

/**
 * The same entries in a new file, without compression: what the library reads is then just what was unpacked and counted,
 * whatever the first file said of itself in its other places.
 */
function repack(entries: ReadonlyMap<string, Buffer>): Buffer {
  const container = CFB.utils.cfb_new()
  for (const [name, content] of entries) CFB.utils.cfb_add(container, `/${name}`, content)
  return CFB.write(container, { fileType: 'zip', type: 'buffer' }) as Buffer
}

/** Counts rows that hold a value before they cost memory. Empty ones, of which there may be a million, count nothing. */
function refuseTooManyRows(xml: Buffer): void {
  let rows = 0
  let empty = false
  for (const [, row] of xml.toString('latin1').matchAll(/<(?:\w+:)?(?:(row|table-row)|v|is|p)[\s>]/g)) {
    if (row !== undefined) empty = true
    else if (empty) {
      empty = false
      rows += 1
      if (rows > sheetLimits.rows) throw tooManyRows()
    }
  }
}

function firstSheet(file: Buffer): WorkSheet {
  try {
    const book = read(file, {
      type: 'buffer',
      sheets: 0,
      dense: true,
      cellFormula: true,
      cellHTML: false,
      cellText: false,
      cellNF: true,
      cellDates: true,
      UTC: true,
    })
    const sheet = book.Sheets[book.SheetNames[0] ?? '']
    if (sheet !== undefined) return sheet
  } catch (error) {
    throw new SheetFault('sheet_unreadable', `The file is damaged: ${(error as Error).message}`)
  }
  throw new SheetFault('sheet_empty', 'The file holds no sheet.')
}

type BookCell = { t: string; v?: unknown; f?: string; F?: string; z?: string | number }

function rowsOf(sheet: WorkSheet): SheetRow[] {
  const { add, rows } = rowCollector()
  // Not by counting up: a row's number can be anything, and the rows between need not be there.
  const data = (sheet['!data'] ?? []) as unknown as Record<string, Record<string, BookCell> | undefined>
  for (const row in data) {
    const cells: Cell[] = []
    for (const column in data[row]) {
      const index = Number(column)
      const cell = cellText(data[row][column]!)
      if (cell === '') continue
      if (index >= sheetLimits.columns)
        throw new SheetFault('sheet_too_many_columns', `Row ${Number(row) + 1} has more than ${sheetLimits.columns} columns.`)
      cells[index] = cell
    }
    add(
      Number(row) + 1,
      Array.from(cells, (cell) => cell ?? ''),
    )
  }
  return rows
}

function cellText({ t, v, f, F, z }: BookCell): Cell {
  if (f !== undefined || F !== undefined) return { fault: 'formula', text: storable(cutText(`=${f ?? F}`, 50)) }
  if (t === 'e') return { fault: 'error', text: '' }
  if (v === undefined || v === null) return ''
  if (v instanceof Date) return Number.isNaN(v.getTime()) ? { fault: 'error', text: '' } : v.toISOString().slice(0, 10)
  // A number as it is shown when somebody gave it a format ("0012"), and with all its digits when nobody did.
  if (t === 'n') return textCell(z === undefined || z === 'General' ? String(v) : SSF.format(z, v))
  if (t === 'b') return v ? 'TRUE' : 'FALSE'
  return textCell(String(v))
}
