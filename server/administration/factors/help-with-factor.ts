// What a supervisor does for somebody whose second factor does not work: vouch, a new sheet, a reset. Within reach, and never for oneself.
import { record } from '../../audit/audit.ts'
import {
  countWrongNumber,
  listWaitingVouches,
  newCodeSheet,
  readDigits,
  settleVouch,
  vouchNumber,
} from '../../authenticators/factors/factors.ts'
import { type GivenCodeSheet, giveCodeSheet, resetFactors } from '../../credentials/credentials.ts'
import { actingAccount, type LockedAccount, lockReachableAccount, ownAccount } from '../../directory/accounts/accounts.ts'
import { tellByMail } from '../../outward/messages/messages.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { type Keys, sameBytes } from '../../platform/secret.ts'
import { requireFreshProof } from '../../sessions/sessions.ts'
import { nobodyWaits, wrongNumber } from './problems.ts'

export type FactorHelpNeeds = { database: Database; keys: Keys }
/** Who helps, and in which session. */
export type Helper = { accountId: string; id: string }

async function lockHelped(tx: Transaction, { accountId }: Helper, helpedId: string): Promise<LockedAccount> {
  if (helpedId === accountId) throw ownAccount()
  return lockReachableAccount(tx, await actingAccount(tx, accountId, 'accounts.second-factor'), helpedId)
}

/**
 * Vouches for a person by the number on their screen: their login goes on by itself. A wrong number counts against it.
 * @throws account_not_found, beyond_your_permissions, own_account, not_permitted, nobody_waits, wrong_number
 */
export async function vouchFor(
  { database, keys }: FactorHelpNeeds,
  instance: { id: string },
  helper: Helper,
  accountId: string,
  typed: string,
  caller: Caller,
): Promise<{ device: string; address: string }> {
  const number = Buffer.from(readDigits(typed))
  const vouched = await database.in(instance, async (tx) => {
    const account = await lockHelped(tx, helper, accountId)
    const waiting = await listWaitingVouches(tx, accountId)
    if (waiting.length === 0) throw nobodyWaits()
    const meant = waiting.find(({ id }) => sameBytes(Buffer.from(vouchNumber(keys, instance, id)), number))
    const actor = { kind: 'account', accountId: helper.accountId } as const
    if (meant === undefined || !(await settleVouch(tx, meant.id, helper.accountId))) {
      // Written, and not thrown: what was typed wrong must be remembered.
      await countWrongNumber(tx, accountId)
      await record(tx, { event: 'vouch_refused', actor, accountId, caller })
      return undefined
    }
    const { device, address } = meant
    await record(tx, { event: 'vouched', actor, accountId, caller, detail: { forDevice: device, forAddress: address } })
    await tellByMail(tx, 'vouched', [account], actor, { ...caller, device, address })
    return { device, address }
  })
  if (vouched === undefined) throw wrongNumber()
  return vouched
}

/**
 * Makes a new code sheet to hand over in person; it voids the one before.
 * @throws account_not_found, beyond_your_permissions, own_account, not_permitted, proof_too_old
 */
export async function makeCodeSheet(
  { database, keys }: FactorHelpNeeds,
  instance: { id: string },
  helper: Helper,
  accountId: string,
  caller: Caller,
): Promise<GivenCodeSheet & { codes: string[] }> {
  const { codes, ...sheet } = await newCodeSheet(keys)
  const given = await database.in(instance, async (tx) => {
    await lockHelped(tx, helper, accountId)
    await requireFreshProof(tx, helper.id)
    return giveCodeSheet(tx, sheet, accountId, { kind: 'account', accountId: helper.accountId }, caller)
  })
  return { ...given, codes }
}

/**
 * Takes an account all its second factors; its person sets a new one up at the next login. Where there is none, nothing is done.
 * @throws account_not_found, beyond_your_permissions, own_account, not_permitted, proof_too_old
 */
export async function resetFactorsOf(
  { database }: FactorHelpNeeds,
  instance: { id: string },
  helper: Helper,
  accountId: string,
  caller: Caller,
): Promise<void> {
  await database.in(instance, async (tx) => {
    await lockHelped(tx, helper, accountId)
    await requireFreshProof(tx, helper.id)
    await resetFactors(tx, accountId, { kind: 'account', accountId: helper.accountId }, caller)
  })
}
