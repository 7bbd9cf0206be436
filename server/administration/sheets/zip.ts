// Writes a zipped file while it is read, entry after entry. Sizes come after the data, since nobody knows them before.
// Source: PKWARE APPNOTE 6.3.10, 4.3.7 to 4.3.16.
import { pipeline, type Readable } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'

type Content = Iterable<string> | AsyncIterable<string>

/** Sizes follow the data, and names are UTF-8. */
const flags = 0x0808
const deflated = 8
/** 1 January 1980, the first day there is: what is written says nothing of when. */
const day = 0x21

/** The bytes of a file with these entries, less than 4 GB. Fails when a content does, so that no part passes for the whole. */
export async function* zip(entries: Iterable<readonly [name: string, content: Content]>): AsyncGenerator<Buffer> {
  const list: Buffer[] = []
  let at = 0
  for (const [name, content] of entries) {
    const sums = { crc: 0, bytes: 0 }
    const nameBytes = Buffer.from(name)
    const local = Buffer.concat([numbers([4, 0x04034b50], ...common(0, 0, 0, nameBytes.length)), nameBytes])
    yield local
    let packed = 0
    for await (const chunk of deflate(summed(content, sums))) {
      packed += chunk.length
      yield chunk
    }
    yield numbers([4, 0x08074b50], [4, sums.crc], [4, packed], [4, sums.bytes])
    const fields = common(sums.crc, packed, sums.bytes, nameBytes.length)
    list.push(numbers([4, 0x02014b50], [2, 20], ...fields, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]), nameBytes)
    at += local.length + packed + 16
  }
  const listed = Buffer.concat(list)
  const count = list.length / 2
  yield Buffer.concat([
    listed,
    numbers([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, listed.length], [4, at], [2, 0]),
  ])
}

type NumberField = readonly [bytes: 2 | 4, value: number]

/** What an entry's own header and its place in the list share. */
const common = (crc: number, packed: number, bytes: number, nameBytes: number): NumberField[] => [
  [2, 20],
  [2, flags],
  [2, deflated],
  [2, 0],
  [2, day],
  [4, crc],
  [4, packed],
  [4, bytes],
  [2, nameBytes],
  [2, 0],
]

function numbers(...fields: readonly NumberField[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0))
  let at = 0
  for (const [bytes, value] of fields) at = buffer.writeUIntLE(value, at, bytes)
  return buffer
}

async function* summed(content: Content, sums: { crc: number; bytes: number }): AsyncGenerator<Buffer> {
  for await (const text of content) {
    const bytes = Buffer.from(text)
    sums.crc = crc32(bytes, sums.crc)
    sums.bytes += bytes.length
    yield bytes
  }
}

/** On another thread. Whoever stops reading stops the content, and a content that fails fails the reader. */
function deflate(content: AsyncIterable<Buffer>): Readable {
  return pipeline(content, createDeflateRaw(), () => {})
}
