// Challenges for passkeys: random, and bound to what they were made for. Nothing is stored until one is answered.
import { randomBytes } from 'node:crypto'
import { declareKey, type Keys, keyedHash, sameBytes } from '../../platform/secret.ts'

const challengeKey = declareKey('passkey challenge')

/** `subject`: the sign-in or the session, or what this browser's forms are bound to. One made for a login sets nothing up. */
export type ChallengePurpose = { instance: { id: string }; use: 'login' | 'second_factor' | 'set_up'; subject: string }

const randomLength = 16
const timeLength = 6

/** A new challenge, base64url: 128 random bits, when it was made, and the hash that binds it. Source: ASVS 5.0, 6.7.2. */
export function newChallenge(keys: Keys, purpose: ChallengePurpose, at = new Date()): string {
  const time = Buffer.alloc(timeLength)
  time.writeUIntBE(at.getTime(), 0, timeLength)
  const head = Buffer.concat([randomBytes(randomLength), time])
  return Buffer.concat([head, bindingOf(keys, purpose, head)]).toString('base64url')
}

function bindingOf(keys: Keys, { instance, use, subject }: ChallengePurpose, head: Buffer): Buffer {
  return keyedHash(keys.of(challengeKey), JSON.stringify([instance.id, use, subject, head.toString('base64url')]))
}

/** When a challenge was made; undefined where it was not made for this. */
export function madeAt(keys: Keys, purpose: ChallengePurpose, challenge: string): Date | undefined {
  const bytes = Buffer.from(challenge, 'base64url')
  const head = bytes.subarray(0, randomLength + timeLength)
  if (head.length < randomLength + timeLength || !sameBytes(bytes.subarray(head.length), bindingOf(keys, purpose, head)))
    return undefined
  return new Date(head.readUIntBE(randomLength, timeLength))
}
