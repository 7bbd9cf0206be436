// How the credentials of an account stand: what a login would meet up to its right password, without anybody trying one.
import { type LockedAccount, usernameKey } from '../../directory/accounts/accounts.ts'
import { limitedAddress } from '../../platform/address.ts'
import { rehearse, type Transaction } from '../../platform/database.ts'
import type { Keys } from '../../platform/secret.ts'
import { findRules, type HeldRules } from '../../rules/rules.ts'
import { type AgeRules, findExpiredPasswords, findInitialExpiry } from './password-age-store.ts'
import { type PasswordState, stateOf } from './password-state.ts'
import { attemptKey } from './prove-password.ts'
import { type AttemptRules, endWaits, findLocks, hasFreeBrowser, type Lock, takeAttemptOn } from './store.ts'

export type CredentialStanding = {
  /** For how many seconds no browser at this address may try that does not know the person. */
  addressWaitSeconds: number | undefined
  /** Undefined where a browser that nobody knows may try. */
  lock: Lock | undefined
  /** Whether a browser that knows the person may try at this moment, whatever the lock. */
  ownBrowserIsFree: boolean
  password: PasswordState | 'none'
  /** Of an initial password. */
  expiresAt: Date | null
}

/**
 * Takes an attempt as a login does, from a browser that does not know the person, and undoes it: so what is answered is what a login
 * would meet.
 * @param account locked
 * @param address from which the login would come
 */
export async function credentialStanding(
  tx: Transaction,
  keys: Keys,
  instance: { id: string },
  { id, username }: Pick<LockedAccount, 'id' | 'username'>,
  address: string,
  rules: AttemptRules & AgeRules,
): Promise<CredentialStanding> {
  const key = usernameKey(username)!
  const usernameHash = attemptKey(keys, key)
  const tryFrom = (from: string) =>
    rehearse(tx, () =>
      takeAttemptOn(tx, instance, { usernameKey: key, usernameHash, deviceHash: null, address: from, isLast: true }, rules),
    )
  const here = await tryFrom(limitedAddress(address))
  // No address is empty, so this is what is met from any that does not have to wait.
  const taken = here.kind === 'address_waits' ? await tryFrom('') : here
  const stored = 'stored' in taken ? taken.stored : undefined
  const [lock] = taken.kind === 'taken' ? [] : await findLocks(tx, [usernameHash], rules)
  const expired = stored?.initialExpired === null && (await findExpiredPasswords(tx, [id], rules)).has(id)
  const none = stored === undefined || (stored.hash === null && stored.initialHash === null)
  return {
    addressWaitSeconds: here.kind === 'address_waits' ? here.seconds : undefined,
    lock: taken.kind === 'taken' ? undefined : (lock ?? { until: new Date() }),
    ownBrowserIsFree: await hasFreeBrowser(tx, id),
    password: none ? 'none' : stateOf(stored.initialExpired, expired),
    expiresAt: await findInitialExpiry(tx, id),
  }
}

/** What keeps an account out that is not said of it: wrong passwords, or the age of its own. */
export type Hindrance = { lock?: Lock; expired?: true }

/** What of the credentials keeps these accounts out beyond what their own rows say. By their ids; only those that something keeps out. */
export async function findHindrances(
  tx: Transaction,
  keys: Keys,
  accounts: readonly { id: string; username: string }[],
  rules: Pick<HeldRules, 'mostFailures'> & AgeRules,
): Promise<Map<string, Hindrance>> {
  const hashes = new Map(accounts.map(({ id, username }) => [attemptKey(keys, usernameKey(username)!).toString('hex'), id]))
  const [locks, expired] = await Promise.all([
    findLocks(
      tx,
      [...hashes.keys()].map((hash) => Buffer.from(hash, 'hex')),
      rules,
    ),
    findExpiredPasswords(
      tx,
      accounts.map(({ id }) => id),
      rules,
    ),
  ])
  const found = new Map<string, Hindrance>()
  for (const id of expired) found.set(id, { expired: true })
  for (const { usernameHash, until } of locks) {
    const id = hashes.get(usernameHash.toString('hex'))!
    found.set(id, { ...found.get(id), lock: { until } })
  }
  return found
}

/**
 * Unlocks an account: ends its waits, and keeps its counts. Call with the account locked.
 * Source: the counts are what keeps guessing within a hundred, NIST SP 800-63B-4, 3.2.2.
 */
export async function unlockAttempts(
  tx: Transaction,
  keys: Keys,
  { id, username }: Pick<LockedAccount, 'id' | 'username'>,
): Promise<{ ended: boolean; usedUp: boolean }> {
  return endWaits(tx, id, attemptKey(keys, usernameKey(username)!), await findRules(tx))
}
