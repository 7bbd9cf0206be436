// Initial passwords: made by Gatehouse, read aloud and typed from paper, good for one thing and not for long.
import { randomBytes } from 'node:crypto'
import { inCrockford, readLeniently } from '../../platform/crockford.ts'
import { declareKey, type Keys, keyedHash, sameBytes } from '../../platform/secret.ts'

/** A new initial password: 80 random bits as four groups of four characters. Source: ASVS 5.0, 6.4.1. */
export function newInitialPassword(): string {
  return inCrockford(randomBytes(10))
}

const initialPasswordKey = declareKey('initial password')

/**
 * What is stored of an initial password. It is random enough for a fast hash; the key, which the database does not hold,
 * makes a stolen database worthless for guessing it.
 */
export function initialPasswordHash(keys: Keys, typed: string): Buffer {
  return keyedHash(keys.of(initialPasswordKey), readLeniently(typed))
}

/** Whether what was typed is the initial password that is stored. */
export function isInitialPassword(keys: Keys, typed: string, stored: Buffer | null): boolean {
  return stored !== null && sameBytes(initialPasswordHash(keys, typed), stored)
}
