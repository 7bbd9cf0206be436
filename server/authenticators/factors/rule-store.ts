import { sql } from 'kysely'
import { type Demand, defaultFactorRule, type FactorKind } from '../../../contracts/factors.ts'
import type { Transaction } from '../../platform/database.ts'

/** What is demanded of the people of a profile. */
export type FactorRule = {
  demand: Demand
  /** From when on; null for at once. */
  requiredFrom: Date | null
  kinds: FactorKind[]
  graceDays: number
  graceLogins: number
  vouching: boolean
  dailyVouches: number
  sheetWithSlip: boolean
  reason: string
}

/** A rule as it is changed. Version 0: nothing was ever said of the profile. */
export type StoredFactorRule = FactorRule & { profileId: string; profileName: string; version: number; withoutFactor: number }

const standard: FactorRule = { ...defaultFactorRule, kinds: [...defaultFactorRule.kinds] }

/** The rule of every profile, and how many of its enabled accounts have no factor. */
export async function listFactorRules(tx: Transaction): Promise<StoredFactorRule[]> {
  const { rows } = await sql<{ [Key in keyof StoredFactorRule]: StoredFactorRule[Key] | null }>`
    select p.id as profile_id, p.name as profile_name, coalesce(r.version, 0) as version, r.demand, r.required_from, r.kinds, r.grace_days,
      r.grace_logins, r.vouching, r.daily_vouches, r.sheet_with_slip, r.reason,
      (select count(*)::int from account a where a.profile_id = p.id and a.enabled
        and not exists (select from factor f where f.account_id = a.id and f.state = 'live')) as without_factor
    from profile p left join factor_rule r on r.profile_id = p.id
    order by p.built_in desc, case when p.built_in then -cardinality(p.permissions) end, lower(p.name)`.execute(tx)
  return rows.map((row) => ({
    ...standard,
    ...(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as StoredFactorRule),
  }))
}

/** Who of a profile has no factor yet: as many as can be looked through, by name. */
export async function listWithoutFactor(
  tx: Transaction,
  profileId: string,
): Promise<{ id: string; username: string; fullName: string }[]> {
  const { rows } = await sql<{ id: string; username: string; fullName: string }>`
    select id, username, full_name from account a where profile_id = ${profileId} and enabled
      and not exists (select from factor f where f.account_id = a.id and f.state = 'live')
    order by lower(full_name), id limit 500`.execute(tx)
  return rows
}

/** Which of these accounts get a code sheet with a slip, as their profiles want it. */
export async function findSheetWanting(tx: Transaction, accountIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select a.id from account a join factor_rule r on r.profile_id = a.profile_id
    where a.id = any (${accountIds as string[]}::uuid[]) and r.sheet_with_slip and r.demand <> 'off'`.execute(tx)
  return new Set(rows.map(({ id }) => id))
}

/** Holds a profile against whoever comes to it, while what it demands is changed; undefined when there is none. */
export async function lockProfile(
  tx: Transaction,
  profileId: string,
): Promise<{ name: string; permissions: string[] } | undefined> {
  return tx.selectFrom('profile').select(['name', 'permissions']).where('id', '=', profileId).forUpdate().executeTakeFirst()
}

/** The rule of one profile, and its version. */
export async function findFactorRule(tx: Transaction, profileId: string): Promise<FactorRule & { version: number }> {
  const row = await tx
    .selectFrom('factorRule')
    .select([
      'demand',
      'requiredFrom',
      'kinds',
      'graceDays',
      'graceLogins',
      'vouching',
      'dailyVouches',
      'sheetWithSlip',
      'reason',
      'version',
    ])
    .where('profileId', '=', profileId)
    .executeTakeFirst()
  return row ?? { ...standard, version: 0 }
}

/** Sets the rule of a profile; false, and nothing is written, when it is no longer of this version. Call with the profile held. */
export async function saveFactorRule(tx: Transaction, profileId: string, rule: FactorRule, version: number): Promise<boolean> {
  const fields = { ...rule, version: version + 1 }
  const row = await tx
    .insertInto('factorRule')
    .values({ profileId, ...fields })
    .onConflict((conflict) =>
      conflict.columns(['instanceId', 'profileId']).doUpdateSet(fields).where('factorRule.version', '=', version),
    )
    .returning('version')
    .executeTakeFirst()
  return row !== undefined
}
