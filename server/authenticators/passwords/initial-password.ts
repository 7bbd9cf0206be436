// Initial passwords: made by Gatehouse, read aloud and typed from paper, good for one thing and not for long.
import { randomBytes } from 'node:crypto'
import { declareKey, type Keys, keyedHash, sameBytes } from '../../platform/secret.ts'

// Crockford's base 32: no I, L, O or U, so that nothing can be read as something else. https://www.crockford.com/base32.html
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A new initial password: 80 random bits as four groups of four characters. Source: ASVS 5.0, 6.4.1. */
export function newInitialPassword(): string {
  const bits = [...randomBytes(10)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return bits
    .match(/.{5}/g)!
    .map((five) => alphabet[Number.parseInt(five, 2)])
    .join('')
    .match(/.{4}/g)!
    .join('-')
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

/**
 * As people type it and as chats and input methods hand it on: any case, o for 0, i and l for 1, full width, with whatever has become of
 * its dashes and spaces, and with characters that nobody sees. All of it counts: what stands behind the password is part of it.
 */
function readLeniently(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}\u2212]/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
}
