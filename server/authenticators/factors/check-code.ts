// Checking a code: the one place where a typed code meets what is stored, of whatever kind and on whatever path.
import type { LockedAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { declareKey, type Keys, unseal } from '../../platform/secret.ts'
import type { Proof } from '../proof.ts'
import { type FactorAttemptRules, forgiveFactorAttempts, type TryingBrowser, takeFactorAttempt } from './attempt-store.ts'
import { hashSheetCode, isSheetCode } from './code-sheet.ts'
import { consumeSheetCode, findSheet } from './sheet-store.ts'
import { touchFactor } from './store.ts'
import { matchingStep, stepAt } from './totp.ts'
import { consumeTotpStep, findTotps } from './totp-store.ts'

/** What people type a code of. */
export type CodeKind = 'totp' | 'code_sheet'

/** A code as it was typed, with what costs work done already: nothing is hashed while the account is locked. */
export type TypedCode = { kind: 'totp'; code: string } | { kind: 'code_sheet'; number: number; hash: Buffer }

export type CheckedCode =
  | { kind: 'right'; proof: Proof }
  | { kind: 'wrong' }
  /** It was not looked at: after so many wrong ones the account's codes wait, or are used up (null). */
  | { kind: 'waits'; until: Date | null }

const totpKey = declareKey('one-time codes')

/** What opens the secret of a factor, and what it is sealed for: it is worth nothing at another account or instance. */
export function totpSeal(keys: Keys, instance: { id: string }, accountId: string, factorId: string): [Buffer, string] {
  return [keys.of(totpKey), `${instance.id} ${accountId} ${factorId}`]
}

export function unsealTotp(
  keys: Keys,
  instance: { id: string },
  accountId: string,
  { factorId, sealedSecret }: { factorId: string; sealedSecret: Buffer },
): Buffer {
  const [key, purpose] = totpSeal(keys, instance, accountId, factorId)
  return Buffer.from(unseal(key, sealedSecret, purpose), 'hex')
}

/** Does the work of a code before the account is locked. Of a sheet, the code that is asked for at this moment is meant. */
export async function prepareCode(
  { database, keys }: { database: Database; keys: Keys },
  instance: { id: string },
  accountId: string,
  { kind, code }: { kind: CodeKind; code: string },
): Promise<TypedCode> {
  if (kind === 'totp') return { kind, code }
  const sheet = await database.in(instance, (tx) => findSheet(tx, accountId, { state: 'live' }))
  // Without one, the same work.
  const { salt, number } = sheet ?? { salt: Buffer.alloc(16), number: 0 }
  return { kind, number, hash: await hashSheetCode(keys, salt, number, code) }
}

/**
 * Checks a code that was typed for an account, once it is counted; a right one is used up. Call with the account locked, and commit
 * whatever comes of it: a count that is rolled back was none.
 */
export async function checkCode(
  tx: Transaction,
  keys: Keys,
  instance: { id: string },
  account: LockedAccount,
  typed: TypedCode,
  browser: TryingBrowser,
  rules: FactorAttemptRules,
  caller: Caller,
): Promise<CheckedCode> {
  const attempt = await takeFactorAttempt(tx, account.id, browser, rules)
  if (!attempt.admitted) return { kind: 'waits', until: attempt.until }
  const factorId =
    typed.kind === 'totp' ? await takeTotp(tx, keys, instance, account, typed.code) : await takeSheetCode(tx, account.id, typed)
  if (factorId === undefined || !(await touchFactor(tx, factorId, caller))) return { kind: 'wrong' }
  await forgiveFactorAttempts(tx, account.id, browser)
  return { kind: 'right', proof: { kind: typed.kind, at: account.now, factorId } }
}

async function takeTotp(
  tx: Transaction,
  keys: Keys,
  instance: { id: string },
  { id, now }: LockedAccount,
  code: string,
): Promise<string | undefined> {
  for (const totp of await findTotps(tx, id, { state: 'live' })) {
    const step = matchingStep(unsealTotp(keys, instance, id, totp), code, now, totp, totp.drift)
    if (step !== undefined && (await consumeTotpStep(tx, totp.factorId, step, step - stepAt(now, totp)))) return totp.factorId
  }
  return undefined
}

async function takeSheetCode(
  tx: Transaction,
  accountId: string,
  { number, hash }: { number: number; hash: Buffer },
): Promise<string | undefined> {
  const sheet = await findSheet(tx, accountId, { state: 'live' })
  if (sheet === undefined || sheet.number !== number || number > sheet.codes) return undefined
  if (!isSheetCode(sheet, number, hash)) return undefined
  return (await consumeSheetCode(tx, sheet.factorId, number)) ? sheet.factorId : undefined
}
