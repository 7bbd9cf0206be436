import type { ActingAccount, LockedAccount } from '../directory/accounts/accounts.ts'
import type { Caller } from '../platform/caller.ts'
import type { Transaction } from '../platform/database.ts'
import { changeAccounts } from './change-accounts.ts'

/**
 * Lets an account whose dates keep it out begin today, or go on for some days from today in the person's time zone. Nothing gets
 * shorter, and nothing happens where the dates are not in the way. Call with the account locked.
 * @returns whether anything was done
 */
export async function extendValidity(
  tx: Transaction,
  acting: ActingAccount | 'operator',
  { id, validFrom, validUntil, timeZone, now }: LockedAccount,
  days: number,
  caller: Caller | undefined,
): Promise<boolean> {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate()
  const fields = {
    ...(validFrom !== null && validFrom > today.toString() && { validFrom: today.toString() }),
    ...(validUntil !== null && validUntil < today.toString() && { validUntil: today.add({ days }).toString() }),
  }
  if (Object.keys(fields).length === 0) return false
  await changeAccounts(tx, acting, [{ accountId: id, fields }], caller)
  return true
}
