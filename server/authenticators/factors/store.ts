import { sql } from 'kysely'
import { type Demand, defaultFactorRule, type FactorKind } from '../../../contracts/factors.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Transaction } from '../../platform/database.ts'
import { removeSome, type TidyStep } from '../../platform/tidying.ts'
import type { FactorEnd, FactorState } from './tables.ts'

/** A factor as its person and whoever helps them may see it. */
export type ListedFactor = {
  id: string
  kind: FactorKind
  name: string
  state: FactorState
  madeAt: Date
  madeDevice: string | null
  lastUsedAt: Date | null
  lastUsedAddress: string | null
  lastUsedDevice: string | null
  /** Of a sheet. */
  codesLeft: number | null
  disabledAt: Date | null
  disabledReason: FactorEnd | null
}

/** The live factors of an account, the strongest kind first; those of before too, where they are asked for. */
export async function listFactors(
  tx: Transaction,
  accountId: string,
  states: readonly FactorState[] = ['live'],
): Promise<ListedFactor[]> {
  return tx
    .selectFrom('factor')
    .leftJoin('codeSheet', 'codeSheet.factorId', 'factor.id')
    .select([
      'factor.id',
      'factor.kind',
      'factor.name',
      'factor.state',
      'factor.madeAt',
      'factor.madeDevice',
      'factor.lastUsedAt',
      'factor.lastUsedAddress',
      'factor.lastUsedDevice',
      'factor.disabledAt',
      'factor.disabledReason',
      sql<number | null>`code_sheet.codes - code_sheet.next_number + 1`.as('codesLeft'),
    ])
    .where('factor.accountId', '=', accountId)
    .where('factor.state', 'in', [...states])
    .orderBy(sql`array_position('{passkey,totp,code_sheet}', factor.kind)`)
    .orderBy('factor.madeAt')
    .execute()
}

export type NewFactor = {
  id: string
  accountId: string
  kind: FactorKind
  name?: string
  state: 'pending' | 'live'
  /** The account that makes it; null for the operator. */
  madeBy: string | null
  /** The sign-in or the session in which a pending one is set up. */
  madeFor: string | null
}

/** Adds a factor. Call with the account locked. */
export async function insertFactor(tx: Transaction, { state, ...factor }: NewFactor, caller: Caller | undefined): Promise<void> {
  await tx
    .insertInto('factor')
    .values({
      ...factor,
      state,
      madeAddress: caller?.address ?? null,
      madeDevice: caller?.device ?? null,
      ...(state === 'live' && { liveAt: sql<Date>`now()` }),
    })
    .execute()
}

/** Removes what was begun and not finished there; none of it was ever a factor. */
export async function removePending(tx: Transaction, accountId: string, kind: FactorKind, madeFor: string): Promise<void> {
  await tx
    .deleteFrom('factor')
    .where('accountId', '=', accountId)
    .where('kind', '=', kind)
    .where('madeFor', '=', madeFor)
    .where('state', '=', 'pending')
    .execute()
}

/** What of a kind was begun there and is not finished. */
export async function findPending(
  tx: Transaction,
  accountId: string,
  kind: FactorKind,
  madeFor: string,
): Promise<string | undefined> {
  const row = await tx
    .selectFrom('factor')
    .select('id')
    .where('accountId', '=', accountId)
    .where('kind', '=', kind)
    .where('madeFor', '=', madeFor)
    .where('state', '=', 'pending')
    .executeTakeFirst()
  return row?.id
}

/** Makes a pending factor a live one; false when it is none any more. */
export async function bringAlive(tx: Transaction, factorId: string): Promise<boolean> {
  const row = await tx
    .updateTable('factor')
    .set({ state: 'live', liveAt: sql<Date>`now()`, madeFor: null })
    .where('id', '=', factorId)
    .where('state', '=', 'pending')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Says that a live factor was used; false when it is live no more. */
export async function touchFactor(tx: Transaction, factorId: string, caller: Caller): Promise<boolean> {
  const row = await tx
    .updateTable('factor')
    .set({ lastUsedAt: sql<Date>`clock_timestamp()`, lastUsedAddress: caller.address, lastUsedDevice: caller.device })
    .where('id', '=', factorId)
    .where('state', '=', 'live')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Disables live factors of an account and returns which: all, or those that are chosen. Call with the account locked.
 * What was begun and not finished is removed.
 */
export async function disableFactors(
  tx: Transaction,
  accountId: string,
  reason: FactorEnd,
  { factorId, kind }: { factorId?: string; kind?: FactorKind } = {},
): Promise<{ id: string; kind: FactorKind; name: string }[]> {
  if (factorId === undefined && kind === undefined)
    await tx.deleteFrom('factor').where('accountId', '=', accountId).where('state', '=', 'pending').execute()
  return tx
    .updateTable('factor')
    .set({ state: 'disabled', disabledAt: sql<Date>`now()`, disabledReason: reason })
    .where('accountId', '=', accountId)
    .where('state', '=', 'live')
    .$if(factorId !== undefined, (query) => query.where('id', '=', factorId!))
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind!))
    .returning(['id', 'kind', 'name'])
    .execute()
}

/** Gives a live factor another name; false when there is no such one. */
export async function renameFactor(tx: Transaction, accountId: string, factorId: string, name: string): Promise<boolean> {
  const row = await tx
    .updateTable('factor')
    .set({ name })
    .where('accountId', '=', accountId)
    .where('id', '=', factorId)
    .where('state', '=', 'live')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** How an account stands with its second factors, and what its profile demands. */
export type FactorStanding = {
  demand: Demand
  /** The kinds that people of its profile may set up. */
  kinds: readonly FactorKind[]
  /** Of its live factors. */
  live: readonly FactorKind[]
  /** Whether a factor was ever live: then the password alone binds no first one again. */
  hadOne: boolean
  /** Whether a supervisor has reset them, and none is live since. */
  wasReset: boolean
  /** Whether the time has come from which on one is demanded. */
  isDemanded: boolean
  /** Until when, and how often, the enrolment may still be put off; undefined where it may not. */
  grace: { until: Date; logins: number } | undefined
  vouching: boolean
}

type StandingRow = Omit<FactorStanding, 'grace'> & { graceUntil: Date; graceLogins: number; isGraceOver: boolean }

/** Call with the account locked. */
export async function findFactorStanding(tx: Transaction, accountId: string): Promise<FactorStanding> {
  const { graceDays, graceLogins } = defaultFactorRule
  const { rows } = await sql<StandingRow>`
    select coalesce(r.demand, ${defaultFactorRule.demand}) as demand, coalesce(r.kinds, ${[...defaultFactorRule.kinds]}::text[]) as kinds,
      coalesce(r.vouching, ${defaultFactorRule.vouching}) as vouching,
      coalesce(r.required_from, '-infinity') <= clock_timestamp() and coalesce(r.demand, '') in ('required', 'passkey') as is_demanded,
      array(select kind from factor where account_id = a.id and state = 'live') as live,
      exists (select from factor where account_id = a.id and live_at is not null) as had_one,
      exists (select from factor where account_id = a.id and disabled_reason = 'reset')
        and not exists (select from factor where account_id = a.id and state = 'live') as was_reset,
      coalesce(g.began_at, now()) + make_interval(days => coalesce(r.grace_days, ${graceDays})) as grace_until,
      coalesce(g.began_at, now()) + make_interval(days => coalesce(r.grace_days, ${graceDays})) <= clock_timestamp() as is_grace_over,
      coalesce(r.grace_logins, ${graceLogins}) - coalesce(g.postponed, 0) as grace_logins
    from account a left join factor_rule r on r.profile_id = a.profile_id left join factor_grace g on g.account_id = a.id
    where a.id = ${accountId}`.execute(tx)
  const { graceUntil, graceLogins: logins, isGraceOver, ...standing } = rows[0]!
  const mayPutOff = !standing.wasReset && logins > 0 && !isGraceOver
  return { ...standing, grace: mayPutOff ? { until: graceUntil, logins } : undefined }
}

/** Puts the enrolment off once more; false when it may not be any more. One statement, so no more often than the rule says. */
export async function postponeEnrolment(tx: Transaction, accountId: string): Promise<boolean> {
  const { graceDays, graceLogins } = defaultFactorRule
  const { rows } = await sql`
    insert into factor_grace as known (account_id)
    select a.id from account a left join factor_rule r on r.profile_id = a.profile_id
    where a.id = ${accountId} and coalesce(r.grace_logins, ${graceLogins}) > 0 and coalesce(r.grace_days, ${graceDays}) > 0
    on conflict (instance_id, account_id) do update set postponed = known.postponed + 1
    where (select known.postponed < coalesce(r.grace_logins, ${graceLogins})
        and known.began_at + make_interval(days => coalesce(r.grace_days, ${graceDays})) > clock_timestamp()
      from account a left join factor_rule r on r.profile_id = a.profile_id where a.id = known.account_id)
    returning account_id`.execute(tx)
  return rows.length > 0
}

export const factorTidying: readonly TidyStep[] = [
  {
    name: 'factors that nobody finished setting up',
    tidy: (tx, most) => removeSome(tx, 'factor', sql`state = 'pending' and made_at < now() - interval '1 day'`, most),
  },
  {
    name: 'numbers for supervisors',
    tidy: (tx, most) => removeSome(tx, 'vouch', sql`expires_at < now() - interval '2 days'`, most),
  },
]
