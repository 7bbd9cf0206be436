import { type RawBuilder, sql } from 'kysely'
import type { FirstDayStep } from '../../../contracts/first-day.ts'
import type { ActingAccount } from '../../directory/accounts/accounts.ts'
import { inOrder, type Transaction } from '../../platform/database.ts'
import { isLive, type SessionLimits } from '../../sessions/sessions.ts'

export type TeamOnFloor = {
  /** Null for those without a team. */
  id: string | null
  name: string | null
  /** Accounts that are not disabled. */
  people: number
  inNow: number
  /** How many were in at this time of the day. */
  inYesterday: number
  inWeekAgo: number
  /** Those who supervise it and are in. */
  supervisorsIn: { id: string; fullName: string }[]
}

const reached = ({ teams }: ActingAccount): RawBuilder<unknown> =>
  teams === 'all' ? sql`true` : sql`a.team_id = any (${teams as string[]}::uuid[])`

/** The teams within reach, by name, and those without one at the end: how many are in, now and at the same time of earlier days. */
export async function listTeamsOnFloor(tx: Transaction, acting: ActingAccount, limits: SessionLimits): Promise<TeamOnFloor[]> {
  const { rows } = await sql<TeamOnFloor>`
    with earlier as (
      select (now() at time zone time_zone - interval '1 day') at time zone time_zone as yesterday,
        (now() at time zone time_zone - interval '7 days') at time zone time_zone as week_ago
      from instance where id = current_instance_id()
    ), stay as (
      select a.team_id,
        count(*) filter (where s.ended_at is null and ${isLive(limits)}) as now,
        count(*) filter (where s.started_at <= yesterday and coalesce(s.ended_at > yesterday, true)) as yesterday,
        count(*) filter (where s.started_at <= week_ago and coalesce(s.ended_at > week_ago, true)) as week_ago
      from earlier, session s join account a on a.id = s.account_id
      where (s.ended_at is null or s.ended_at > week_ago) and ${reached(acting)} group by 1
    ), people as (
      select a.team_id, count(*) as number from account a where a.enabled and ${reached(acting)} group by 1
    ), supervisor as (
      select ts.team_id, jsonb_agg(jsonb_build_object('id', a.id, 'fullName', a.full_name) order by a.sort_name) as those
      from team_supervisor ts join account a on a.id = ts.account_id
      where exists (select from session s where s.account_id = a.id and s.ended_at is null and ${isLive(limits)}) group by 1
    )
    select t.id, t.name, coalesce(people.number, 0)::int as people, coalesce(stay.now, 0)::int as in_now,
      coalesce(stay.yesterday, 0)::int as in_yesterday, coalesce(stay.week_ago, 0)::int as in_week_ago,
      coalesce(supervisor.those, '[]') as supervisors_in
    from (select id, name from team where ${acting.teams === 'all'} or id = any (${acting.teams === 'all' ? [] : (acting.teams as string[])}::uuid[])
      union all select null, null where ${acting.teams === 'all'}) t
    left join stay on stay.team_id is not distinct from t.id
    left join people on people.team_id is not distinct from t.id
    left join supervisor on supervisor.team_id = t.id
    where t.id is not null or people.number > 0
    order by t.id is null, ${inOrder('t.name')}`.execute(tx)
  return rows
}

/** How often logins within reach were refused today, by cause. */
export async function countRefusals(tx: Transaction, acting: ActingAccount): Promise<{ cause: string; times: number }[]> {
  const { rows } = await sql<{ cause: string; times: number }>`
    select e.detail->>'reason' as cause, count(*)::int as times from audit_event e join account a on a.id = e.account_id
    where e.event = 'login_refused' and ${reached(acting)} and e.at >= (
      select date_trunc('day', now() at time zone time_zone) at time zone time_zone from instance where id = current_instance_id())
    group by 1`.execute(tx)
  return rows
}

/** The logins within reach by minute of the day, today and a week ago, and when today began. Minutes without any are not there. */
export async function countLogins(
  tx: Transaction,
  acting: ActingAccount,
): Promise<{ since: Date; minuteNow: number; minutes: { daysAgo: number; minute: number; logins: number }[] }> {
  const { rows } = await sql<{ since: Date; minuteNow: number; daysAgo: number; minute: number | null; logins: number }>`
    with day as (
      select days_ago, begins at time zone time_zone as since, (begins + interval '1 day') at time zone time_zone as until
      from instance, (values (0), (7)) as days (days_ago),
        lateral (select date_trunc('day', now() at time zone time_zone) - make_interval(days => days_ago) as begins) as local
      where id = current_instance_id()
    ), counted as (
      select day.days_ago, floor(extract(epoch from e.at - day.since) / 60)::int as minute, count(*)::int as logins
      from day join audit_event e on e.event = 'login' and e.at >= day.since and e.at < day.until
        join account a on a.id = e.account_id
      where ${reached(acting)} group by 1, 2
    )
    select today.since, floor(extract(epoch from now() - today.since) / 60)::int as minute_now, counted.*
    from (select since from day where days_ago = 0) as today left join counted on true`.execute(tx)
  const { since, minuteNow } = rows[0]!
  return {
    since,
    minuteNow,
    minutes: rows.flatMap(({ daysAgo, minute, logins }) => (minute === null ? [] : [{ daysAgo, minute, logins }])),
  }
}

/**
 * The steps of the first day that are done; and `has_supervisor`, when there is one who could log in.
 * The audit, which says some of it, may be removed after 90 days: by then no day is the first.
 */
export async function findDone(tx: Transaction): Promise<Set<FirstDayStep | 'has_supervisor'>> {
  const { rows } = await sql<{ fact: FirstDayStep | 'has_supervisor' }>`
    with supervisor as (
      select a.last_login_at from account a join profile p on p.id = a.profile_id
      where p.built_in and p.name = 'Supervisor' or exists (select from team_supervisor ts where ts.account_id = a.id)
    )
    select fact from instance i, lateral (values
      ('settings', i.time_zone <> 'UTC' or exists (
        select from audit_event e where e.event = 'instance_changed'
          and (e.actor_kind = 'account' or e.detail->'changes' ?| array['language', 'timeZone']))),
      ('second_administrator', (select count(*) from account a join profile p on p.id = a.profile_id
        where a.enabled and p.built_in and p.name = 'Administrator') > 1),
      ('mail', exists (select from audit_event e where e.event = 'mail_tested')
        or exists (select from message m where m.state = 'sent')),
      ('rules', exists (select from audit_event e where e.event = 'rules_changed')),
      ('teams', exists (select from team)),
      ('people', exists (select from account a join profile p on p.id = a.profile_id
        where not (p.built_in and p.name in ('Administrator', 'Supervisor')))),
      ('slips', exists (select from audit_event e where e.event = 'initial_password_made' and e.actor_kind = 'account')),
      ('supervisor', exists (select from supervisor where last_login_at is not null)),
      ('has_supervisor', exists (select from supervisor))) as facts (fact, holds)
    where i.id = current_instance_id() and (holds or i.created_at < now() - interval '90 days')`.execute(tx)
  return new Set(rows.map(({ fact }) => fact))
}
