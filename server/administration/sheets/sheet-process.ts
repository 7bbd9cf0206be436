// A process of its own for what others made: whatever a hostile file does, it does here, where there is little memory, no network
// and nothing to write to. Reads a file from standard input and prints its rows, a line of JSON each.
import { SheetFault, type SheetRow, sheetLimits } from './cells.ts'
import { jsonLine } from './lines.ts'
import { readBook } from './read-book.ts'
import { readText } from './read-text.ts'

await readFile()

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
  process.stdout.write(jsonLine(line))
}
