// What people do with their own second factors, in a live session: each takes a proof of who they are that is minutes old.
import { type FactorKind, longestFactorName } from '../../../contracts/factors.ts'
import { record } from '../../audit/audit.ts'
import {
  beginSheet,
  beginTotp,
  checkNewKey,
  disableFactors,
  type FactorStanding,
  findPendingSheet,
  hashPendingCode,
  keepNewKey,
  newCodeSheet,
  ownKinds,
  type Place,
  proveSheet,
  proveTotp,
  renameFactor,
} from '../../authenticators/factors/factors.ts'
import { kindNotOffered, proofTooWeak } from '../../authenticators/factors/problems.ts'
import { requireOwnProof } from '../../credentials/credentials.ts'
import { type LockedAccount, lockAccount } from '../../directory/accounts/accounts.ts'
import { tellByMail } from '../../outward/messages/messages.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { tidyName } from '../../platform/name.ts'
import { notSignedIn } from '../../platform/problem.ts'
import type { Keys } from '../../platform/secret.ts'
import type { LiveSession } from '../../sessions/sessions.ts'
import { factorNotFound } from './problems.ts'

export type SecurityNeeds = { database: Database; keys: Keys }
export type Person = Pick<LiveSession, 'id' | 'accountId'>

/** The kinds that somebody may add to what they have. */
export function kindsToAdd({ demand, kinds }: FactorStanding): FactorKind[] {
  return demand === 'off' ? [] : ownKinds.filter((kind) => kinds.includes(kind))
}

/** Whether the first factor has to come from a supervisor again: whoever has learned the password would bind one of their own. */
export function needsSupervisor({ live, hadOne }: FactorStanding): boolean {
  return live.length === 0 && hadOne
}

/**
 * Locks the account of a session whose person has just proven who they are: by a factor, if they have one.
 * @throws proof_too_old, not_signed_in
 */
async function lockProven(
  tx: Transaction,
  { id, accountId }: Person,
): Promise<{ account: LockedAccount; standing: FactorStanding }> {
  const account = await lockAccount(tx, accountId)
  if (account === undefined) throw notSignedIn()
  return { account, standing: await requireOwnProof(tx, { id, accountId }) }
}

/** @throws proof_too_old, not_signed_in, proof_too_weak, kind_not_offered */
async function lockToAdd(tx: Transaction, person: Person, kind: FactorKind): Promise<LockedAccount> {
  const { account, standing } = await lockProven(tx, person)
  if (needsSupervisor(standing)) throw proofTooWeak()
  if (!kindsToAdd(standing).includes(kind)) throw kindNotOffered()
  return account
}

/**
 * Begins to set up a further factor; what was begun there before is void.
 * @returns the codes of a sheet, which exist in clear this one time
 * @throws proof_too_old, not_signed_in, proof_too_weak, kind_not_offered
 */
export async function beginFactor(
  { database, keys }: SecurityNeeds,
  instance: { id: string },
  person: Person,
  kind: FactorKind,
  caller: Caller,
): Promise<{ codes?: string[] }> {
  const setUp = { instance, accountId: person.accountId, madeFor: person.id }
  const sheet = kind === 'code_sheet' ? await newCodeSheet(keys) : undefined
  await database.in(instance, async (tx) => {
    await lockToAdd(tx, person, kind)
    // A key is made and proven in one answer: there is nothing to keep until then.
    if (kind === 'passkey') return
    if (sheet === undefined) await beginTotp(tx, keys, setUp, caller)
    else await beginSheet(tx, sheet, setUp, caller)
  })
  return sheet === undefined ? {} : { codes: sheet.codes }
}

/**
 * Finishes the set-up with a code of the new factor; undefined when the code is wrong.
 * @returns by how many minutes the clock of an app is ahead
 * @throws proof_too_old, not_signed_in, proof_too_weak, kind_not_offered
 */
export async function finishFactor(
  { database, keys }: SecurityNeeds,
  instance: { id: string },
  person: Person,
  { kind, code }: { kind: 'totp' | 'code_sheet'; code: string },
  caller: Caller,
): Promise<{ minutesAhead: number } | undefined> {
  const { accountId } = person
  const setUp = { instance, accountId, madeFor: person.id }
  const pending = kind === 'code_sheet' ? await database.in(instance, (tx) => findPendingSheet(tx, setUp)) : undefined
  const hash = pending && (await hashPendingCode(keys, pending, code))
  return database.in(instance, async (tx) => {
    const account = await lockToAdd(tx, person, kind)
    const done =
      kind === 'totp' ? await proveTotp(tx, keys, setUp, account, code) : hash && (await proveSheet(tx, setUp, account, hash))
    if (done === undefined) return undefined
    const actor = { kind: 'account', accountId } as const
    await record(tx, { event: 'factor_added', actor, accountId, sessionId: person.id, caller, detail: { kind } })
    await tellByMail(tx, 'factor_added', [account], actor, caller)
    return { minutesAhead: done.minutesAhead }
  })
}

/**
 * Sets a key up that has just answered; false when it was not taken.
 * @throws proof_too_old, not_signed_in, proof_too_weak, kind_not_offered
 */
export async function addPasskey(
  { database, keys }: SecurityNeeds,
  place: Place,
  person: Person,
  answer: string,
  caller: Caller,
): Promise<boolean> {
  const { accountId } = person
  const made = await checkNewKey(keys, place, person.id, answer)
  return database.in(place.instance, async (tx) => {
    const account = await lockToAdd(tx, person, 'passkey')
    if ((await keepNewKey(tx, made, account, caller)) === undefined) return false
    const actor = { kind: 'account', accountId } as const
    await record(tx, { event: 'factor_added', actor, accountId, sessionId: person.id, caller, detail: { kind: 'passkey' } })
    await tellByMail(tx, 'factor_added', [account], actor, caller)
    return true
  })
}

/**
 * Removes a factor; it opens nothing from now on, and stays on record.
 * @throws proof_too_old, not_signed_in, factor_not_found
 */
export async function removeFactor(
  { database }: SecurityNeeds,
  instance: { id: string },
  person: Person,
  factorId: string,
  caller: Caller,
): Promise<void> {
  const { accountId } = person
  await database.in(instance, async (tx) => {
    const { account } = await lockProven(tx, person)
    const [removed] = await disableFactors(tx, accountId, 'removed', { factorId })
    if (removed === undefined) throw factorNotFound()
    const actor = { kind: 'account', accountId } as const
    const detail = { kind: removed.kind, name: removed.name }
    await record(tx, { event: 'factor_removed', actor, accountId, sessionId: person.id, caller, detail })
    await tellByMail(tx, 'factor_removed', [account], actor, caller)
  })
}

/**
 * Gives a factor another name.
 * @throws proof_too_old, not_signed_in, factor_not_found
 */
export async function nameFactor(
  { database }: SecurityNeeds,
  instance: { id: string },
  person: Person,
  { factorId, name: typed }: { factorId: string; name: string },
  caller: Caller,
): Promise<void> {
  const { accountId } = person
  const name = [...tidyName(typed.toWellFormed().replace(/\p{Cc}/gu, ' '))].slice(0, longestFactorName).join('')
  await database.in(instance, async (tx) => {
    await lockProven(tx, person)
    if (!(await renameFactor(tx, accountId, factorId, name))) throw factorNotFound()
    const actor = { kind: 'account', accountId } as const
    await record(tx, { event: 'factor_renamed', actor, accountId, sessionId: person.id, caller, detail: { name } })
  })
}
