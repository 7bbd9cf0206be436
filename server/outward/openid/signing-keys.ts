// The keys of an instance: one of each algorithm signs, the next one is published an hour before it does, and the last one for a day
// after. So whoever verifies with what it has kept for an hour is never wrong.
import { createPrivateKey, generateKeyPair, type KeyObject, randomBytes, type webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import { type SigningAlgorithm, signingAlgorithms } from '../../../contracts/modules.ts'
import { type Actor, record } from '../../audit/audit.ts'
import type { Database } from '../../platform/database.ts'
import { declareKey, type Keys, seal, unseal } from '../../platform/secret.ts'
import { deleteKeys, insertKey, listKeys, lockKeys, type StoredKey } from './key-store.ts'

const purpose = declareKey('signing keys')
const generate = promisify(generateKeyPair)

/** For so long, in seconds, a new key is published before it signs: modules may keep the keys for an hour. */
export const publishedBefore = 3900

/** A key as JSON Web Key, private part and all, with its place in the rotation. */
export type SigningKey = {
  jwk: webcrypto.JsonWebKey & { kid: string; alg: SigningAlgorithm }
  privateKey: KeyObject
  state: StoredKey['state']
  createdAt: Date
}

export type KeyNeeds = { database: Database; keys: Keys }

/** The keys of an instance, those that sign first. The first time, they are made; of nodes that do so at once, one makes them. */
export async function readSigningKeys({ database, keys }: KeyNeeds, instance: { id: string }): Promise<SigningKey[]> {
  const found = await database.in(instance, listKeys)
  if (signingAlgorithms.every((algorithm) => found.some((key) => key.algorithm === algorithm && key.state === 'current')))
    return found.map((key) => open(keys, instance, key))
  const made = await makeKeys(keys, instance)
  const kept = await database.in(instance, async (tx) => {
    await lockKeys(tx, instance.id)
    const there = await listKeys(tx)
    for (const key of made)
      if (!there.some(({ algorithm, state }) => algorithm === key.algorithm && state === 'current')) await insertKey(tx, key, 0)
    return listKeys(tx)
  })
  return kept.map((key) => open(keys, instance, key))
}

/**
 * Puts new keys in the place of those that sign: after an hour, in which modules learn of them; or at once, when somebody else may have
 * the old ones. Then what they have signed is worth nothing from now on, and modules that keep keys for a while fail until they look again.
 */
export async function rotateKeys(
  { database, keys }: KeyNeeds,
  instance: { id: string },
  actor: Actor,
  { atOnce }: { atOnce: boolean },
): Promise<SigningKey[]> {
  const made = await makeKeys(keys, instance)
  return database.in(instance, async (tx) => {
    await lockKeys(tx, instance.id)
    const there = await listKeys(tx)
    await deleteKeys(
      tx,
      there.filter(({ state }) => atOnce || state === 'next').map(({ kid }) => kid),
    )
    for (const key of made) await insertKey(tx, key, atOnce || there.length === 0 ? 0 : publishedBefore)
    await record(tx, { event: 'signing_keys_rotated', actor, detail: { kids: made.map(({ kid }) => kid), atOnce } })
    return (await listKeys(tx)).map((key) => open(keys, instance, key))
  })
}

async function makeKeys(keys: Keys, instance: { id: string }) {
  const pairs = {
    ES256: generate('ec', { namedCurve: 'P-256' }),
    // 3072 bits. Source: ASVS 5.0, 11.2.3 (128 bits of security).
    RS256: generate('rsa', { modulusLength: 3072 }),
  }
  return Promise.all(
    signingAlgorithms.map(async (algorithm) => {
      const { privateKey } = await pairs[algorithm]
      const kid = randomBytes(12).toString('base64url')
      const text = JSON.stringify(privateKey.export({ format: 'jwk' }))
      return { kid, algorithm, sealed: seal(keys.of(purpose), text, about(instance, kid)) }
    }),
  )
}

function open(keys: Keys, instance: { id: string }, { kid, algorithm, sealed, state, createdAt }: StoredKey): SigningKey {
  const jwk = JSON.parse(unseal(keys.of(purpose), sealed, about(instance, kid))) as webcrypto.JsonWebKey
  return { jwk: { ...jwk, kid, alg: algorithm }, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), state, createdAt }
}

/** What a key is sealed for: no instance can have that of another. */
const about = ({ id }: { id: string }, kid: string) => `signing key ${id} ${kid}`
