// Password hashing: Argon2id, with its parameters in each hash so that they can be raised.
import { hash, type Options, verify } from '@node-rs/argon2'

/** Memory in KiB, passes, lanes. The least that OWASP and ASVS 5.0, appendix C, accept; about 10 ms of one processor. */
export const hashParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

// The package's enum exists only as a type; 2 is Argon2id.
const options: Options = { algorithm: 2 as NonNullable<Options['algorithm']>, ...hashParameters }

/** Source: product rules; NIST SP 800-63B-4, 3.1.1.2, asks for at least 64. */
export const longestPassword = { codePoints: 1024, bytes: 4096 }

/** Whether a text can be a password at all. Checked before anything costly is done with it. */
export function fitsPassword(text: string): boolean {
  return Buffer.byteLength(text) <= longestPassword.bytes && [...text].length <= longestPassword.codePoints
}

/**
 * The bytes that are hashed: NFC, so that é typed on two keyboards is one, and otherwise every code point as it is.
 * Source: NIST SP 800-63B-4, 3.1.1.2; ASVS 5.0, 6.2.8.
 */
function passwordBytes(password: string): Buffer {
  return Buffer.from(password.normalize('NFC'))
}

/** Hashes a new password; returns the PHC string. Takes about 10 ms on libuv's threads. */
export function hashPassword(password: string): Promise<string> {
  return hash(passwordBytes(password), options)
}

/** A hash that nothing matches, for accounts that have none: comparing with it takes as long as with a real one. */
const dummyHash = await hash(crypto.getRandomValues(Buffer.alloc(32)), options)

/**
 * Whether the password belongs to the hash. Always does the whole work: without a hash, or with a text that cannot be a password,
 * it compares something else with something else and says no, after the same time.
 */
export async function verifyPassword(password: string, phc: string | null): Promise<boolean> {
  const fits = fitsPassword(password)
  const matches = await verify(phc ?? dummyHash, fits ? passwordBytes(password) : Buffer.alloc(16))
  return matches && fits && phc !== null
}

/** Whether the hash was made with other parameters than today's, and should be made again at the next login. */
export function isOutdated(phc: string): boolean {
  const { m, t, p } = Object.fromEntries(
    (/\$argon2id\$v=19\$([^$]+)\$/.exec(phc)?.[1] ?? '').split(',').map((pair) => pair.split('=')),
  )
  return (
    Number(m) !== hashParameters.memoryCost || Number(t) !== hashParameters.timeCost || Number(p) !== hashParameters.parallelism
  )
}
