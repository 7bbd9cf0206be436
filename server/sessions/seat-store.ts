import { sql } from 'kysely'
import type { Transaction } from '../platform/database.ts'
import { bounds, type SessionLimits } from './store.ts'

/** Counts a login that found no seat, for the figures of the day. */
export async function countSeatRefusal(tx: Transaction): Promise<void> {
  await sql`
    insert into seat_refusal as known (quarter_started_at, refusals)
    values (date_bin('15 minutes', now(), timestamptz '2000-01-01'), 1)
    on conflict on constraint seat_refusal_pkey do update set refusals = known.refusals + 1`.execute(tx)
}

/** Takes a seat as the start of a session does; false when there is none. */
export async function takeSeat(
  tx: Transaction,
  accountId: string,
  { leaseSeconds, idleMinutes, longestHours }: SessionLimits,
): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select take_seat(${accountId}, null, ${leaseSeconds}, ${idleMinutes}, ${longestHours * 60}, '') as taken`.execute(tx)
  return rows[0]!.taken
}

/** Waits for the logins that are under way, keeps others waiting until the transaction ends, and has the next one count anew. */
export async function recountSeats(tx: Transaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(seats_lock())`.execute(tx)
  await sql`update seat_count set at_most = null`.execute(tx)
}

export type SeatFigures = {
  /** The sessions that live now. */
  inUse: number
  /** The most that lived at once since the day began. */
  peak: number
  refusals: number
  /** When the day began in the instance's time zone. */
  since: Date
  /** From the first quarter of an hour of the day to the one that runs. */
  quarters: SeatQuarter[]
}

export type SeatQuarter = {
  from: Date
  /** The most that lived at once in it. */
  peak: number
  refusals: number
}

type QuarterRow = { since: Date; from: Date; most: number | null; last: number | null; refusals: number }

/**
 * How the seats of the transaction's instance are used today, or on an earlier day. A session counts from its login to its end, or to the
 * moment at which it outlived itself, noticed or not.
 */
export async function readSeatFigures(tx: Transaction, limits: SessionLimits, daysAgo = 0): Promise<SeatFigures> {
  const { leaseSeconds, idleMinutes, longestHours } = limits
  const { rows } = await sql<QuarterRow>`
    with day as (
      select begins at time zone time_zone as since, least(now(), (begins + interval '1 day') at time zone time_zone) as until
      from instance, lateral (select date_trunc('day', now() at time zone time_zone) - make_interval(days => ${daysAgo}) as begins) as local
      where id = current_instance_id()
    ), stay as (
      select greatest(s.started_at, day.since) as begins, coalesce(s.ended_at, case
        when session_lives(s, ${bounds(limits)}) then 'infinity'
        else runs_out_at(s, ${leaseSeconds}, ${idleMinutes}, ${longestHours * 60}) end) as ends
      from session s, day where (s.ended_at is null or s.ended_at > day.since) and s.started_at <= day.until
    ), step as (
      select begins as at, 1 as change from stay, day where ends > day.since and begins < ends
      union all select ends, -1 from stay, day where ends > day.since and begins < ends and ends <= day.until
    ), level as (
      select at, sum(change) over in_time as in_use, row_number() over in_time as place
      from step window in_time as (order by at, change rows unbounded preceding)
    ), by_quarter as (
      select date_bin('15 minutes', at, day.since) as begins, max(in_use) as most, (array_agg(in_use order by place desc))[1] as last
      from level, day group by 1
    )
    select day.since, quarter.begins as "from", by_quarter.most::int, by_quarter.last::int, coalesce(r.refusals, 0)::int as refusals
    from day
    cross join generate_series(day.since, day.until, interval '15 minutes') as quarter (begins)
    left join by_quarter on by_quarter.begins = quarter.begins
    left join lateral (
      select sum(refusals) as refusals from seat_refusal
      where quarter_started_at >= quarter.begins and quarter_started_at < quarter.begins + interval '15 minutes'
    ) r on true
    where quarter.begins < day.until or day.until = now()
    order by quarter.begins`.execute(tx)
  const quarters: SeatQuarter[] = []
  let inUse = 0
  for (const { from, most, last, refusals } of rows) {
    quarters.push({ from, peak: Math.max(inUse, most ?? 0), refusals })
    inUse = last ?? inUse
  }
  return {
    inUse,
    peak: Math.max(...quarters.map(({ peak }) => peak)),
    refusals: quarters.reduce((sum, { refusals }) => sum + refusals, 0),
    since: rows[0]!.since,
    quarters,
  }
}
