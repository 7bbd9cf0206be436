import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'
import type { HeldRules } from '../../rules/rules.ts'
import { type PasswordState, stateOf } from './password-state.ts'

/** The rules by which a lasting password has to be replaced. */
export type AgeRules = Pick<HeldRules, 'expiryDays' | 'passwordsChosenAfter'>

/**
 * Whether a lasting password has to be replaced at this login: it is too old, or everybody was asked for a new one since it was chosen.
 * Asks the database only where a rule makes it possible.
 */
export async function isPasswordExpired(
  database: Database,
  instance: { id: string },
  accountId: string,
  rules: AgeRules,
): Promise<boolean> {
  if (rules.expiryDays === 0 && rules.passwordsChosenAfter === null) return false
  return database.in(instance, async (tx) => (await findExpiredPasswords(tx, [accountId], rules)).has(accountId))
}

const tooOld = ({ expiryDays, passwordsChosenAfter }: AgeRules) =>
  sql<boolean>`(coalesce(changed_at < ${passwordsChosenAfter}::timestamptz, false)
    or coalesce(${expiryDays}::int > 0 and changed_at <= now() - make_interval(days => ${expiryDays}), false))`

/** Those of the accounts whose lasting password has to be replaced at their next login. */
export async function findExpiredPasswords(
  tx: Transaction,
  accountIds: readonly string[],
  rules: AgeRules,
): Promise<Set<string>> {
  if (rules.expiryDays === 0 && rules.passwordsChosenAfter === null) return new Set()
  const rows = await tx
    .selectFrom('password')
    .select('accountId')
    .where('accountId', '=', sql<string>`any (${accountIds as string[]}::uuid[])`)
    .where(tooOld(rules))
    .execute()
  return new Set(rows.map(({ accountId }) => accountId))
}

/** How an account's password stands at this moment; `none` where it has none. `expiresAt` is that of an initial or given one. */
export type PasswordStanding = { state: PasswordState | 'none'; expiresAt: Date | null }

export async function findPasswordStanding(tx: Transaction, accountId: string, rules: AgeRules): Promise<PasswordStanding> {
  const row = await tx
    .selectFrom('password')
    .select([
      sql<Date | null>`coalesce(initial_expires_at, must_change_by)`.as('expiresAt'),
      sql<boolean | null>`coalesce(initial_expires_at, must_change_by) <= now()`.as('initialExpired'),
      tooOld(rules).as('expired'),
    ])
    .where('accountId', '=', accountId)
    .where((where) => where.or([where('hash', 'is not', null), where('initialHash', 'is not', null)]))
    .executeTakeFirst()
  if (row === undefined) return { state: 'none', expiresAt: null }
  return { state: stateOf(row.initialExpired, row.expired), expiresAt: row.expiresAt }
}

/** When an initial password stops working, a given one among them; null for accounts that have none. */
export async function findInitialExpiry(tx: Transaction, accountId: string): Promise<Date | null> {
  const row = await tx
    .selectFrom('password')
    .select(sql<Date | null>`coalesce(initial_expires_at, must_change_by)`.as('expiresAt'))
    .where('accountId', '=', accountId)
    .executeTakeFirst()
  return row?.expiresAt ?? null
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
