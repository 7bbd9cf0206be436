// An authenticator of software, for answers that no real one would give. Source: Web Authentication Level 3, 6.1 and 6.5; RFC 8949.
import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()

/** As much of CBOR as an attestation needs. */
function cbor(value: unknown): Buffer {
  const head = (major: number, length: number) =>
    length < 24
      ? Buffer.from([(major << 5) | length])
      : length < 256
        ? Buffer.from([(major << 5) | 24, length])
        : Buffer.from([(major << 5) | 25, length >> 8, length & 255])
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  const entries = [...(value as Map<unknown, unknown>)]
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([key, each]) => [cbor(key), cbor(each)])])
}

export type Tampering = {
  origin?: string
  rpId?: string
  challenge?: string
  /** Whether it says that its person was there, and was asked for a PIN. */
  present?: boolean
  verified?: boolean
  counter?: number
  /** Signs with another key than its own. */
  foreign?: boolean
  /** Says whose it is, where it is asked for that. */
  handle?: string | undefined
}

export class Authenticator {
  readonly id = randomBytes(32)
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  counter = 0
  handle = ''

  /** Answers what it takes to make a key. */
  create(options: { challenge: string; rp: { id: string }; user: { id: string } }, origin: string, how: Tampering = {}): string {
    this.handle = options.user.id
    const { x, y } = this.#keys.publicKey.export({ format: 'jwk' }) as { x: string; y: string }
    const publicKey = new Map<unknown, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ])
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.id.length)
    const authData = Buffer.concat([
      this.#head(how.rpId ?? options.rp.id, { ...how, attested: true }),
      Buffer.alloc(16),
      length,
      this.id,
      cbor(publicKey),
    ])
    const attestation = cbor(
      new Map<unknown, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]),
    )
    return this.#answer({
      clientDataJSON: clientData('webauthn.create', how.challenge ?? options.challenge, how.origin ?? origin),
      attestationObject: attestation.toString('base64url'),
      transports: ['usb'],
    })
  }

  /** Signs a challenge. */
  get(options: { challenge: string; rpId: string }, origin: string, how: Tampering = {}): string {
    const clientDataJSON = clientData('webauthn.get', how.challenge ?? options.challenge, how.origin ?? origin)
    const authData = this.#head(how.rpId ?? options.rpId, how)
    const signer: KeyObject = how.foreign ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : this.#keys.privateKey
    const signed = Buffer.concat([authData, sha256(Buffer.from(clientDataJSON, 'base64url'))])
    const handle = 'handle' in how ? how.handle : this.handle
    return this.#answer({
      clientDataJSON,
      authenticatorData: authData.toString('base64url'),
      signature: createSign('sha256').update(signed).sign(signer).toString('base64url'),
      ...(handle !== undefined && { userHandle: handle }),
    })
  }

  #head(
    rpId: string,
    { present = true, verified = true, counter, attested = false }: Tampering & { attested?: boolean },
  ): Buffer {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter ?? ++this.counter)
    const flags = (present ? 1 : 0) | (verified ? 4 : 0) | (attested ? 64 : 0)
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count])
  }

  #answer(response: object): string {
    const id = this.id.toString('base64url')
    return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} })
  }
}

function clientData(type: string, challenge: string, origin: string): string {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url')
}

/** What a page asks the keys of its browser. */
export function askedOf<T>(body: string): T {
  const text = /data-options="([^"]*)"/.exec(body)![1]!
  return JSON.parse(text.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as T
}
