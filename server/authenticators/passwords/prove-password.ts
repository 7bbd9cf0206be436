// Proving a password: the one place where a typed password meets what is stored.
import { setTimeout } from 'node:timers/promises'
import { usernameKey } from '../../directory/accounts/accounts.ts'
import { limitedAddress } from '../../platform/address.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { Problem } from '../../platform/problem.ts'
import { declareKey, hashToken, type Keys, keyedHash } from '../../platform/secret.ts'
import type { RuleBook } from '../../rules/rules.ts'
import type { Proof } from '../proof.ts'
import type { Attempt } from './attempt.ts'
import { hashPassword, isOutdated, verifyPassword } from './hash-password.ts'
import type { HashQueue } from './hash-queue.ts'
import { isInitialPassword } from './initial-password.ts'
import { isPasswordExpired } from './password-age-store.ts'
import { type PasswordState, stateOf } from './password-state.ts'
import { browserAddress, type StoredPassword, takeAttempt } from './store.ts'

// For how long, and how often, an attempt looks whether the others of its account that are being checked were right, in milliseconds.
const longestWaitForOthers = 5000
const betweenTries = 100

/** What an initial password is compared with where there is none, so that the work is the same. */
const nobodys = Buffer.alloc(32)

export type ProvePasswordNeeds = { database: Database; keys: Keys; hashQueue: HashQueue; rules: RuleBook }

export type Credentials = {
  username: string
  password: string
  /** The value of the browser's device cookie, if it has one. */
  deviceToken: string | undefined
}

/** That somebody has shown the right password of an account, as it was at that moment. */
export type ProvenPassword = {
  kind: 'proven'
  accountId: string
  /** The proof is worth nothing once the account has another one. */
  credentialVersion: number
  proof: Proof
  state: PasswordState
  attempt: Attempt
}

export type Refusal = {
  kind: 'refused'
  accountId: string | undefined
  /** For the audit. Never for the person who tries. */
  reason: 'unknown_username' | 'wrong_password' | 'no_password' | 'disabled' | 'waiting'
  /** The address has used up its count, and this is what is said of it, once the refusal is settled: `tooManyAttempts`. */
  addressWaitSeconds: number | null
  attempt: Attempt
}

export const tooManyAttempts = (seconds: number) =>
  new Problem(429, 'too_many_attempts', 'Too many wrong passwords from this address.', {
    retryAfterSeconds: seconds,
    values: { minutes: Math.ceil(seconds / 60) },
  })

/**
 * Checks a password; whoever asked settles the attempt that it counted. Every refusal comes after the same work: the same statements and one Argon2id verification.
 * The attempt is counted, in the database, before the password is checked, so parallel guesses cannot outrun the limit.
 * @throws busy, too_many_attempts
 */
export async function provePassword(
  { database, keys, hashQueue, rules }: ProvePasswordNeeds,
  instance: { id: string },
  { username, password, deviceToken }: Credentials,
  caller: Caller,
): Promise<ProvenPassword | Refusal> {
  const held = await rules.of(instance)
  const address = limitedAddress(caller.address)
  const key = usernameKey(username)
  const usernameHash = attemptKey(keys, key ?? username)
  const deviceHash = deviceToken === undefined ? null : hashToken(deviceToken)
  const lane = `${instance.id} ${address}`
  const place = { lane, key: `${lane} ${usernameHash.toString('base64')}` }
  const giveUpAt = performance.now() + longestWaitForOthers

  for (;;) {
    const isLast = performance.now() > giveUpAt
    const result = await hashQueue.run(place, () => tryOnce(isLast))
    if (result !== 'again') return result
    await setTimeout(betweenTries)
  }

  async function tryOnce(isLast: boolean): Promise<ProvenPassword | Refusal | 'again'> {
    // A name that cannot be looked for is looked for all the same: as one that nobody has.
    const taken = await takeAttempt(
      database,
      instance,
      { usernameKey: key ?? '', usernameHash, deviceHash, address, isLast },
      held,
    )
    if (taken.kind === 'again') return taken.kind
    if (taken.kind === 'address_waits') throw tooManyAttempts(taken.seconds)
    const { stored } = taken
    const admitted = taken.kind === 'taken'
    const attempt: Attempt = {
      usernameHash,
      deviceHash,
      address: taken.addressWaitSeconds === null ? address : browserAddress(deviceHash!),
      accountId: stored?.accountId,
      admitted,
    }
    const lasting = await verifyPassword(password, stored?.hash ?? null)
    const initial = isInitialPassword(keys, password, stored?.initialHash ?? nobodys)

    if (!stored || !admitted || !stored.enabled || !(lasting || initial))
      return {
        kind: 'refused',
        accountId: stored?.accountId,
        reason: refusalReason(stored, admitted),
        addressWaitSeconds: taken.addressWaitSeconds,
        attempt,
      }

    const { accountId, credentialVersion, initialExpired } = stored
    const expired = lasting && initialExpired === null && (await isPasswordExpired(database, instance, accountId, held))
    // Only now and only rarely: after the parameters were raised.
    if (lasting && isOutdated(stored.hash!)) attempt.rehashed = { from: stored.hash!, to: await hashPassword(password) }
    return {
      kind: 'proven',
      accountId,
      credentialVersion,
      proof: {
        kind: lasting ? 'password' : 'initial_password',
        at: taken.at,
        attempt: usernameHash.toString('base64url'),
      },
      state: stateOf(initialExpired, expired),
      attempt,
    }
  }
}

const attemptPurpose = declareKey('attempt')

/** What the attempts of a username are counted under. A keyed hash: what people type by mistake may be their password. */
export function attemptKey(keys: Keys, usernameKeyOrTyped: string): Buffer {
  return keyedHash(keys.of(attemptPurpose), usernameKeyOrTyped)
}

function refusalReason(stored: StoredPassword | undefined, admitted: boolean): Refusal['reason'] {
  if (!stored) return 'unknown_username'
  if (!admitted) return 'waiting'
  if (!stored.enabled) return 'disabled'
  return stored.hash === null && stored.initialHash === null ? 'no_password' : 'wrong_password'
}
