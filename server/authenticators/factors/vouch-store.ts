import { sql } from 'kysely'
import { defaultFactorRule } from '../../../contracts/factors.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Transaction } from '../../platform/database.ts'
import { mostWrongNumbers, vouchMinutes } from './vouch.ts'

/** How a waiting sign-in stands with the supervisor. `over`: its time is up, or too many wrong numbers were typed. */
export type VouchStanding = { id: string; state: 'waits' | 'vouched' | 'used' | 'over' }

const state = sql<VouchStanding['state']>`case when used_at is not null then 'used'
  when expires_at <= clock_timestamp() or wrong >= ${mostWrongNumbers} then 'over'
  when vouched_at is not null then 'vouched' else 'waits' end`

/**
 * Asks for a vouch for a waiting sign-in, once, however often it is asked for; undefined when the person has been vouched for as often as
 * is good for a day. Call with the account locked.
 */
export async function askForVouch(
  tx: Transaction,
  { accountId, signInId, knowsBrowser }: { accountId: string; signInId: string; knowsBrowser: boolean },
  { address, device }: Caller,
): Promise<{ id: string; isNew: boolean } | undefined> {
  const { rows } = await sql<{ id: string }>`
    insert into vouch (account_id, sign_in_id, address, device, knows_browser, expires_at)
    select a.id, ${signInId}, ${address}, ${device}, ${knowsBrowser}, clock_timestamp() + make_interval(mins => ${vouchMinutes})
    from account a left join factor_rule r on r.profile_id = a.profile_id
    where a.id = ${accountId} and coalesce(r.vouching, ${defaultFactorRule.vouching})
      and coalesce(r.daily_vouches, ${defaultFactorRule.dailyVouches}) > (
        select count(*) from vouch v where v.account_id = a.id and v.vouched_at > now() - interval '1 day')
    on conflict (instance_id, sign_in_id) do nothing returning id`.execute(tx)
  if (rows[0] !== undefined) return { id: rows[0].id, isNew: true }
  const known = await findVouch(tx, signInId)
  return known && { id: known.id, isNew: false }
}

export async function findVouch(tx: Transaction, signInId: string): Promise<VouchStanding | undefined> {
  return tx
    .selectFrom('vouch')
    .select(['id', state.as('state')])
    .where('signInId', '=', signInId)
    .executeTakeFirst()
}

/** Uses a vouch up; undefined when there is none, or not in time. One statement, so once. */
export async function consumeVouch(tx: Transaction, signInId: string): Promise<{ vouchedBy: string } | undefined> {
  const row = await tx
    .updateTable('vouch')
    .set({ usedAt: sql<Date>`clock_timestamp()` })
    .where('signInId', '=', signInId)
    .where('usedAt', 'is', null)
    .where('vouchedAt', 'is not', null)
    .where('expiresAt', '>', sql<Date>`clock_timestamp()`)
    .returning('vouchedBy')
    .executeTakeFirst()
  return row && { vouchedBy: row.vouchedBy! }
}

/** A person who waits for a supervisor. */
export type WaitingVouch = { id: string; address: string; device: string; knowsBrowser: boolean; askedAt: Date }

const waits = sql<boolean>`vouched_at is null and expires_at > clock_timestamp() and wrong < ${mostWrongNumbers}`

export async function listWaitingVouches(tx: Transaction, accountId: string): Promise<WaitingVouch[]> {
  return tx
    .selectFrom('vouch')
    .select(['id', 'address', 'device', 'knowsBrowser', 'askedAt'])
    .where('accountId', '=', accountId)
    .where(waits)
    .orderBy('askedAt', 'desc')
    .limit(5)
    .execute()
}

/** Vouches for one waiting sign-in; false when it waits no more. Call with the account locked. */
export async function settleVouch(tx: Transaction, vouchId: string, vouchedBy: string): Promise<boolean> {
  const row = await tx
    .updateTable('vouch')
    .set({ vouchedAt: sql<Date>`clock_timestamp()`, vouchedBy })
    .where('id', '=', vouchId)
    .where(waits)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Counts a wrong number against every sign-in of the account that waits. Call with the account locked. */
export async function countWrongNumber(tx: Transaction, accountId: string): Promise<void> {
  await tx.updateTable('vouch').set({ wrong: sql`wrong + 1` }).where('accountId', '=', accountId).where(waits).execute()
}
