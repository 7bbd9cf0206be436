// CSV and TXT: bytes to rows. Encoding and delimiter are found out, because no program asks for them when it writes such a file.
import { CsvError, parse } from 'csv-parse/sync'
import { type Cell, rowCounter, SheetFault, type SheetOutput, textCell } from './cells.ts'
import { decodeText, type Encoding, encodings, findEncoding } from './encodings.ts'
import { withoutGuard } from './formula.ts'

const delimiters = [',', ';', '\t', '|'] as const
const sampleCharacters = 64 * 1024
const sampleRows = 20
// A quotation mark that is never closed would make one cell of the rest of the file.
const longestRecord = 400_000
/** Excel's own word for the delimiter. Whoever opens the file there does not see this line, so it counts for none. */
const delimiterLine = /^sep=(.)(\r\n|\n|\r)/i

/**
 * Reads text with a delimiter.
 * @returns how many rows hold something
 * @throws SheetFault
 */
export function readText(bytes: Uint8Array, chosen: string | undefined, output: Pick<SheetOutput, 'origin' | 'row'>): number {
  const encoding = isEncoding(chosen) ? chosen : findEncoding(bytes)
  if (chosen === undefined && !encoding.startsWith('utf-16')) refuseProgram(bytes, encoding === 'utf-8' ? 0.3 : 0.05)
  const text = decodeText(bytes, encoding).replace(/^\ufeff/, '')
  refuseOtherText(text)
  output.origin({ sheets: [], sheet: null, encoding })
  const said = delimiterLine.exec(text)
  const lines = said === null ? text : text.slice(said[0].length)
  const rows = rowCounter(output)
  let row = 0
  parseRecords(lines, said?.[1] ?? delimiterOf(lines), (cells) => {
    row += 1
    rows.add(row, cells.map(csvCell))
  })
  return rows.count()
}

function isEncoding(name: string | undefined): name is Encoding {
  return (encodings as readonly (string | undefined)[]).includes(name)
}

function csvCell(text: string): Cell {
  // ="0412" is how text keeps its zeros in Excel; it computes nothing.
  const kept = /^\s*="([^"]*)"\s*$/.exec(text)
  if (kept !== null) return textCell(kept[1]!)
  // The guard is taken off before the blanks, since what it guards can be a blank; or after them, when somebody put them before it.
  const cell = textCell(text.startsWith("'") ? withoutGuard(text) : text)
  if (typeof cell !== 'string' || text.startsWith("'")) return cell
  // What a spreadsheet would take for a formula when it opens this file.
  return cell.startsWith('=') ? { fault: 'formula', text: cell } : withoutGuard(cell)
}

/** Some control characters stand in texts by accident, and are a cell's fault. Of a picture or a program they are every tenth byte. */
function refuseProgram(bytes: Uint8Array, most: number): void {
  const sample = bytes.subarray(0, sampleCharacters)
  const controls = sample.reduce((sum, byte) => sum + Number(byte < 9 || (byte > 13 && byte < 32)), 0)
  if (controls > sample.length * most) throw new SheetFault('sheet_format_unknown', 'This is neither a spreadsheet nor text.')
}

/** What other programs export under a spreadsheet's name, and what is text but no table. */
function refuseOtherText(text: string): void {
  const beginning = text.slice(0, 2000).trimStart()
  if (/^<(!doctype html|html|head|meta|table|style|body)\b/i.test(beginning))
    throw new SheetFault('sheet_is_page', 'This is a web page (HTML), whatever it is called.')
  if (/^<\?xml\b|^<[a-z][\w:.-]*[\s>]/i.test(beginning)) throw new SheetFault('sheet_is_data', 'This is XML.')
  if (/^\{\s*"|^\[\s*[[{]/.test(beginning)) throw new SheetFault('sheet_is_data', 'This is JSON.')
}

/** The delimiter that gives the most rows the same number of columns, and more than one: a title above the table has fewer. */
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
    const shares = [...Map.groupBy(counts, (count) => count)].filter(([columns]) => columns > 1)
    return Math.max(0, ...shares.map(([columns, rows]) => rows.length / counts.length + columns / 1000))
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
