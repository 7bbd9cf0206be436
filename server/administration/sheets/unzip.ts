// Opens a zipped file under limits. What it says of its own sizes is not believed: the bytes that come out are counted.
// Source: PKWARE APPNOTE 6.3.10, 4.3.
import { inflateRawSync } from 'node:zlib'
import { SheetFault, sheetLimits } from './cells.ts'

const endMark = 0x06054b50
const entryMark = 0x02014b50
const localMark = 0x04034b50
const longestComment = 65_535

/**
 * The entries that are wanted, unpacked.
 * @throws SheetFault
 */
export function unzip(file: Buffer, isWanted: (name: string) => boolean): Map<string, Buffer> {
  try {
    return entriesOf(file, isWanted)
  } catch (error) {
    if (error instanceof SheetFault) throw error
    throw new SheetFault('sheet_unreadable', `The file is damaged: ${(error as Error).message}`)
  }
}

function entriesOf(file: Buffer, isWanted: (name: string) => boolean): Map<string, Buffer> {
  const end = file.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'))
  if (end === -1 || end < file.length - 22 - longestComment || file.readUInt32LE(end) !== endMark)
    throw new SheetFault('sheet_unreadable', 'The file is damaged: its list of contents is missing.')
  const count = file.readUInt16LE(end + 10)
  if (count > sheetLimits.entries) throw bomb()
  const entries = new Map<string, Buffer>()
  let left: number = sheetLimits.unpackedBytes
  let at = file.readUInt32LE(end + 16)
  for (let index = 0; index < count; index += 1) {
    if (file.readUInt32LE(at) !== entryMark) throw new Error('an entry is missing')
    const flags = file.readUInt16LE(at + 8)
    const method = file.readUInt16LE(at + 10)
    const packedBytes = file.readUInt32LE(at + 20)
    const declaredBytes = file.readUInt32LE(at + 24)
    const nameBytes = file.readUInt16LE(at + 28)
    const local = file.readUInt32LE(at + 42)
    const name = file.toString('utf8', at + 46, at + 46 + nameBytes)
    at += 46 + nameBytes + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
    if (!isWanted(name)) continue
    if (flags & 0x2041) throw new SheetFault('sheet_format_unknown', 'The file is protected by a password.')
    // What is too large by its own word need not be unpacked.
    if (declaredBytes > left) throw bomb()
    if (entries.has(name)) throw new Error('an entry is there twice')
    const content = unpack(file, local, packedBytes, method, left)
    left -= content.length
    entries.set(name, content)
  }
  return entries
}

function unpack(file: Buffer, local: number, packedBytes: number, method: number, most: number): Buffer {
  if (file.readUInt32LE(local) !== localMark) throw new Error('an entry is not where it should be')
  const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28)
  const packed = file.subarray(from, from + packedBytes)
  if (packed.length !== packedBytes) throw new Error('it ends too early')
  if (method === 0) {
    // Entries may lie upon each other, so that stored ones can be many times the file.
    if (packedBytes > most) throw bomb()
    return packed
  }
  if (method !== 8) throw new Error('an entry is packed in an unknown way')
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, most) })
  } catch (error) {
    throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? bomb() : error
  }
}

function bomb(): SheetFault {
  return new SheetFault('sheet_bomb', 'Unpacked, the file is far too large.')
}
