import { type Cell, cutText, rowCounter, SheetFault, type SheetOutput, sheetLimits, storable, textCell } from './cells.ts'
import { below } from './merged-cells.ts'
import { dayOf } from './number-formats.ts'
import { type Attributes, readXml } from './xml.ts'

type OpenCell = { attributes: Attributes; isCovered: boolean; text: string; paragraphs: number }
/** What lies upon cells, or is said of them, and is none. */
const beside = new Set(['annotation', 'shapes', 'frame', 'custom-shape', 'g', 'forms', 'tracked-changes', 'note'])
const paragraphs = new Set(['p', 'h'])

/**
 * Reads the rows of one table of a document.
 * @param place of the table among those of the document
 * @returns how many rows hold something
 */
export async function readTable(
  bytes: AsyncIterable<Buffer>,
  place: number,
  isDateStyle: (name: string) => boolean,
  output: SheetOutput,
): Promise<number> {
  const rows = rowCounter(output)
  const above: string[] = []
  /** By their columns, cells that reach down over further rows. */
  const merged = new Map<number, { cell: Cell; rows: number }>()
  let table = -1
  let isIn = false
  let isDone = false
  let skipped = 0
  let row = 0
  let repeated = 1
  let column = 0
  let cells: Cell[] = []
  let isHidden = false
  let cell: OpenCell | undefined
  let begun: [column: number, rows: number][] = []
  let inParagraph = 0

  await readXml(
    bytes,
    {
      open(name, attributes) {
        above.push(name)
        if (name === 'table' && above.at(-2) === 'spreadsheet') {
          table += 1
          isIn = table === place
        }
        if (!isIn) return
        if (skipped > 0 || beside.has(name)) skipped += 1
        else if (name === 'table-row') {
          repeated = times(attributes['number-rows-repeated'])
          // By a filter, or by hand. Source: OASIS ODF 1.3, part 3, 19.749 (table:visibility).
          isHidden = attributes.visibility === 'filter' || attributes.visibility === 'collapse'
          column = 0
          cells = []
          begun = []
        } else if (name === 'table-cell' || name === 'covered-table-cell')
          cell = { attributes, isCovered: name !== 'table-cell', text: '', paragraphs: 0 }
        else if (cell === undefined) return
        else if (paragraphs.has(name)) {
          if (cell.paragraphs > 0) cell.text += '\n'
          cell.paragraphs += 1
          inParagraph += 1
        } else if (name === 's') cell.text += ' '.repeat(Math.min(times(attributes.c), sheetLimits.characters + 1))
        else if (name === 'tab') cell.text += '\t'
        else if (name === 'line-break') cell.text += '\n'
      },
      text(text) {
        if (cell !== undefined && inParagraph > 0 && skipped === 0) cell.text += text.replace(/[ \t\r\n]+/g, ' ')
      },
      close(name) {
        above.pop()
        if (!isIn) return
        if (skipped > 0) skipped -= 1
        else if (paragraphs.has(name)) inParagraph = Math.max(0, inParagraph - 1)
        else if ((name === 'table-cell' || name === 'covered-table-cell') && cell !== undefined) {
          endCell(cell)
          cell = undefined
        } else if (name === 'table-row') endRow()
        else if (name === 'table' && above.at(-1) === 'spreadsheet') isDone = true
        if (isDone) isIn = false
      },
      isDone: () => isDone,
    },
    output.taken,
  )
  return rows.count()

  function endCell({ attributes, isCovered, text }: OpenCell): void {
    const value = isCovered ? '' : cellOf(attributes, text, isDateStyle)
    const width = times(attributes['number-columns-repeated'])
    if (value !== '') {
      if (column + width > sheetLimits.columns)
        throw new SheetFault('sheet_too_many_columns', `Row ${row + 1} has more than ${sheetLimits.columns} columns.`)
      for (let i = 0; i < width; i += 1) cells[column + i] = value
      const spanned = times(attributes['number-rows-spanned'])
      if (spanned > 1) begun.push([column, spanned - 1])
    }
    column += width
  }

  function endRow(): void {
    const filled = Array.from(cells, (each) => each ?? '')
    if (filled.some((each) => each !== ''))
      for (const [at, { cell }] of merged) {
        while (filled.length < at) filled.push('')
        filled[at] = cell
      }
    for (const [at, { cell, rows }] of merged) {
      if (rows > repeated) merged.set(at, { cell, rows: rows - repeated })
      else merged.delete(at)
    }
    for (const [at, count] of begun) merged.set(at, { cell: below(filled[at]!), rows: count })
    if (filled.some((each) => each !== '')) for (let i = 0; i < repeated; i += 1) rows.add(row + 1 + i, filled, isHidden)
    row += repeated
  }
}

function cellOf(attributes: Attributes, text: string, isDateStyle: (name: string) => boolean): Cell {
  if (attributes.formula !== undefined) return { fault: 'formula', text: storable(cutText(attributes.formula, 50)) }
  switch (attributes['value-type']) {
    case 'error':
      return { fault: 'error', text: '' }
    case 'date':
      return { fault: 'date', text: storable(cutText(attributes['date-value'] ?? text, 10)) }
    case 'time':
      return { fault: 'date', text: storable(cutText(text, 50)) }
    case 'boolean':
      return attributes['boolean-value'] === 'true' ? 'TRUE' : 'FALSE'
    case 'float':
      if (isDateStyle(attributes['style-name'] ?? '')) return dayOf(Number(attributes.value)) ?? { fault: 'date', text: '' }
      return textCell(numberText(attributes.value ?? '', text))
    case 'percentage':
    case 'currency':
      return textCell(numberText(attributes.value ?? '', text))
    default:
      return textCell(attributes['string-value'] ?? text)
  }
}

/** A number as it is shown ("0012", "+598 99"), unless that leaves some of its digits out. */
function numberText(value: string, shown: string): string {
  const exact = String(Number(value))
  const digits = (text: string) => text.replace(/\D/g, '').replace(/^0+/, '')
  return shown !== '' && digits(shown) === digits(exact) ? shown : exact
}

function times(count: string | undefined): number {
  return Math.max(1, Number.parseInt(count ?? '1', 10) || 1)
}
