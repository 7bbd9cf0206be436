// A sealed audit as a file: JSON, a line each: what it is, then every seal with its entries, then the end. Whoever has the public key can
// verify it, anywhere and without this database.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { SealedText } from './chain.ts'
import type { Passage } from './verify.ts'

export type AuditHead = {
  format: 'gatehouse audit 1'
  instanceId: string
  instance: string
  publicKey: string
  exportedAt: string
}

/** The lines of the file. */
export async function* writeAudit(head: Omit<AuditHead, 'format'>, passages: AsyncIterable<Passage>): AsyncGenerator<string> {
  yield `${JSON.stringify({ format: 'gatehouse audit 1', ...head })}\n`
  let seals = 0
  for await (const { entries, ...seal } of passages) {
    const bytes = (value: Buffer | null) => value?.toString('base64url') ?? null
    const { hashes, hash, signature, removal, number, ids, sealedAt, removedAt } = seal
    const kept = {
      number,
      ids,
      hashes: bytes(hashes),
      hash: bytes(hash),
      sealedAt,
      signature: bytes(signature),
      removedAt,
      removal: bytes(removal),
    }
    yield `${JSON.stringify({ seal: kept })}\n`
    for (const { id, entry, caller, detail, erasedCaller, erasedDetail } of entries)
      yield `${JSON.stringify({ id, entry, caller, detail, erasedCaller: bytes(erasedCaller), erasedDetail: bytes(erasedDetail) })}\n`
    seals += 1
  }
  yield `${JSON.stringify({ end: { seals } })}\n`
}

/**
 * Reads such a file.
 * @returns its head, and its seals one after the other
 * @throws Error that says what the file is instead; from the passages, when it is cut off or damaged
 */
export async function openAuditFile(path: string): Promise<{ head: AuditHead; passages: AsyncGenerator<Passage> }> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  const first = await lines.next()
  const head = first.done ? undefined : parse<AuditHead>(first.value)
  if (head?.format !== 'gatehouse audit 1') throw new Error(`${path} is no audit that \`gatehouse audit export\` wrote.`)
  return { head, passages: passagesOf(path, lines) }
}

type Line = Partial<{ seal: Record<string, string> & { ids: string[] }; end: { seals: number }; entry: string }> &
  Record<string, string | null>

async function* passagesOf(path: string, lines: AsyncIterator<string>): AsyncGenerator<Passage> {
  const bytes = (text: string | null | undefined) => (text == null ? null : Buffer.from(text, 'base64url'))
  let passage: Passage | undefined
  let seals = 0
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const said = parse<Line>(line.value)
    if (said?.end !== undefined) {
      if (passage) yield passage
      if (said.end.seals !== seals) throw new Error(`${path} has lost seals: there should be ${said.end.seals}.`)
      return
    }
    if (said?.seal !== undefined) {
      if (passage) yield passage
      seals += 1
      const { number, ids, hashes, hash, sealedAt, signature, removedAt, removal } = said.seal
      passage = {
        number: number!,
        ids,
        hashes: bytes(hashes)!,
        hash: bytes(hash)!,
        sealedAt: sealedAt!,
        signature: bytes(signature)!,
        removedAt: removedAt ?? null,
        removal: bytes(removal),
        entries: [],
      }
    } else if (typeof said?.entry === 'string' && passage !== undefined) {
      const { id, entry, caller, detail, erasedCaller, erasedDetail } = said as Record<string, string | null>
      const text: SealedText = {
        entry: entry!,
        caller: caller ?? null,
        detail: detail ?? null,
        erasedCaller: bytes(erasedCaller),
        erasedDetail: bytes(erasedDetail),
      }
      passage.entries.push({ ...text, id: id! })
    } else throw new Error(`${path} is damaged after seal ${seals}.`)
  }
  throw new Error(`${path} is cut off after seal ${seals}.`)
}

function parse<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T
  } catch {
    return undefined
  }
}
