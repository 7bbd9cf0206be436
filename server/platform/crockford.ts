// Crockford's base 32, for what is read aloud and typed from paper. https://www.crockford.com/base32.html

/** No I, L, O or U, so that nothing can be read as something else. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Bytes as characters of five bits each, in groups of four. The bits must be a multiple of five. */
export function inCrockford(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return bits
    .match(/.{5}/g)!
    .map((five) => alphabet[Number.parseInt(five, 2)])
    .join('')
    .match(/.{4}/g)!
    .join('-')
}

/**
 * As people type it and as chats and input methods hand it on: any case, o for 0, i and l for 1, full width, with whatever has become of
 * its dashes and spaces, and with characters that nobody sees. All of it counts: what stands behind is part of it.
 */
export function readLeniently(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}\u2212]/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
}
