// Setting a password: every path by which an account gets one leads through here.
import type { Rules } from '../../../contracts/rules.ts'
import { type LockedAccount, renewCredentialVersion, usernameKey } from '../../directory/accounts/accounts.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { Problem } from '../../platform/problem.ts'
import type { Keys } from '../../platform/secret.ts'
import { findRules, type RuleBook } from '../../rules/rules.ts'
import type { BreachedPasswords } from './breached-passwords.ts'
import type { GuessEstimator } from './guess-estimate.ts'
import { hashPassword, verifyPassword } from './hash-password.ts'
import type { HashQueue } from './hash-queue.ts'
import { initialPasswordHash, newInitialPassword } from './initial-password.ts'
import { findEarlierHashes, keepFormerPassword } from './password-history-store.ts'
import { type PasswordFault, type PasswordOwner, type PasswordRules, passwordFaults } from './password-rules.ts'
import { attemptKey } from './prove-password.ts'
import { clearAttempts, storeInitialPassword, storePassword } from './store.ts'

export type JudgePasswordNeeds = {
  database: Database
  guesses: GuessEstimator
  hashQueue: HashQueue
  rules: RuleBook
  /** The operator's list, if there is one. */
  breached: BreachedPasswords | undefined
}

/** What a page that asks for a new password says of it. */
export type PasswordDemands = { rules: Rules; refusesBreached: boolean }

export async function passwordDemands(
  { rules, breached }: Pick<JudgePasswordNeeds, 'rules' | 'breached'>,
  instance: { id: string },
): Promise<PasswordDemands> {
  return { rules: await rules.of(instance), refusesBreached: breached !== undefined }
}

/**
 * Every rule that a new password of this account breaks, but for those about its earlier ones.
 * The estimate waits in a queue of its own, so that no login waits for what people type.
 * @throws busy, too_many_checks
 */
export function judgePassword(
  { guesses, breached }: Pick<JudgePasswordNeeds, 'guesses' | 'breached'>,
  rules: PasswordRules,
  owner: PasswordOwner,
  password: string,
  accountId: string,
): Promise<PasswordFault[]> {
  const estimate = (text: string, personal: readonly string[]) => guesses.estimate(accountId, text, personal)
  return passwordFaults(password, owner, rules, { estimate, isBreached: breached?.has })
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
 * @param isInitial whether it is the initial password that it should replace
 * @throws PasswordRefused, busy, too_many_checks
 */
export async function prepareNewPassword(
  needs: JudgePasswordNeeds,
  instance: { id: string },
  owner: PasswordOwner,
  password: string,
  accountId: string,
  isInitial: boolean,
): Promise<string> {
  const rules = await needs.rules.of(instance)
  const faults = await judgePassword(needs, rules, owner, password, accountId)
  if (isInitial) faults.push({ code: 'unchanged' })
  else faults.push(...(await usedBefore(needs, instance, rules.formerPasswords, password, accountId)))
  if (faults.length > 0) throw new PasswordRefused(faults)
  return needs.hashQueue.run({ lane: accountId, key: accountId }, () => hashPassword(password))
}

/** Compares a new password with the present one and those before. Each comparison waits its turn: they are up to 25 hashes. */
async function usedBefore(
  { database, hashQueue }: JudgePasswordNeeds,
  instance: { id: string },
  count: number,
  password: string,
  accountId: string,
): Promise<PasswordFault[]> {
  const { present, former } = await database.in(instance, (tx) => findEarlierHashes(tx, accountId, count))
  const is = (hash: string) => hashQueue.run({ lane: accountId, key: accountId }, () => verifyPassword(password, hash))
  if (present !== null && (await is(present))) return [{ code: 'unchanged' }]
  for (const hash of former) if (await is(hash)) return [{ code: 'used_before', count }]
  return []
}

/** Sets a lasting password that was prepared, and returns the new version of the credentials: what was proven with the old ones is worth nothing. */
export async function setPassword(
  tx: Transaction,
  { keys }: { keys: Keys },
  account: LockedAccount,
  passwordHash: string,
): Promise<number> {
  await keepFormerPassword(tx, account.id, (await findRules(tx)).formerPasswords)
  await storePassword(tx, account.id, passwordHash)
  await clearAttempts(tx, attemptKey(keys, usernameKey(account.username)!))
  return renewCredentialVersion(tx, account.id)
}

/**
 * Makes a new initial password for an account, in place of whatever it had, and opens it for attempts again. Only a part of giving one:
 * server/credentials/give-initial-password.ts. The only time that it exists in clear is in what this returns.
 */
export async function replaceByInitialPassword(
  tx: Transaction,
  { keys }: { keys: Keys },
  { id, username }: LockedAccount,
): Promise<{ initialPassword: string; expiresAt: Date }> {
  const initialPassword = newInitialPassword()
  const { initialPasswordHours, formerPasswords } = await findRules(tx)
  await keepFormerPassword(tx, id, formerPasswords)
  const expiresAt = await storeInitialPassword(tx, id, initialPasswordHash(keys, initialPassword), initialPasswordHours)
  await renewCredentialVersion(tx, id)
  await clearAttempts(tx, attemptKey(keys, usernameKey(username)!))
  return { initialPassword, expiresAt }
}
