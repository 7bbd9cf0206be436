// Secrets: random tokens, their hashes, and the keys that the database never sees.
import { createCipheriv, createDecipheriv, createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDataFolder } from './folders.ts'

/** What a key is for, declared by whoever uses it. */
export type KeyPurpose = Readonly<{ purpose: string }>

/** The keys derived from SECRET_KEY, one for each purpose, so that a value made for one is worth nothing for another. */
export type Keys = Readonly<{
  /** For the values of forms. */
  form: Buffer
  /** Tells whether a database was used with this key. */
  check: Buffer
  of(purpose: KeyPurpose): Buffer
}>

const declared = new Set<string>()

/**
 * Declares a purpose. Its words go into the key, so they never change.
 * @throws Error when it is declared already: two that share a key could take each other's values
 */
export function declareKey(purpose: string): KeyPurpose {
  if (declared.has(purpose)) throw new Error(`there are two keys for ${purpose}`)
  declared.add(purpose)
  return { purpose }
}

const formPurpose = declareKey('form')
const checkPurpose = declareKey('check')

/** A new unguessable value: 256 random bits, base64url. Source: ASVS 5.0, 7.2.3 and 11.5.1. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What of a token is stored. Tokens have 256 random bits, so one fast hash is enough. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}

/** HMAC-SHA-256. */
export function keyedHash(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/**
 * Encrypts a text so that only who has the key can read it, and only for what it was sealed for. AES-256-GCM.
 * @param bytes how long the text is at least before it is encrypted, so that its length says nothing
 */
export function seal(key: Buffer, text: string, purpose: string, bytes = 0): Buffer {
  const nonce = randomBytes(12)
  const plain = Buffer.from(text)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose))
  const padded = Buffer.concat([plain, Buffer.alloc(Math.max(0, bytes - plain.length))])
  return Buffer.concat([nonce, cipher.update(padded), cipher.final(), cipher.getAuthTag()])
}

/**
 * Reads a sealed text.
 * @throws Error when it was sealed with another key or for something else, or was changed
 */
export function unseal(key: Buffer, sealed: Buffer, purpose: string): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
    .toString()
    .replace(/\0+$/, '')
}

/** Compares two values in a time that does not depend on where they differ. */
export function sameBytes(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

export function deriveKeys(secretKey: Buffer): Keys {
  const derived = new Map<string, Buffer>()
  const of = ({ purpose }: KeyPurpose) => {
    const key = derived.get(purpose) ?? Buffer.from(hkdfSync('sha256', secretKey, '', `gatehouse ${purpose}`, 32))
    derived.set(purpose, key)
    return key
  }
  return { form: of(formPurpose), check: of(checkPurpose), of }
}

/** Reads the secret key of this folder, and makes it at the first start. Two processes that start at once get the same one. */
export function keptSecretKey(dataDir: string): Buffer {
  const path = join(dataDir, 'secret-key')
  makeDataFolder(dataDir)
  const made = `${path}.${process.pid}`
  try {
    return readSecretKey(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  // Written whole, then linked: link fails when the file is there, so neither half a key nor a second one can appear.
  writeFileSync(made, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true })
  try {
    linkSync(made, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(made)
  }
  return readSecretKey(path)
}

function readSecretKey(path: string): Buffer {
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
  if (key.length < 32)
    throw new Error(`${path} is damaged: it must hold at least 64 hexadecimal digits. Restore it from a backup.`)
  return key
}
