import { type Cell, cutText, rowCounter, SheetFault, type SheetOutput, sheetLimits, storable, textCell } from './cells.ts'
import { columnOf, type Merged, mergedFiller } from './merged-cells.ts'
import type { NumberFormats } from './number-formats.ts'
import { type Attributes, readXml } from './xml.ts'

/** What cells of a workbook point to. */
export type SheetParts = { strings: readonly Cell[]; formats: NumberFormats; merged: readonly Merged[] }

/** Whether there is a value in any cell. Reads no further than the first. */
export async function sheetHoldsSomething(bytes: AsyncIterable<Buffer>): Promise<boolean> {
  let found = false
  let takes = false
  await readXml(bytes, {
    open: (name) => {
      takes = name === 'v' || name === 't' || name === 'f'
      if (name === 'f') found = true
    },
    text: (text) => {
      found ||= takes && text.trim() !== ''
    },
    isDone: () => found,
  })
  return found
}

/**
 * Reads the rows of a sheet.
 * @returns how many hold something
 */
export async function readSheetXml(
  bytes: AsyncIterable<Buffer>,
  output: SheetOutput,
  { strings, formats, merged }: SheetParts,
): Promise<number> {
  const rows = rowCounter(output)
  const fillMerged = mergedFiller(merged)
  let row = 0
  let column = -1
  let cells: Cell[] = []
  let cell: { type: string; style: number; value: string; inline: string; formula: string | undefined } | undefined
  let inRows = false
  let isHidden = false
  let inPhonetic = false
  let takes: 'value' | 'inline' | 'formula' | undefined

  await readXml(
    bytes,
    {
      open(name, attributes) {
        const { r, t, s } = attributes
        takes = undefined
        if (name === 'sheetData') inRows = true
        if (!inRows) return
        if (name === 'row') {
          const number = r === undefined ? row + 1 : Number(r)
          if (!(number > row)) throw new Error(`row ${number} comes after row ${row}`)
          row = number
          column = -1
          cells = []
          isHidden = isHiddenRow(attributes)
        } else if (name === 'c') {
          column = r === undefined ? column + 1 : columnOf(/^[A-Za-z]+/.exec(r)?.[0] ?? 'A')
          cell = { type: t ?? 'n', style: Number(s ?? 0), value: '', inline: '', formula: undefined }
        } else if (cell !== undefined) {
          if (name === 'v') takes = 'value'
          else if (name === 'f') {
            takes = 'formula'
            cell.formula ??= ''
          } else if (name === 't' && !inPhonetic) takes = 'inline'
          else if (name === 'rPh') inPhonetic = true
        }
      },
      text(text) {
        if (takes !== undefined && cell !== undefined) cell[takes] = (cell[takes] ?? '') + text
      },
      close(name) {
        takes = undefined
        if (name === 'sheetData') inRows = false
        else if (name === 'rPh') inPhonetic = false
        else if (name === 'c' && cell !== undefined) {
          const read = cellOf(cell)
          cell = undefined
          if (read !== '' && column >= sheetLimits.columns)
            throw new SheetFault('sheet_too_many_columns', `Row ${row} has more than ${sheetLimits.columns} columns.`)
          if (read !== '') cells[column] = read
        } else if (name === 'row' && inRows) {
          fillMerged(row, cells)
          rows.add(
            row,
            Array.from(cells, (each) => each ?? ''),
            isHidden,
          )
        }
      },
    },
    output.taken,
  )
  return rows.count()

  function cellOf({ type, style, value, inline, formula }: NonNullable<typeof cell>): Cell {
    if (formula !== undefined) return { fault: 'formula', text: storable(cutText(`=${formula}`, 50)) }
    if (type === 'inlineStr') return textCell(withoutEscapes(inline))
    if (value === '') return ''
    if (type === 's') return strings[Number(value)] ?? { fault: 'error', text: '' }
    if (type === 'e') return { fault: 'error', text: '' }
    if (type === 'b') return value.trim() === '1' || value.trim() === 'true' ? 'TRUE' : 'FALSE'
    if (type === 'd') return { fault: 'date', text: storable(cutText(value.trim(), 10)) }
    const number = Number(value)
    return type === 'n' && !Number.isNaN(number) ? formats(style, number) : textCell(withoutEscapes(value))
  }
}

/** By a filter or by hand; one without any height is not seen either. Source: ISO/IEC 29500-1, 18.3.1.73 (row). */
function isHiddenRow({ hidden, ht }: Attributes): boolean {
  return hidden === '1' || hidden === 'true' || (ht !== undefined && Number(ht) === 0)
}

/** The text of before: what XML cannot hold is written as _x000D_. Source: ISO/IEC 29500-1, 22.9.2.19 (ST_Xstring). */
export function withoutEscapes(text: string): string {
  return text.replace(/_x([0-9a-fA-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
