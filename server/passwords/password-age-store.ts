import { sql } from 'kysely'
import type { Database, Transaction } from '../platform/database.ts'
import type { HeldRules } from '../rules/rules.ts'

/**
 * Whether a lasting password has to be replaced at this login: it is too old, or everybody was asked for a new one since it was chosen.
 * Asks the database only where a rule makes it possible.
 */
export async function isPasswordExpired(
  database: Database,
  instance: { id: string },
  accountId: string,
  { expiryDays, passwordsChosenAfter }: Pick<HeldRules, 'expiryDays' | 'passwordsChosenAfter'>,
): Promise<boolean> {
  if (expiryDays === 0 && passwordsChosenAfter === null) return false
  return database.in(instance, async (tx) => {
    const row = await tx
      .selectFrom('password')
      .select(
        sql<boolean>`coalesce(changed_at < ${passwordsChosenAfter}::timestamptz, false)
            or (${expiryDays}::int > 0 and changed_at <= now() - make_interval(days => ${expiryDays}))`.as('expired'),
      )
      .where('accountId', '=', accountId)
      .executeTakeFirst()
    return row?.expired ?? false
  })
}

/** How many days before its end somebody is told that the password expires. */
const warnedDays = 7

/** When an account's lasting password expires, if that is in the next seven days; also when that moment has passed in a session that lives. */
export async function findComingExpiry(tx: Transaction, accountId: string, expiryDays: number): Promise<Date | undefined> {
  if (expiryDays === 0) return undefined
  const row = await tx
    .selectFrom('password')
    .select(sql<Date>`changed_at + make_interval(days => ${expiryDays})`.as('expiresAt'))
    .where('accountId', '=', accountId)
    .where('changedAt', '<=', sql<Date>`now() - make_interval(days => ${expiryDays}) + make_interval(days => ${warnedDays})`)
    .executeTakeFirst()
  return row?.expiresAt
}
