// Setting a factor up: begun and shown, proven once, and then live. One that was begun and left is no factor.
import { randomUUID } from 'node:crypto'
import { type FactorKind, factorKinds } from '../../../contracts/factors.ts'
import type { LockedAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Transaction } from '../../platform/database.ts'
import { type Keys, seal } from '../../platform/secret.ts'
import type { Proof } from '../proof.ts'
import { clearFactorAttempts } from './attempt-store.ts'
import { totpSeal, unsealTotp } from './check-code.ts'
import { hashSheetCode, isSheetCode, type StoredSheet } from './code-sheet.ts'
import { type AskedSheet, consumeSheetCode, findSheet, insertSheet } from './sheet-store.ts'
import { bringAlive, disableFactors, findPending, insertFactor, listFactors, removePending } from './store.ts'
import { firstWindow, matchingStep, newTotpSecret, stepAt, type TotpShape, usualTotp } from './totp.ts'
import { consumeTotpStep, findTotps, insertTotp } from './totp-store.ts'

/** Whose factor is set up, and in which sign-in or session: nobody else's page shows or finishes it. */
export type SetUp = { instance: { id: string }; accountId: string; madeFor: string }

/** Begins to set up an app: its secret waits to be shown and proven. What was begun there before is void. */
export async function beginTotp(
  tx: Transaction,
  keys: Keys,
  { instance, accountId, madeFor }: SetUp,
  caller: Caller,
): Promise<void> {
  await removePending(tx, accountId, 'totp', madeFor)
  const id = randomUUID()
  const [key, purpose] = totpSeal(keys, instance, accountId, id)
  await insertFactor(tx, { id, accountId, kind: 'totp', state: 'pending', madeBy: accountId, madeFor }, caller)
  await insertTotp(tx, { factorId: id, sealedSecret: seal(key, newTotpSecret().toString('hex'), purpose), ...usualTotp })
}

/** The secret of the app that is being set up there, to be shown; undefined when none is. */
export async function findPendingTotp(
  tx: Transaction,
  keys: Keys,
  { instance, accountId, madeFor }: SetUp,
): Promise<Buffer | undefined> {
  const factorId = await findPending(tx, accountId, 'totp', madeFor)
  const [totp] = factorId === undefined ? [] : await findTotps(tx, accountId, { state: 'pending', factorId })
  return totp && unsealTotp(keys, instance, accountId, totp)
}

/** Begins to set up a sheet whose codes were just made. */
export async function beginSheet(
  tx: Transaction,
  sheet: StoredSheet,
  { accountId, madeFor }: Omit<SetUp, 'instance'>,
  caller: Caller,
): Promise<void> {
  await removePending(tx, accountId, 'code_sheet', madeFor)
  const id = randomUUID()
  await insertFactor(tx, { id, accountId, kind: 'code_sheet', state: 'pending', madeBy: accountId, madeFor }, caller)
  await insertSheet(tx, id, sheet)
}

/** The sheet that is being set up there; undefined when none is. */
export async function findPendingSheet(
  tx: Transaction,
  { accountId, madeFor }: Omit<SetUp, 'instance'>,
): Promise<AskedSheet | undefined> {
  const factorId = await findPending(tx, accountId, 'code_sheet', madeFor)
  return factorId === undefined ? undefined : findSheet(tx, accountId, { state: 'pending', factorId })
}

/** What a set-up has come to. `minutes` is by how much the clock of an app is ahead, where that is worth saying. */
export type FinishedSetUp = { proof: Proof; factorId: string; minutesAhead: number } | undefined

/** Finishes the set-up of an app with a code of it; undefined when the code is wrong. Call with the account locked. */
export async function proveTotp(
  tx: Transaction,
  keys: Keys,
  setUp: SetUp,
  { id, now }: LockedAccount,
  code: string,
): Promise<FinishedSetUp> {
  const factorId = await findPending(tx, id, 'totp', setUp.madeFor)
  const [totp] = factorId === undefined ? [] : await findTotps(tx, id, { state: 'pending', factorId })
  if (totp === undefined) return undefined
  const step = matchingStep(unsealTotp(keys, setUp.instance, id, totp), code, now, totp, 0, firstWindow)
  if (step === undefined) return undefined
  const drift = step - stepAt(now, totp)
  if (!(await consumeTotpStep(tx, totp.factorId, step, drift)) || !(await bringAlive(tx, totp.factorId))) return undefined
  return {
    proof: { kind: 'totp', at: now, factorId: totp.factorId },
    factorId: totp.factorId,
    minutesAhead: Math.trunc((drift * totp.stepSeconds) / 60),
  }
}

/**
 * Finishes the set-up of a sheet with its first code; undefined when that is wrong. The sheet of before is void from now on. Call with the
 * account locked.
 */
export async function proveSheet(
  tx: Transaction,
  { madeFor }: Pick<SetUp, 'madeFor'>,
  { id, now }: LockedAccount,
  hash: Buffer,
): Promise<FinishedSetUp> {
  const sheet = await findPendingSheet(tx, { accountId: id, madeFor })
  if (sheet === undefined || !isSheetCode(sheet, sheet.number, hash)) return undefined
  if (!(await consumeSheetCode(tx, sheet.factorId, sheet.number))) return undefined
  await disableFactors(tx, id, 'replaced', { kind: 'code_sheet' })
  if (!(await bringAlive(tx, sheet.factorId))) return undefined
  return { proof: { kind: 'code_sheet', at: now, factorId: sheet.factorId }, factorId: sheet.factorId, minutesAhead: 0 }
}

/** What the first code of a sheet that is being set up is compared by. */
export function hashPendingCode(
  keys: Keys,
  { salt, number }: Pick<AskedSheet, 'salt' | 'number'>,
  typed: string,
): Promise<Buffer> {
  return hashSheetCode(keys, salt, number, typed)
}

/**
 * Gives an account a sheet that somebody hands over in person, in place of the one that it had: it is live at once. Only a part of giving
 * one: server/credentials/give-code-sheet.ts. Call with the account locked.
 */
export async function replaceSheet(
  tx: Transaction,
  sheet: StoredSheet,
  accountId: string,
  madeBy: string | null,
  caller: Caller | undefined,
): Promise<{ replaced: boolean }> {
  const former = await disableFactors(tx, accountId, 'replaced', { kind: 'code_sheet' })
  const id = randomUUID()
  await insertFactor(tx, { id, accountId, kind: 'code_sheet', state: 'live', madeBy, madeFor: null }, caller)
  await insertSheet(tx, id, sheet)
  await clearFactorAttempts(tx, accountId)
  return { replaced: former.length > 0 }
}

/** The kinds that a person sets up without help. */
export const ownKinds: readonly FactorKind[] = factorKinds

/**
 * Adds a hardware token that somebody hands over in person: it is live at once. Only a part of giving one:
 * server/credentials/give-tokens.ts. Call with the account locked.
 * @returns false where the account has a live one with this serial number
 */
export async function addToken(
  tx: Transaction,
  keys: Keys,
  instance: { id: string },
  accountId: string,
  { serial, secret, shape }: { serial: string; secret: Buffer; shape: TotpShape },
): Promise<boolean> {
  if ((await listFactors(tx, accountId)).some(({ kind, name }) => kind === 'totp' && name === serial)) return false
  const id = randomUUID()
  const [key, purpose] = totpSeal(keys, instance, accountId, id)
  const factor = { id, accountId, kind: 'totp', name: serial, state: 'live', madeBy: null, madeFor: null } as const
  await insertFactor(tx, factor, undefined)
  await insertTotp(tx, { factorId: id, sealedSecret: seal(key, secret.toString('hex'), purpose), ...shape })
  return true
}
