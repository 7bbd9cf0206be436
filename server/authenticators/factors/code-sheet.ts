// Code sheets: printed codes for people who have neither a phone nor mail at the desk. Each is asked for by its number.
import { randomBytes } from 'node:crypto'
import { hashRaw, type Options } from '@node-rs/argon2'
import { sheetCodes } from '../../../contracts/factors.ts'
import { inCrockford, readLeniently } from '../../platform/crockford.ts'
import { declareKey, type Keys, sameBytes } from '../../platform/secret.ts'

const sheetKey = declareKey('code sheet')
const hashBytes = 16

/**
 * The codes have 40 random bits, so a small work factor is enough (NIST SP 800-63B-4, 3.1.2.2), and the key, which the database does not
 * hold, makes a stolen database worthless for guessing them. About 0.3 ms a code.
 */
const parameters: Options = {
  algorithm: 2 as NonNullable<Options['algorithm']>,
  memoryCost: 1024,
  timeCost: 1,
  parallelism: 1,
  outputLen: hashBytes,
}

/** A sheet as it is stored. */
export type StoredSheet = { salt: Buffer; hashes: Buffer }

/** A new sheet. The only time that its codes exist in clear is in what this returns. Costs about 20 ms on libuv's threads. */
export async function newCodeSheet(keys: Keys): Promise<StoredSheet & { codes: string[] }> {
  const salt = randomBytes(16)
  const codes = Array.from({ length: sheetCodes }, () => inCrockford(randomBytes(5)))
  const hashes = await Promise.all(codes.map((code, i) => hashSheetCode(keys, salt, i + 1, code)))
  return { codes, salt, hashes: Buffer.concat(hashes) }
}

/** What is stored of a code. With its number: one code is worth nothing in the place of another. */
export function hashSheetCode(keys: Keys, salt: Buffer, number: number, typed: string): Promise<Buffer> {
  return hashRaw(`${number} ${readLeniently(typed).slice(0, 100)}`, { ...parameters, salt, secret: keys.of(sheetKey) })
}

/** Whether a hash is that of the code with this number. */
export function isSheetCode({ hashes }: StoredSheet, number: number, hash: Buffer): boolean {
  return sameBytes(hashes.subarray((number - 1) * hashBytes, number * hashBytes), hash)
}
