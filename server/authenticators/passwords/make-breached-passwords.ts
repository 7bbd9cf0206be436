import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { bitsOf, blockBytes, blockOf, blocksFor, headOf, sha1 } from './breached-passwords.ts'

/**
 * Makes the file of breached passwords from a text file: one a line, as SHA-1 in 40 hexadecimal digits, with or without `:COUNT`
 * behind, which is how Have I Been Pwned hands them out; or as it is. Reads the source twice and holds the result in memory, 2 bytes an entry.
 * The file appears whole or not at all.
 * @returns how many there are, and the size of the file in bytes
 */
export async function makeBreachedPasswords(source: string, target: string): Promise<{ entries: number; bytes: number }> {
  let entries = 0
  for await (const hash of hashesOf(source)) entries += hash.length > 0 ? 1 : 0
  const blocks = blocksFor(entries)
  const filter = Buffer.alloc(blocks * blockBytes)
  for await (const hash of hashesOf(source)) {
    const start = blockOf(hash, blocks) * blockBytes
    for (const bit of bitsOf(hash)) {
      const byte = start + (bit >> 3)
      filter[byte] = filter[byte]! | (1 << (bit & 7))
    }
  }
  const head = headOf(entries, blocks)
  const unfinished = `${target}.${process.pid}`
  try {
    const file = await open(unfinished, 'w', 0o644)
    try {
      await file.writeFile(head)
      // One write takes 2 GiB at the most.
      for (let at = 0; at < filter.length; at += 2 ** 26) await file.writeFile(filter.subarray(at, at + 2 ** 26))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, target)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  return { entries, bytes: head.length + filter.length }
}

async function* hashesOf(source: string): AsyncGenerator<Buffer> {
  for await (const line of createInterface({ input: createReadStream(source), crlfDelay: Number.POSITIVE_INFINITY })) {
    const hex = /^([0-9a-f]{40})(?::\d+)?\s*$/i.exec(line)?.[1]
    if (hex !== undefined) yield Buffer.from(hex, 'hex')
    else if (line !== '') yield sha1(line)
  }
}
