// Passkeys and security keys. Made and checked by SimpleWebAuthn; what it believes, and what is used up, is said here.
// Source: Web Authentication Level 3, 7.1 and 7.2.
import { randomUUID } from 'node:crypto'
import { generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import type { LockedAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { declareKey, type Keys, keyedHash, sameBytes } from '../../platform/secret.ts'
import type { Proof } from '../proof.ts'
import { type ChallengePurpose, madeAt, newChallenge } from './challenge.ts'
import { consumeChallenge, findPasskey, insertPasskey, keepCounter, listPasskeys, type StoredPasskey } from './passkey-store.ts'
import { bringAlive, disableFactors, insertFactor, touchFactor } from './store.ts'

/** Where a page stands: keys are bound to the instance's own host name, and to nothing shorter. */
export type Place = { instance: { id: string; hostname: string; name: string }; origin: string }

/** EdDSA, ES256 and RS256. Named, because the library's own list depends on what the node can. */
const algorithms = [-8, -7, -257]
/** How long a browser waits for its person, in milliseconds. */
const timeout = 120_000

const handleKey = declareKey('passkey user handle')

/** What a key knows its person by: nothing that anybody else knows them by. */
function userHandle(keys: Keys, instance: { id: string }, accountId: string): Buffer {
  return keyedHash(keys.of(handleKey), `${instance.id} ${accountId}`)
}

/** What a browser is asked for where nobody is known yet: whichever passkey it has for this place, with its PIN or the like. */
export function loginOptions(keys: Keys, { instance }: Pick<Place, 'instance'>, subject: string) {
  const challenge = newChallenge(keys, { instance, use: 'login', subject })
  return { challenge, rpId: instance.hostname, userVerification: 'required', allowCredentials: [], timeout } as const
}

/** The same after a right password: one of the person's own keys, whose touch is enough. */
export function factorOptions(
  keys: Keys,
  { instance }: Pick<Place, 'instance'>,
  subject: string,
  passkeys: readonly StoredPasskey[],
) {
  const challenge = newChallenge(keys, { instance, use: 'second_factor', subject })
  const allowCredentials = passkeys.map(({ credentialId, transports }) => ({
    type: 'public-key',
    id: credentialId.toString('base64url'),
    transports,
  }))
  return { challenge, rpId: passkeys[0]?.rpId ?? instance.hostname, userVerification: 'discouraged', allowCredentials, timeout }
}

/** What a browser is asked for to make a new key. */
export async function setUpOptions(
  tx: Transaction,
  keys: Keys,
  { instance }: Pick<Place, 'instance'>,
  subject: string,
  { accountId, username }: { accountId: string; username: string },
) {
  const own = await listPasskeys(tx, accountId)
  return generateRegistrationOptions({
    rpName: instance.name,
    rpID: instance.hostname,
    userName: username,
    userID: new Uint8Array(userHandle(keys, instance, accountId)),
    challenge: new Uint8Array(Buffer.from(newChallenge(keys, { instance, use: 'set_up', subject }), 'base64url')),
    attestationType: 'none',
    excludeCredentials: own.map(({ credentialId, transports }) => ({ id: credentialId.toString('base64url'), transports })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    supportedAlgorithmIDs: algorithms,
    timeout,
  })
}

/** A key that has signed for this place, before anything of it is used up. */
export type SignedPasskey = {
  passkey: StoredPasskey
  challenge: string
  challengeMadeAt: Date
  counter: number
  backedUp: boolean
  verified: boolean
}

/**
 * Whose key has signed an answer; undefined for whatever is wrong with it. Before any transaction: it is work.
 * @param asVerified whether the key must have asked its person for a PIN or the like, because it is all that is shown
 */
export async function checkAnswer(
  { database, keys }: { database: Database; keys: Keys },
  place: Place,
  purpose: Omit<ChallengePurpose, 'instance'>,
  typed: string,
  asVerified: boolean,
): Promise<SignedPasskey | undefined> {
  const { instance, origin } = place
  const response = readAnswer(typed)
  if (response === undefined) return undefined
  const passkey = await database.in(instance, (tx) => findPasskey(tx, Buffer.from(response.id, 'base64url')))
  if (passkey === undefined) return undefined
  const handle = response.response.userHandle
  const own = userHandle(keys, instance, passkey.accountId)
  if (typeof handle === 'string' ? !sameBytes(Buffer.from(handle, 'base64url'), own) : asVerified) return undefined
  let challenge = ''
  let challengeMadeAt: Date | undefined
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as never,
      expectedChallenge: (answered) => {
        challenge = answered
        challengeMadeAt = madeAt(keys, { instance, ...purpose }, answered)
        return challengeMadeAt !== undefined
      },
      expectedOrigin: origin,
      expectedRPID: [instance.hostname, passkey.rpId],
      // The library looks at the counter before the signature, so that anybody could make a key look copied. It is looked at afterwards.
      credential: {
        id: passkey.credentialId.toString('base64url'),
        publicKey: new Uint8Array(passkey.publicKey),
        counter: 0,
      },
      requireUserVerification: asVerified,
    })
    if (!verified || challengeMadeAt === undefined) return undefined
    const { newCounter, credentialBackedUp, userVerified } = authenticationInfo
    return { passkey, challenge, challengeMadeAt, counter: newCounter, backedUp: credentialBackedUp, verified: userVerified }
  } catch {
    // It throws for whatever is not as it should be; what, is nothing for whoever sent it.
    return undefined
  }
}

/**
 * Uses up what a key has signed. A counter that did not grow disables the key: somebody has a copy of it. Call with the account locked, and
 * commit whatever comes of it.
 */
export async function usePasskey(
  tx: Transaction,
  { passkey, challenge, challengeMadeAt, counter, backedUp, verified }: SignedPasskey,
  account: LockedAccount,
  caller: Caller,
): Promise<{ kind: 'right'; proof: Proof } | { kind: 'wrong' | 'copied' }> {
  if (passkey.accountId !== account.id || !(await consumeChallenge(tx, challenge, challengeMadeAt))) return { kind: 'wrong' }
  if (!(await touchFactor(tx, passkey.factorId, caller))) return { kind: 'wrong' }
  if (!(await keepCounter(tx, passkey.factorId, counter, backedUp))) {
    await disableFactors(tx, account.id, 'copied', { factorId: passkey.factorId })
    return { kind: 'copied' }
  }
  return { kind: 'right', proof: { kind: 'passkey', at: account.now, factorId: passkey.factorId, ...(verified && { verified }) } }
}

/** A new key as its answer says, before anything of it is used up. */
export type MadePasskey = Awaited<ReturnType<typeof checkNewKey>>

/** What an answer to `setUpOptions` holds; undefined for whatever is wrong with it. Before any transaction. */
export async function checkNewKey(keys: Keys, { instance, origin }: Place, subject: string, typed: string) {
  const response = readAnswer(typed)
  if (response === undefined) return undefined
  let challenge = ''
  let challengeMadeAt: Date | undefined
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: response as never,
      expectedChallenge: (answered) => {
        challenge = answered
        challengeMadeAt = madeAt(keys, { instance, use: 'set_up', subject }, answered)
        return challengeMadeAt !== undefined
      },
      expectedOrigin: origin,
      expectedRPID: instance.hostname,
      requireUserPresence: true,
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    })
    if (registrationInfo === undefined || challengeMadeAt === undefined) return undefined
    const { credential, aaguid, userVerified, credentialBackedUp } = registrationInfo
    return {
      challenge,
      challengeMadeAt,
      verified: userVerified,
      passkey: {
        credentialId: Buffer.from(credential.id, 'base64url'),
        publicKey: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: (credential.transports ?? []).filter((each) => /^[a-z-]{1,20}$/.test(each)).slice(0, 8),
        rpId: instance.hostname,
        aaguid: aaguid.slice(0, 36),
        verifiesUser: userVerified,
        backedUp: credentialBackedUp,
      },
    }
  } catch {
    return undefined
  }
}

/** Keeps a new key, which counts at once: it has just signed. Undefined when its challenge was used, or somebody has it. */
export async function keepNewKey(
  tx: Transaction,
  made: MadePasskey,
  { id: accountId, now }: LockedAccount,
  caller: Caller,
): Promise<{ proof: Proof; factorId: string } | undefined> {
  if (made === undefined || !(await consumeChallenge(tx, made.challenge, made.challengeMadeAt))) return undefined
  const id = randomUUID()
  await insertFactor(tx, { id, accountId, kind: 'passkey', state: 'pending', madeBy: accountId, madeFor: null }, caller)
  if (!(await insertPasskey(tx, { factorId: id, ...made.passkey })) || !(await bringAlive(tx, id))) return undefined
  const { verified } = made
  return { proof: { kind: 'passkey', at: now, factorId: id, ...(verified && { verified }) }, factorId: id }
}

type Answered = { id: string; response: { userHandle?: unknown } }

/** An answer as browsers write it (`toJSON`); undefined where it is none. */
function readAnswer(typed: string): Answered | undefined {
  if (typed.length > 16_000) return undefined
  try {
    const answer = JSON.parse(typed) as Answered
    const isOne =
      typeof answer.id === 'string' && answer.id.length > 0 && typeof answer.response === 'object' && answer.response !== null
    return isOne ? answer : undefined
  } catch {
    return undefined
  }
}
