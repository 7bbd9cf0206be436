import type { AccountFields } from '../../contracts/account-fields.ts'
import { type Actor, recordMany } from '../audit/audit.ts'
import { updateAccounts } from '../directory/accounts/account-changes.ts'
import { type ActingAccount, lockAccounts, type StoredAccount } from '../directory/accounts/accounts.ts'
import { tellByMail } from '../outward/messages/messages.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { changedMeanwhile } from '../platform/problem.ts'
import { addressTakesNewPassword } from './problems.ts'

export type AccountChange = {
  accountId: string
  /** What is said from now on; what is not named stays. */
  fields: Partial<AccountFields>
  /** Of the account that the change was made on; another one is not changed. */
  version?: number
  /** What the audit says besides the changes. */
  detail?: Record<string, unknown>
}

/** From what to what, by field. */
export type Changes = Partial<Record<keyof AccountFields, { from: unknown; to: unknown }>>

/** Whoever may give a new password: an address is worth one, since a link for a new password is sent there. */
export function mayChangeAddress({ permissions }: Pick<ActingAccount, 'permissions'>): boolean {
  return permissions.includes('accounts.new-password')
}

/**
 * Changes what is said of accounts, one or many: records it, and tells both the former and the new address of one that changes.
 * Whether whoever acts reaches the accounts is the caller's to know; that an address takes `accounts.new-password` is held here.
 * @returns the changes, by account; an account that is gone has none
 * @throws changed_meanwhile, address_takes_new_password
 */
export async function changeAccounts(
  tx: Transaction,
  acting: ActingAccount | 'operator',
  changes: readonly AccountChange[],
  caller: Caller | undefined,
): Promise<Map<string, Changes>> {
  const actor: Actor = acting === 'operator' ? { kind: 'operator' } : { kind: 'account', accountId: acting.accountId }
  const wanted = new Map(changes.map((change) => [change.accountId, change]))
  const before = await lockAccounts(tx, [...wanted.keys()])
  const made = new Map(before.map((account) => [account.id, changesOf(account, wanted.get(account.id)!.fields)]))
  const newAddress = before.filter(({ id }) => made.get(id)!.email !== undefined)
  if (newAddress.length > 0 && acting !== 'operator' && !mayChangeAddress(acting)) throw addressTakesNewPassword()

  const updated = await updateAccounts(
    tx,
    before.map((account) => ({ ...account, ...wanted.get(account.id)!.fields, expected: wanted.get(account.id)!.version })),
  )
  if (updated < before.length) throw changedMeanwhile()
  await tellByMail(tx, 'email_changed', newAddress, actor, caller)
  const atNewAddress = newAddress.map((account) => ({ ...account, email: wanted.get(account.id)!.fields.email! }))
  await tellByMail(tx, 'email_changed_here', atNewAddress, actor, caller)
  const rows = before.map(({ id }) => ({ accountId: id, detail: { ...wanted.get(id)!.detail, changes: made.get(id) } }))
  await recordMany(tx, 'account_changed', actor, rows, caller)
  return made
}

function changesOf(account: StoredAccount, fields: Partial<AccountFields>): Changes {
  return Object.fromEntries(
    (Object.keys(fields) as (keyof AccountFields)[])
      .filter((field) => JSON.stringify(account[field]) !== JSON.stringify(fields[field]))
      .map((field) => [field, { from: account[field], to: fields[field] }]),
  )
}
