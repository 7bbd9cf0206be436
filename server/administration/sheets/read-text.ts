// CSV and TXT: bytes to rows. Encoding and delimiter are found out, because no program asks for them when it writes such a file.
import { CsvError, parse } from 'csv-parse/sync'
import { type Cell, rowCollector, SheetFault, type SheetRow, textCell } from './cells.ts'
import { withoutGuard } from './formula.ts'

const delimiters = [',', ';', '\t', '|'] as const
const sampleCharacters = 64 * 1024
const sampleRows = 20
// A quotation mark that is never closed would make one cell of the rest of the file.
const longestRecord = 400_000

/**
 * Reads text with a delimiter.
 * @throws SheetFault
 */
export function readText(bytes: Uint8Array): SheetRow[] {
  const text = decode(bytes)
  const { add, rows } = rowCollector()
  let row = 0
  parseRecords(text, delimiterOf(text), (cells) => {
    row += 1
    add(row, cells.map(csvCell))
  })
  return rows
}

function csvCell(text: string): Cell {
  // The guard is taken off before the blanks, since what it guards can be a blank; or after them, when somebody put them before it.
  const cell = textCell(text.startsWith("'") ? withoutGuard(text) : text)
  if (typeof cell !== 'string' || text.startsWith("'")) return cell
  // What a spreadsheet would take for a formula when it opens this file.
  return cell.startsWith('=') ? { fault: 'formula', text: cell } : withoutGuard(cell)
}

/** UTF-8 with or without a mark, UTF-16 with one, and else Windows' Latin-1. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes
  const wide = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined
  if (wide !== undefined) return new TextDecoder(wide).decode(bytes)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    refuseProgram(bytes, 0.3)
    return text
  } catch (error) {
    if (error instanceof SheetFault) throw error
    refuseProgram(bytes, 0.05)
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Some control characters stand in texts by accident, and are a cell's fault. Of a picture or a program they are every tenth byte. */
function refuseProgram(bytes: Uint8Array, most: number): void {
  const sample = bytes.subarray(0, sampleCharacters)
  const controls = sample.reduce((sum, byte) => sum + Number(byte < 9 || (byte > 13 && byte < 32)), 0)
  if (controls > sample.length * most) throw new SheetFault('sheet_format_unknown', 'This is neither a spreadsheet nor text.')
}

/** The delimiter that gives the first rows the same number of columns, and more than one. */
function delimiterOf(text: string): string {
  const cut = text.slice(0, sampleCharacters)
  const lastLine = Math.max(cut.lastIndexOf('\n'), cut.lastIndexOf('\r'))
  const sample = cut.length < text.length && lastLine > 0 ? cut.slice(0, lastLine) : cut
  const scores = delimiters.map((delimiter) => {
    const counts: number[] = []
    try {
      parseRecords(
        sample,
        delimiter,
        (cells) => void (cells.some((cell) => cell !== '') && counts.push(cells.length)),
        sampleRows,
      )
    } catch {
      // It may still be the best one; reading the whole says what is wrong.
    }
    const columns = counts[0] ?? 0
    if (columns < 2) return 0
    return counts.filter((count) => count === columns).length / counts.length + columns / 1000
  })
  const best = Math.max(...scores)
  return delimiters[scores.indexOf(best)]!
}

function parseRecords(text: string, delimiter: string, each: (cells: string[]) => void, most?: number): void {
  try {
    parse(text, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: longestRecord,
      ...(most !== undefined && { to: most }),
      // Nothing is kept by the parser itself.
      on_record: (cells: string[]) => {
        each(cells)
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines } = error as CsvError & { lines?: number }
    throw new SheetFault('sheet_unreadable', `The text cannot be read as rows, near line ${lines ?? '?'}: ${error.code}.`)
  }
}
