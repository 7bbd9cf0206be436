// One-time codes by time. Source: RFC 4226, 5.3 and RFC 6238, 4.
import { createHmac, randomBytes } from 'node:crypto'
import { readDigits } from './read-digits.ts'

export type TotpShape = { digits: number; stepSeconds: number }

/** What apps take without being asked. */
export const usualTotp: TotpShape = { digits: 6, stepSeconds: 30 }

/** 160 random bits. Source: RFC 4226, 4 (R6); NIST SP 800-63B-4, 3.1.4.1. */
export function newTotpSecret(): Buffer {
  return randomBytes(20)
}

/** In how many steps around the expected one a code may lie: one, for what it takes to type it and for a clock that drifts. */
const usualWindow = 1
/** The same while a factor is set up, where the clock of an app is not known yet: five minutes either way. */
export const firstWindow = 10

/** The number of the step of a moment. */
export function stepAt(at: Date, { stepSeconds }: TotpShape): number {
  return Math.floor(at.getTime() / 1000 / stepSeconds)
}

/** The code of a step. */
export function totpCode(secret: Buffer, step: number, { digits }: TotpShape): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = mac.at(-1)! & 0xf
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0')
}

/**
 * The step whose code was typed; undefined where none is near enough. The nearest to what is expected is looked at first.
 * @param drift by how many steps its clock was ahead when it was last used
 */
export function matchingStep(
  secret: Buffer,
  typed: string,
  at: Date,
  shape: TotpShape,
  drift: number,
  window: number = usualWindow,
): number | undefined {
  const code = readDigits(typed)
  if (code.length !== shape.digits) return undefined
  const expected = stepAt(at, shape) + drift
  const steps = Array.from({ length: 2 * window + 1 }, (_, i) => expected + (i % 2 === 0 ? -i / 2 : (i + 1) / 2))
  // Each is computed, so that how long it takes does not say which one it was.
  return steps.filter((step) => totpCode(secret, step, shape) === code)[0]
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A secret as apps take it from people. Source: RFC 4648, 6. */
export function inBase32(secret: Buffer): string {
  const bits = [...secret].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return bits
    .match(/.{1,5}/g)!
    .map((five) => base32[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('')
}

/** What the QR code of a secret says. Source: https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function totpUri(secret: Buffer, { digits, stepSeconds }: TotpShape, issuer: string, username: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(username)}`
  return `otpauth://totp/${label}?secret=${inBase32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`
}
