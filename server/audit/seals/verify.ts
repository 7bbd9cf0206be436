// Verifies an audit, whether it is read from the database or from an export: the same passages, in order. Needs the public key and nothing
// else. docs/decisions/0023-a-sealed-audit.md
import type { KeyObject } from 'node:crypto'
import {
  beginning,
  chain,
  entryHash,
  isSigned,
  readPublicKey,
  removalText,
  type SealedText,
  type SignedSeal,
  sealText,
} from './chain.ts'

/** A seal and the entries that stand where it covers them. */
export type Passage = {
  number: string
  /** None when they were removed after their time. */
  ids: string[]
  hashes: Buffer
  hash: Buffer
  sealedAt: string
  signature: Buffer
  removedAt: string | null
  removal: Buffer | null
  /** In the order in which they were found; those that no seal names among them. */
  entries: (SealedText & { id: string })[]
}

/** A seal that was written down elsewhere. */
export type Checkpoint = SignedSeal & { signature: Buffer }

export type AuditFault = {
  /**
   * `seal`: it is not what was signed, or one is missing before it. `lost`: a seal that was written down elsewhere is not there.
   * `checkpoint`: what was written down was not signed here.
   */
  kind: 'changed' | 'missing' | 'added' | 'moved' | 'seal' | 'lost' | 'checkpoint'
  seal: string
  /** The entry. */
  id?: string
}

export type Verdict = {
  entries: number
  seals: number
  /** The first seal whose entries are there, and when those before were removed. */
  removedUpTo: { number: string; at: string } | undefined
  lastSealedAt: string | undefined
  faults: AuditFault[]
}

/** Faults that are named; more are as bad as these. */
const mostFaults = 1000

/**
 * @param publicKey as `gatehouse audit key` prints it
 * @throws Error when it is no key
 */
export async function verifyAudit(
  instanceId: string,
  passages: AsyncIterable<Passage>,
  publicKey: string,
  checkpoints: readonly Checkpoint[] = [],
): Promise<Verdict> {
  const key = readPublicKey(publicKey)
  const verdict: Verdict = { entries: 0, seals: 0, removedUpTo: undefined, lastSealedAt: undefined, faults: [] }
  const blame = (...faults: AuditFault[]) => verdict.faults.push(...faults.slice(0, mostFaults - verdict.faults.length))
  const awaited = new Map<string, Checkpoint>()
  for (const each of checkpoints.filter((one) => one.instanceId === instanceId)) {
    if (isSigned(sealText(each), each.signature, key)) awaited.set(each.number, each)
    else blame({ kind: 'checkpoint', seal: each.number })
  }
  let next = 1n
  let link: Buffer = beginning
  for await (const passage of passages) {
    const { number } = passage
    const removed = passage.removal !== null && verdict.seals === 0
    const followsOn = removed || BigInt(number) === next
    const rightly = removed
      ? isRemovedRightly(instanceId, passage, key)
      : followsOn && isSealedRightly(instanceId, passage, link, key)
    if (!rightly) blame({ kind: 'seal', seal: number })
    if (removed) verdict.removedUpTo = { number, at: passage.removedAt! }
    else blame(...entryFaults(passage))
    const known = awaited.get(number)
    if (known !== undefined && !known.hash.equals(passage.hash)) blame({ kind: 'lost', seal: number })
    // Those before what was removed rightly can no longer be asked for.
    for (const each of awaited.keys()) if (BigInt(each) <= BigInt(number)) awaited.delete(each)
    verdict.seals += 1
    verdict.entries += passage.entries.length
    verdict.lastSealedAt = passage.sealedAt
    link = passage.hash
    next = BigInt(number) + 1n
  }
  for (const number of awaited.keys()) blame({ kind: 'lost', seal: number })
  return verdict
}

function isSealedRightly(
  instanceId: string,
  { number, ids, hashes, hash, sealedAt, signature }: Passage,
  link: Buffer,
  key: KeyObject,
) {
  if (ids.length === 0 || hashes.length !== 32 * ids.length) return false
  const each = ids.map((_, place) => hashes.subarray(32 * place, 32 * place + 32))
  const text = sealText({ instanceId, number, entries: ids.length, hash, sealedAt })
  return chain(link, each).equals(hash) && isSigned(text, signature, key)
}

function isRemovedRightly(instanceId: string, { number, hash, removedAt, removal }: Passage, key: KeyObject): boolean {
  return isSigned(removalText({ instanceId, number, hash, removedAt: removedAt! }), removal!, key)
}

function entryFaults({ number: seal, ids, hashes, entries }: Passage): AuditFault[] {
  const sealed = new Map(ids.map((id, place) => [id, hashes.subarray(32 * place, 32 * place + 32)]))
  const found = new Map(entries.map((each) => [each.id, each]))
  const faults: AuditFault[] = []
  for (const [id, hash] of sealed) {
    const entry = found.get(id)
    if (entry === undefined) faults.push({ kind: 'missing', seal, id })
    // The number that it is found under stands in it too.
    else if (!hash.equals(entryHash(entry)) || String(JSON.parse(entry.entry).id) !== id)
      faults.push({ kind: 'changed', seal, id })
  }
  for (const id of found.keys()) if (!sealed.has(id)) faults.push({ kind: 'added', seal, id })
  const order = entries.filter(({ id }) => sealed.has(id)).map(({ id }) => id)
  const rightOrder = [...sealed.keys()].filter((id) => found.has(id))
  for (const [place, id] of order.entries()) if (id !== rightOrder[place]) faults.push({ kind: 'moved', seal, id })
  return faults
}

/** A seal as it is written down elsewhere: one line. */
export function checkpointLine({ instanceId, number, entries, hash, sealedAt, signature }: Checkpoint): string {
  const bytes = `${hash.toString('hex')} ${signature.toString('base64url')}`
  return `gatehouse-audit ${instanceId} ${number} ${entries} ${sealedAt} ${bytes}`
}

/** The checkpoints of a text; whatever stands around them, as in a log or a message, is left out. */
export function readCheckpoints(text: string): Checkpoint[] {
  const lines = text.matchAll(/gatehouse-audit ([0-9a-f-]{36}) (\d{1,18}) (\d{1,9}) (\S{24}) ([0-9a-f]{64}) ([\w-]{86})/g)
  return [...lines].map((found) => {
    const [, instanceId, number, entries, sealedAt, hash, signature] = found as unknown as string[]
    return {
      instanceId: instanceId!,
      number: number!,
      entries: Number(entries),
      sealedAt: sealedAt!,
      hash: Buffer.from(hash!, 'hex'),
      signature: Buffer.from(signature!, 'base64url'),
    }
  })
}
