// Writing spreadsheets: whatever a cell holds, no program that opens the file takes it for a formula.
import { Readable } from 'node:stream'
import { withGuard } from './formula.ts'

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
