// The chain of the audit: what is hashed, what is signed. Pure, and the only text of it: sealing and verifying share it.
// docs/decisions/0023-a-sealed-audit.md
import { createHash, createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import { declareKey, type Keys } from '../../platform/secret.ts'

/** An entry as audit_text gives it. Of an erased part there is its hash. */
export type SealedText = {
  entry: string
  caller: string | null
  detail: string | null
  erasedCaller: Buffer | null
  erasedDetail: Buffer | null
}

/** What a signature is about. Times are text, as they are written everywhere. */
export type SignedSeal = { instanceId: string; number: string; entries: number; hash: Buffer; sealedAt: string }
export type SignedRemoval = { instanceId: string; number: string; hash: Buffer; removedAt: string }

/** Before the first entry. */
export const beginning = Buffer.alloc(32)

const sha256 = (text: string) => hash('sha256', text, 'buffer')

/** The hash of each part, so that the whole can be told also when one of them was erased. */
export function partHashes({ caller, detail, erasedCaller, erasedDetail }: Omit<SealedText, 'entry'>): [Buffer, Buffer] {
  return [erasedCaller ?? sha256(caller!), erasedDetail ?? sha256(detail!)]
}

export function entryHash(text: SealedText): Buffer {
  const [caller, detail] = partHashes(text)
  return createHash('sha256').update(sha256(text.entry)).update(caller).update(detail).digest()
}

/** The link of the last of these entries, when the one before them is given. */
export function chain(before: Buffer, hashes: readonly Buffer[]): Buffer {
  return hashes.reduce((link, each) => createHash('sha256').update(link).update(each).digest(), before)
}

const purpose = declareKey('audit seals')
// RFC 8410, 7: what stands before the 32 bytes of an Ed25519 key.
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')

export type SealKey = Readonly<{
  /** 64 hexadecimal digits: what a seal is verified with. */
  publicKey: string
  sign(text: string): Buffer
}>

export function sealKey(keys: Keys): SealKey {
  const key = createPrivateKey({ key: Buffer.concat([privatePrefix, keys.of(purpose)]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length).toString('hex')
  return { publicKey, sign: (text) => sign(null, Buffer.from(text), key) }
}

/** @throws Error when it is no such key */
export function readPublicKey(text: string): KeyObject {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new Error('The key of an audit has 64 digits; `gatehouse audit key` prints it.')
  const bytes = Buffer.from(text, 'hex')
  return createPublicKey({ key: Buffer.concat([publicPrefix, bytes]), format: 'der', type: 'spki' })
}

export function isSigned(text: string, signature: Buffer, key: KeyObject): boolean {
  return verify(null, Buffer.from(text), key, signature)
}

export function sealText({ instanceId, number, entries, hash: link, sealedAt }: SignedSeal): string {
  return ['gatehouse audit seal', instanceId, number, String(entries), link.toString('hex'), sealedAt].join('\n')
}

export function removalText({ instanceId, number, hash: link, removedAt }: SignedRemoval): string {
  return ['gatehouse audit removed up to', instanceId, number, link.toString('hex'), removedAt].join('\n')
}
