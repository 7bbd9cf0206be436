// The parts of a zipped spreadsheet, by their names. What a file says of its own sizes is not believed: the bytes that come out are counted.
// Source: PKWARE APPNOTE 6.3.10; ISO/IEC 29500-2, 7 (names of parts, whatever their case).
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { bomb, SheetFault, sheetLimits } from './cells.ts'

export type Package = Readonly<{
  has(name: string): boolean
  /** The bytes of a part, a piece at a time. @throws SheetFault when there is none, or too much of it */
  part(name: string): AsyncIterable<Buffer>
}>

/** @throws SheetFault */
export async function openPackage(file: Buffer): Promise<Package> {
  const parts = new Map<string, Entry>()
  const twice = new Set<string>()
  let zip: ZipFile
  try {
    // What is not read need not be in order, so sizes and names are not judged as they are listed.
    zip = await fromBufferPromise(file, { decodeStrings: false, validateEntrySizes: false, lazyEntries: true })
    if (zip.entryCount > sheetLimits.entries) throw bomb()
    for await (const entry of zip.eachEntry()) {
      const name = partName((entry.fileName as unknown as Buffer).toString('utf8'))
      if (parts.has(name)) twice.add(name)
      parts.set(name, entry)
    }
  } catch (error) {
    throw damaged(error)
  }
  const unpacked = new Map<string, number>()

  async function* part(path: string): AsyncGenerator<Buffer> {
    const name = partName(path)
    const entry = parts.get(name)
    if (entry === undefined || twice.has(name)) throw damaged(new Error(`the part ${name} is missing or there twice`))
    if (entry.isEncrypted()) throw isProtected()
    let bytes = 0
    try {
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        bytes += (chunk as Buffer).length
        unpacked.set(name, Math.max(bytes, unpacked.get(name) ?? 0))
        if (sum(unpacked.values()) > sheetLimits.unpackedBytes) throw bomb()
        yield chunk as Buffer
      }
    } catch (error) {
      throw damaged(error)
    }
  }
  return { has: (name) => parts.has(partName(name)), part }
}

/** Names as packages of all makers write them: with a slash before, with backslashes, in any case. */
function partName(name: string): string {
  return name.replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase()
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}

export function isProtected(): SheetFault {
  return new SheetFault('sheet_protected', 'The file is protected by a password.')
}

export function damaged(error: unknown): SheetFault {
  if (error instanceof SheetFault) return error
  const { message } = error as Error
  return /encryption/.test(message) ? isProtected() : new SheetFault('sheet_unreadable', `The file is damaged: ${message}`)
}
