// Writing spreadsheets: whatever a cell holds, no program that opens the file takes it for a formula.
import { Readable } from 'node:stream'
import { withGuard } from './formula.ts'
import { startSheetProcess } from './read-sheet.ts'

/** As what a file is sent, by its format. */
export const fileTypes = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

/** A CSV file as Excel and everything else opens it: UTF-8 with its mark, commas, CRLF. Source: RFC 4180. */
export function writeCsv(rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>): Readable {
  return Readable.from(csvLines(rows))
}

async function* csvLines(rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  let text = '\ufeff'
  for await (const row of rows) {
    text += `${row.map(csvField).join(',')}\r\n`
    if (text.length < 16_000) continue
    yield text
    text = ''
  }
  yield text
}

function csvField(value: string): string {
  const safe = withGuard(value)
  return /[",;\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/**
 * An XLSX file with one sheet, every cell of it text. Another process makes it: it takes seconds, and this one answers requests.
 * @throws sheets_busy
 */
export function writeXlsx(rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>): Readable {
  const writer = startSheetProcess('write')
  Readable.from(jsonLines(rows))
    .on('error', (error) => writer.stdout.destroy(error))
    .pipe(writer.stdin)
  writer.once('close', (code) => {
    if (code !== 0) writer.stdout.destroy(new Error(`the spreadsheet was not written (${code})`))
  })
  return writer.stdout.once('close', () => writer.kill('SIGKILL'))
}

async function* jsonLines(rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}
