// Setting a password: every path by which an account gets one leads through here.
import { type LockedAccount, lockAccount, renewCredentialVersion, usernameKey } from '../accounts/accounts.ts'
import type { Transaction } from '../platform/database.ts'
import { Problem } from '../platform/problem.ts'
import type { Keys } from '../platform/secret.ts'
import type { GuessEstimator } from './guess-estimate.ts'
import { hashPassword, verifyPassword } from './hash-password.ts'
import type { HashQueue } from './hash-queue.ts'
import { initialPasswordHash, initialPasswordHours, isInitialPassword, newInitialPassword } from './initial-password.ts'
import { defaultPasswordRules, type PasswordFault, type PasswordOwner, passwordFaults } from './password-rules.ts'
import { attemptKey } from './prove-password.ts'
import { clearAttempts, storeInitialPassword, storePassword } from './store.ts'

export type JudgePasswordNeeds = { guesses: GuessEstimator; hashQueue: HashQueue }

/**
 * Every rule that a new password of this account breaks.
 * The estimate takes up to 50 ms, so it waits its turn like everything costly.
 * @throws busy
 */
export function judgePassword(
  { guesses, hashQueue }: JudgePasswordNeeds,
  owner: PasswordOwner,
  password: string,
  accountId: string,
): Promise<PasswordFault[]> {
  return hashQueue.run({ lane: accountId, key: accountId }, () =>
    passwordFaults(password, owner, defaultPasswordRules, guesses.estimate),
  )
}

/** The new password cannot be taken; the faults say why, all of them. */
export class PasswordRefused extends Problem {
  readonly faults: readonly PasswordFault[]
  constructor(faults: readonly PasswordFault[]) {
    super(422, 'password_refused', `The new password breaks the rules: ${faults.map(({ code }) => code).join(', ')}.`)
    this.faults = faults
  }
}

export const passwordsDiffer = () =>
  new Problem(422, 'passwords_differ', 'The new password was typed differently the second time.')

/**
 * Judges a new password and hashes it, before any transaction: 10 ms of CPU must not hold a connection.
 * @param unchanged whether it is the password that it should replace
 * @throws PasswordRefused, busy
 */
export async function prepareNewPassword(
  needs: JudgePasswordNeeds,
  owner: PasswordOwner,
  password: string,
  accountId: string,
  unchanged: boolean,
): Promise<string> {
  const faults = await judgePassword(needs, owner, password, accountId)
  if (unchanged) faults.push({ code: 'unchanged' })
  if (faults.length > 0) throw new PasswordRefused(faults)
  return needs.hashQueue.run({ lane: accountId, key: accountId }, () => hashPassword(password))
}

/**
 * Whether a text is the password that an account has, of whatever kind, for when another is to be chosen in its place.
 * @throws busy
 */
export async function isPresentPassword(
  { keys, hashQueue }: { keys: Keys; hashQueue: HashQueue },
  typed: string,
  { accountId, hash, initialHash }: { accountId: string; hash: string | null; initialHash: Buffer | null },
): Promise<boolean> {
  if (hash === null) return isInitialPassword(keys, typed, initialHash)
  return hashQueue.run({ lane: accountId, key: accountId }, () => verifyPassword(typed, hash))
}

/** Sets a lasting password that was prepared. Everything proven with the old credentials is worth nothing from here on. */
export async function setPassword(
  tx: Transaction,
  { keys }: { keys: Keys },
  account: LockedAccount,
  passwordHash: string,
): Promise<void> {
  await storePassword(tx, account.id, passwordHash)
  await renewCredentialVersion(tx, account.id)
  await clearAttempts(tx, attemptKey(keys, usernameKey(account.username)!))
}

/**
 * Makes a new initial password for an account, in place of whatever it had, and opens it for attempts again.
 * The only time that the password exists in clear is in what this returns.
 */
export async function giveInitialPassword(
  tx: Transaction,
  { keys }: { keys: Keys },
  accountId: string,
): Promise<{ initialPassword: string; expiresAt: Date }> {
  const account = await lockAccount(tx, accountId)
  if (account === undefined) throw new TypeError('there is no such account')
  const initialPassword = newInitialPassword()
  const expiresAt = await storeInitialPassword(tx, accountId, initialPasswordHash(keys, initialPassword), initialPasswordHours)
  await renewCredentialVersion(tx, accountId)
  await clearAttempts(tx, attemptKey(keys, usernameKey(account.username)!))
  return { initialPassword, expiresAt }
}
