// A process of its own for what others made: whatever a hostile file does, it does here, where there is little memory, no network
// and nothing to write to. Reads a file from standard input and prints its rows, a line each; or takes rows and prints a file.
import { createInterface } from 'node:readline'
import { utils, write } from '@e965/xlsx'
import { SheetFault, type SheetRow, sheetLimits } from './cells.ts'
import { readBook } from './read-book.ts'
import { readText } from './read-text.ts'

if (process.argv[2] === 'write') await writeBook()
else await readFile()

async function readFile(): Promise<void> {
  try {
    for (const row of rowsOf(await wholeInput())) print(row)
    print({ end: true })
  } catch (error) {
    print(
      error instanceof SheetFault
        ? { fault: error.code, message: error.message }
        : { fault: 'sheet_unreadable', message: String(error) },
    )
  }
}

async function wholeInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length
    // Read on to the end, so that the sender gets to hear what is wrong.
    if (bytes <= sheetLimits.fileBytes) chunks.push(chunk)
  }
  if (bytes > sheetLimits.fileBytes) throw new SheetFault('sheet_too_large', 'The file is larger than 50 MB.')
  return Buffer.concat(chunks)
}

/** By its content: what a file is called says little. */
function rowsOf(file: Buffer): SheetRow[] {
  const rows = file.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004' ? readBook(file) : readText(file)
  if (rows.length === 0) throw new SheetFault('sheet_empty', 'The file holds no rows.')
  return rows
}

function print(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Every cell is text, so none is a formula, whatever it begins with. */
async function writeBook(): Promise<void> {
  const rows: string[][] = []
  for await (const line of createInterface({ input: process.stdin })) rows.push(JSON.parse(line) as string[])
  const cells = rows.map((row) => row.map((value) => ({ t: 's' as const, v: value, z: '@' })))
  const sheet = utils.aoa_to_sheet(cells, { dense: true })
  sheet['!cols'] = (rows[0] ?? []).map((_, column) => ({
    wch: Math.min(40, Math.max(8, ...rows.slice(0, 100).map((row) => row[column]?.length ?? 0))),
  }))
  process.stdout.write(write(utils.book_new(sheet, 'Gatehouse'), { type: 'buffer', bookType: 'xlsx', compression: true }))
}
