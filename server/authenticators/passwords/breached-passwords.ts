// The operator's list of breached passwords: a Bloom filter in a file, made by `gatehouse breached-passwords make`.
// A look is one read of 64 bytes, so a list of a thousand million passwords costs no memory; the system's cache keeps what is often read.
// About one password in a thousand that is not in the list is taken for one that is, and its person chooses another one.
//
// The file: 64 bytes of head, then blocks of 64 bytes. Head: 16 bytes of name, then three unsigned 64-bit numbers, the most significant
// byte first: version, entries, blocks. A password is the SHA-1 of its UTF-8 bytes: the first 48 bits choose its block, as a share of
// all; the last 96 bits hold ten numbers of 9 bits, the bits of the block that are set.
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

const name = 'gatehouse-bloom\n'
const version = 1n
export const headBytes = 64
export const blockBytes = 64
const bitsPerEntry = 16
const numbersPerEntry = 10

export type BreachedPasswords = Readonly<{
  entries: number
  /** Whether this password, in the form NFC, has become known. */
  has(password: string): Promise<boolean>
  close(): Promise<void>
}>

/**
 * Opens the list.
 * @throws Error that says what is wrong with the file
 */
export async function openBreachedPasswords(path: string): Promise<BreachedPasswords> {
  const file = await open(path).catch((error: Error) => {
    throw new Error(`The breached passwords cannot be read: ${error.message}`)
  })
  try {
    const { entries, blocks } = await readHead(file, path)
    return {
      entries,
      async has(password) {
        const hash = sha1(password)
        const block = Buffer.alloc(blockBytes)
        await readAll(file, block, headBytes + blockOf(hash, blocks) * blockBytes)
        return bitsOf(hash).every((bit) => block[bit >> 3]! & (1 << (bit & 7)))
      },
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** What `gatehouse doctor` says of the file. */
export async function describeBreachedPasswords(path: string): Promise<{ ok: boolean; says: string }> {
  try {
    const breached = await openBreachedPasswords(path)
    await breached.close()
    return { ok: true, says: `${breached.entries} in ${path}` }
  } catch (error) {
    return { ok: false, says: (error as Error).message }
  }
}

async function readHead(file: FileHandle, path: string): Promise<{ entries: number; blocks: number }> {
  const head = Buffer.alloc(headBytes)
  const { size } = await file.stat()
  if (size >= headBytes) await readAll(file, head, 0)
  if (head.toString('latin1', 0, name.length) !== name || head.readBigUInt64BE(16) !== version)
    throw new Error(`${path} is no list of breached passwords: make one with \`gatehouse breached-passwords make\`.`)
  const entries = Number(head.readBigUInt64BE(24))
  const blocks = Number(head.readBigUInt64BE(32))
  if (blocks < 1 || size !== headBytes + blocks * blockBytes)
    throw new Error(`${path} is not whole: it has ${size} bytes and should have ${headBytes + blocks * blockBytes}.`)
  return { entries, blocks }
}

async function readAll(file: FileHandle, into: Buffer, position: number): Promise<void> {
  const { bytesRead } = await file.read(into, 0, into.length, position)
  if (bytesRead < into.length) throw new Error('The breached passwords cannot be read: the file has become shorter.')
}

export function headOf(entries: number, blocks: number): Buffer {
  const head = Buffer.alloc(headBytes)
  head.write(name, 'latin1')
  head.writeBigUInt64BE(version, 16)
  head.writeBigUInt64BE(BigInt(entries), 24)
  head.writeBigUInt64BE(BigInt(blocks), 32)
  return head
}

export function blocksFor(entries: number): number {
  return Math.max(1, Math.ceil((entries * bitsPerEntry) / (blockBytes * 8)))
}

export function sha1(password: string): Buffer {
  return createHash('sha1').update(password.normalize('NFC')).digest()
}

/** Which block a hash belongs to. Grows with the hash, so that a sorted source fills the file from its beginning to its end. */
export function blockOf(hash: Buffer, blocks: number): number {
  return Math.floor((hash.readUIntBE(0, 6) / 2 ** 48) * blocks)
}

/** The ten bits of its block that a hash sets. */
export function bitsOf(hash: Buffer): number[] {
  const bits: number[] = []
  for (let at = 8 * 8; bits.length < numbersPerEntry; at += 9) {
    const byte = at >> 3
    const pair = (hash[byte]! << 8) | (hash[byte + 1] ?? 0)
    bits.push((pair >> (7 - (at & 7))) & 511)
  }
  return bits
}
