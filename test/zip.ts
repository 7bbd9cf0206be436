// Zipped files of every lawful kind, and some of the other, for tests.
import { crc32, deflateRawSync } from 'node:zlib'

export type ZipKind = {
  /** Sizes and places in 64-bit fields, as some programs write them always. */
  zip64?: boolean
  /** Sizes after the data, and zeros before it. */
  descriptors?: boolean
  /** A field that nobody knows. */
  extra?: boolean
  stored?: boolean
  comment?: string
  /** What the file says of a size. */
  lie?: (bytes: number) => number
}
const whole = 0xffffffff

export function zipFile(entries: readonly (readonly [name: string, content: string | Buffer])[], kind: ZipKind = {}): Buffer {
  const { zip64 = false, descriptors = false, extra = false, stored = false, comment = '', lie = (bytes) => bytes } = kind
  const locals: Buffer[] = []
  const list: Buffer[] = []
  let at = 0
  for (const [name, content] of entries) {
    const bytes = Buffer.from(content as string)
    const packed = stored ? bytes : deflateRawSync(bytes)
    const sum = crc32(bytes)
    const said = lie(bytes.length)
    const unknown = extra ? Buffer.from([0xfe, 0xca, 4, 0, 1, 2, 3, 4]) : Buffer.alloc(0)
    const head = (where: 'local' | 'list') => {
      const isLate = descriptors && where === 'local'
      const sizes = isLate ? [0, 0] : [said, packed.length]
      const long = Buffer.alloc(zip64 ? (where === 'local' ? 20 : 28) : 0)
      if (zip64) {
        long.writeUInt16LE(1, 0)
        long.writeUInt16LE(long.length - 4, 2)
        for (const [index, size] of [...sizes, ...(where === 'list' ? [at] : [])].entries())
          long.writeBigUInt64LE(BigInt(size!), 4 + 8 * index)
      }
      const more = Buffer.concat([unknown, long])
      const fixed = Buffer.alloc(26)
      fixed.writeUInt16LE(zip64 ? 45 : 20, 0)
      fixed.writeUInt16LE(descriptors ? 8 : 0, 2)
      fixed.writeUInt16LE(stored ? 0 : 8, 4)
      fixed.writeUInt32LE(isLate ? 0 : sum, 10)
      fixed.writeUInt32LE(zip64 ? whole : sizes[1]!, 14)
      fixed.writeUInt32LE(zip64 ? whole : sizes[0]!, 18)
      fixed.writeUInt16LE(Buffer.byteLength(name), 22)
      fixed.writeUInt16LE(more.length, 24)
      return { fixed, more }
    }
    const local = head('local')
    const listed = head('list')
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(zip64 ? whole : at, 10)
    list.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), listed.fixed, rest, Buffer.from(name), listed.more)
    const descriptor = Buffer.alloc(descriptors ? (zip64 ? 24 : 16) : 0)
    if (descriptors) {
      descriptor.writeUInt32LE(0x08074b50, 0)
      descriptor.writeUInt32LE(sum, 4)
      if (zip64) {
        descriptor.writeBigUInt64LE(BigInt(packed.length), 8)
        descriptor.writeBigUInt64LE(BigInt(bytes.length), 16)
      } else {
        descriptor.writeUInt32LE(packed.length, 8)
        descriptor.writeUInt32LE(bytes.length, 12)
      }
    }
    const data = Buffer.concat([
      Buffer.from('PK\x03\x04', 'latin1'),
      local.fixed,
      Buffer.from(name),
      local.more,
      packed,
      descriptor,
    ])
    locals.push(data)
    at += data.length
  }
  const listed = Buffer.concat(list)
  return Buffer.concat([...locals, listed, endOf(entries.length, listed.length, at, zip64), Buffer.from(comment, 'latin1')])

  function endOf(count: number, bytes: number, begin: number, long: boolean): Buffer {
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x06054b50, 0)
    end.writeUInt16LE(long ? 0xffff : count, 8)
    end.writeUInt16LE(long ? 0xffff : count, 10)
    end.writeUInt32LE(long ? whole : bytes, 12)
    end.writeUInt32LE(long ? whole : begin, 16)
    end.writeUInt16LE(comment.length, 20)
    if (!long) return end
    const record = Buffer.alloc(56)
    record.writeUInt32LE(0x06064b50, 0)
    record.writeBigUInt64LE(44n, 4)
    record.writeUInt16LE(45, 12)
    record.writeUInt16LE(45, 14)
    for (const [index, value] of [count, count, bytes, begin].entries()) record.writeBigUInt64LE(BigInt(value), 24 + 8 * index)
    const locator = Buffer.alloc(20)
    locator.writeUInt32LE(0x07064b50, 0)
    locator.writeBigUInt64LE(BigInt(begin + bytes), 8)
    locator.writeUInt32LE(1, 16)
    return Buffer.concat([record, locator, end])
  }
}
