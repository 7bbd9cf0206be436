// A sign-in that waits for a step: found by the secret of its browser, and by what the page of the step says it was made for.
import { type LockedAccount, lockAccount } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import type { Database, Transaction } from '../platform/database.ts'
import { otherPersonsPage, Problem } from '../platform/problem.ts'
import { hashToken } from '../platform/secret.ts'
import { countTry, findSignIn, type SignInOwner, takeStep, type WaitingSignIn } from './store.ts'

export type { SignInOwner } from './store.ts'

export const loginExpired = () => new Problem(403, 'login_expired', 'This login has expired or was finished elsewhere.')

/** `token` is of the browser, `id` is what the form of the page carries. */
export type StepForm = { token: string | undefined; id: string }

/** Wrong codes of one sign-in; then somebody has to log in anew. */
const mostTries = 5

/**
 * Whose sign-in waits for a step, or for one of several, in this browser.
 * @throws login_expired
 */
export async function waitingSignIn(
  { database }: { database: Database },
  instance: Instance,
  token: string | undefined,
  ...steps: readonly string[]
): Promise<SignInOwner> {
  const found = token === undefined ? undefined : await database.in(instance, (tx) => findSignIn(tx, hashToken(token), steps))
  if (found === undefined) throw loginExpired()
  return found
}

/**
 * The same, for what a page was sent from: it must have been made for this sign-in.
 * @throws login_expired, other_persons_page
 */
export async function signInOfForm(
  needs: { database: Database },
  instance: Instance,
  { token, id }: StepForm,
  ...steps: readonly string[]
): Promise<SignInOwner> {
  const owner = await waitingSignIn(needs, instance, token, ...steps)
  if (owner.id !== id) throw otherPersonsPage()
  return owner
}

/**
 * Locks the account and takes the step, once, also when two browsers or nodes send it at the same moment.
 * @throws login_expired
 */
export async function beginStep(
  tx: Transaction,
  { accountId }: SignInOwner,
  token: string,
  step: string,
): Promise<{ account: LockedAccount; signIn: WaitingSignIn }> {
  const account = await lockAccount(tx, accountId)
  if (!account?.enabled) throw loginExpired()
  return { account, signIn: await endStep(tx, account, token, step) }
}

/**
 * Locks the account and counts a try at the step, before it is checked. The step is taken by `endStep`, once what was tried is right.
 * @returns the account, and whether this is the last try of this sign-in
 * @throws login_expired also after too many tries
 */
export async function beginTry(
  tx: Transaction,
  { accountId }: SignInOwner,
  token: string,
  step: string,
): Promise<{ account: LockedAccount; isLast: boolean }> {
  const account = await lockAccount(tx, accountId)
  if (!account?.enabled) throw loginExpired()
  const tries = await countTry(tx, hashToken(token), step, account.credentialVersion, mostTries)
  if (tries === undefined) throw loginExpired()
  return { account, isLast: tries === mostTries }
}

/**
 * Takes the step of an account that is locked, once.
 * @throws login_expired
 */
export async function endStep(
  tx: Transaction,
  { credentialVersion }: LockedAccount,
  token: string,
  step: string,
): Promise<WaitingSignIn> {
  const signIn = await takeStep(tx, hashToken(token), step, credentialVersion)
  if (signIn === undefined) throw loginExpired()
  return signIn
}
