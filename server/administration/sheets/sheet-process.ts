// A process of its own for what others made: whatever a hostile file does, it does here, where there is little memory, no network
// and nothing to write to. Reads a file from standard input and prints its rows, a line of JSON each, as they are read.
import { once } from 'node:events'
import { type SheetChoice, SheetFault, type SheetOutput, sheetLimits } from './cells.ts'
import { jsonLine } from './lines.ts'
import { isProtected, openPackage } from './package.ts'
import { isOpenDocument, readOds } from './read-ods.ts'
import { readText } from './read-text.ts'
import { findWorkbook, readXlsx } from './read-xlsx.ts'

const zipMark = Buffer.from('PK\u0003\u0004', 'latin1')
/** Of the container in which both old spreadsheets and protected new ones lie. Source: MS-CFB 2.2, MS-OFFCRYPTO 2.3.4.4. */
const containerMark = Buffer.from('d0cf11e0a1b11ae1', 'hex')
const encryptedPart = Buffer.from('EncryptedPackage', 'utf16le')

/** So much is held back until the whole file has been read, so that of a file that is refused usually nothing is handed on. In bytes. */
const mostHeld = 32 * 1024 * 1024
let held: Buffer[] | undefined = []
let heldBytes = 0
const pieceCharacters = 64 * 1024
let waiting = ''

const output: SheetOutput = {
  origin: (origin) => hold({ origin }),
  row: hold,
  async taken() {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
  },
}

try {
  const choice = JSON.parse(process.argv[2] ?? '{}') as SheetChoice
  if ((await readFile(await wholeInput(), choice)) === 0) throw new SheetFault('sheet_empty', 'The file holds no rows.')
  release()
  print({ end: true })
} catch (error) {
  const { code, message } = error instanceof SheetFault ? error : { code: 'sheet_unreadable', message: String(error) }
  print({ fault: code, message })
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
async function readFile(file: Buffer, { sheet, encoding }: SheetChoice): Promise<number> {
  if (file.indexOf(containerMark) === 0) {
    if (file.includes(encryptedPart)) throw isProtected()
    throw new SheetFault('sheet_is_old', 'The file has the old format XLS.')
  }
  if (file.indexOf(zipMark) !== 0) return readText(file, encoding, output)
  const pack = await openPackage(file)
  const workbook = await findWorkbook(pack)
  if (workbook !== undefined) return readXlsx(pack, workbook, sheet, output)
  if (isOpenDocument(pack)) return readOds(pack, sheet, output)
  throw new SheetFault('sheet_format_unknown', 'The file is neither XLSX nor ODS.')
}

function hold(line: unknown): void {
  if (held === undefined) {
    print(line)
    return
  }
  waiting += jsonLine(line)
  if (waiting.length < pieceCharacters) return
  const piece = Buffer.from(waiting)
  waiting = ''
  held.push(piece)
  heldBytes += piece.length
  if (heldBytes > mostHeld) release()
}

function release(): void {
  for (const piece of held ?? []) process.stdout.write(piece)
  process.stdout.write(waiting)
  held = undefined
  waiting = ''
}

function print(line: unknown): void {
  process.stdout.write(jsonLine(line))
}
