// Given passwords: initial ones that somebody chose, as imports bring them. Too weak for a fast hash, and to be changed like all others.
import type { Transaction } from '../../platform/database.ts'
import { findRules } from '../../rules/rules.ts'
import { fitsPassword, hashPassword } from './hash-password.ts'
import type { HashQueue } from './hash-queue.ts'
import { isCommon } from './password-rules.ts'
import { storeGivenPasswords } from './store.ts'

/** In code points. Source: NIST SP 800-63B-4, 3.1.1.2. What the person chooses afterwards must keep all the rules. */
const shortestGiven = 8

/** Why a text cannot be given as an initial password; undefined when it can. Sources: ASVS 5.0, 6.2.4 and 6.4.1. */
export function givenPasswordFault(
  password: string,
  username: string,
): 'password_too_short' | 'password_too_long' | 'password_common' | 'password_is_username' | undefined {
  if (!fitsPassword(password)) return 'password_too_long'
  const normalised = password.normalize('NFC')
  if ([...normalised].length < shortestGiven) return 'password_too_short'
  if (isCommon(normalised)) return 'password_common'
  return normalised.toLowerCase() === username.toLowerCase() ? 'password_is_username' : undefined
}

/**
 * Hashes a given password when its turn comes. One after the other for each lane, so that people who log in wait for one at the most.
 * @param lane whose work it is
 * @throws busy
 */
export function hashGivenPassword(hashQueue: HashQueue, lane: string, password: string): Promise<string> {
  return hashQueue.run({ lane, key: lane }, () => hashPassword(password))
}

/** Gives new accounts the passwords that were hashed for them, for as long as any initial one is good. */
export async function givePasswords(tx: Transaction, passwords: readonly { accountId: string; hash: string }[]): Promise<void> {
  return storeGivenPasswords(tx, passwords, (await findRules(tx)).initialPasswordHours)
}
