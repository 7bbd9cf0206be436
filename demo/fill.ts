// Fills an instance with a floor that could be real: 500 people in 12 teams, and what they did in the last week.
import { sql } from 'kysely'
import { hashPassword } from '../server/authenticators/passwords/hash-password.ts'
import { usernameKey } from '../server/directory/accounts/accounts.ts'
import { createInstance } from '../server/operator/create-instance.ts'
import type { Transaction } from '../server/platform/database.ts'
import type { System } from '../server/system.ts'
import { dice, type Person, people, pick, teams } from './people.ts'

/** Everybody's password in the demo, so that a newcomer can be anybody. */
export const demoPassword = 'four quiet lamps by the river'

const devices = ['Chrome, Windows', 'Chrome, Windows', 'Chrome, Windows', 'Edge, Windows', 'Firefox, Linux', 'Chrome, macOS']
const reasons = ['left the company', 'parental leave', 'suspended', 'moved to another country', 'contract ended']

/** Creates the instance `demo` and fills it. */
export async function fillDemo(system: System, count = 500): Promise<void> {
  const roll = dice(7)
  const everybody = people(count, roll)
  const created = await createInstance(system, {
    name: 'demo',
    hostname: 'demo.localhost',
    seats: 400,
    timeZone: 'America/Montevideo',
  })
  const hash = await hashPassword(demoPassword)
  await system.database.asOperator(created, async (tx) => {
    const ids = await addPeople(tx, everybody, roll)
    await givePasswords(tx, ids, hash, roll)
    await addWeek(tx, ids, roll)
    await addFirstDay(tx, ids[0]!)
  })
}

async function addPeople(tx: Transaction, everybody: readonly Person[], roll: () => number): Promise<string[]> {
  const profiles = new Map((await tx.selectFrom('profile').select(['id', 'name']).execute()).map(({ id, name }) => [name, id]))
  const teamIds = (
    await tx
      .insertInto('team')
      .values(teams.map((name) => ({ name })))
      .returning('id')
      .execute()
  ).map(({ id }) => id)
  const ids: string[] = []
  for (let start = 0; start < everybody.length; start += 250) {
    const rows = everybody.slice(start, start + 250).map(({ username, fullName, email, role, team }) => {
      const fate = roll()
      return {
        username,
        usernameKey: usernameKey(username)!,
        fullName,
        email,
        profileId: profiles.get(role)!,
        teamId: team === null ? null : teamIds[team]!,
        // Administrators and Supervisors see what their browser speaks, so that a newcomer understands them.
        language: role === 'Agent' ? pick(['es', 'es', 'pt', 'en', null], roll) : null,
        timeZone: pick(['America/Montevideo', 'America/Sao_Paulo', null], roll),
        enabled: role !== 'Agent' || fate > 0.03,
        disabledReason: role === 'Agent' && fate <= 0.03 ? pick(reasons, roll) : null,
        validFrom: role === 'Agent' && fate > 0.96 ? day(3) : null,
        validUntil: role === 'Agent' && fate > 0.93 && fate <= 0.96 ? day(-5) : null,
        loginHours: teams[team ?? 0] === 'Night Shift' ? JSON.stringify(nightShift) : null,
      }
    })
    ids.push(...(await tx.insertInto('account').values(rows).returning('id').execute()).map(({ id }) => id))
  }
  const supervisors = everybody.flatMap(({ role, team }, i) =>
    role === 'Supervisor' ? [{ teamId: teamIds[team!]!, accountId: ids[i]! }] : [],
  )
  await tx.insertInto('teamSupervisor').values(supervisors).execute()
  await sql`insert into audit_event (event, actor_kind, account_id, detail, at)
    select 'account_created', 'operator', id, jsonb_build_object('username', username), now() - interval '30 days' from account`.execute(
    tx,
  )
  return ids
}

const nightShift = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name) => [
    name,
    [
      ['00:00', '06:30'],
      ['21:30', '24:00'],
    ],
  ]),
)

function day(fromToday: number): string {
  return new Date(Date.now() + fromToday * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
}

/** Most have a password of their own; some wait with an initial one, some let it expire, some have none. */
async function givePasswords(tx: Transaction, ids: readonly string[], hash: string, roll: () => number): Promise<void> {
  const kinds = ids.map((_, i) =>
    i < 27 || i === ids.length - 1 || roll() < 0.88 ? 'own' : pick(['initial', 'initial', 'expired', 'none'], roll),
  )
  await sql`
    insert into password (account_id, hash, changed_at, initial_hash, initial_expires_at)
    select id, case when kind = 'own' then ${hash} end, case when kind = 'own' then now() - interval '20 days' end,
      case when kind <> 'own' then sha256(id::text::bytea) end,
      case kind when 'initial' then now() + interval '50 hours' when 'expired' then now() - interval '1 day' end
    from unnest(${ids as string[]}::uuid[], ${kinds}::text[]) as given (id, kind) where kind <> 'none'`.execute(tx)
  await sql`insert into audit_event (event, actor_kind, account_id, at)
    select case when hash is null then 'initial_password_made' else 'password_chosen' end, 'system', account_id, coalesce(changed_at, now() - interval '22 hours') from password`.execute(
    tx,
  )
}

/** A shift for most people on each of the last eight days; some of today's are still going on. */
async function addWeek(tx: Transaction, ids: readonly string[], roll: () => number): Promise<void> {
  // Whom the newcomer may be is not logged in yet.
  const free = new Set([ids[0], ids[3], ids.at(-1)])
  const shifts = ids.flatMap((accountId) =>
    Array.from({ length: 8 }, (_, daysAgo) => daysAgo)
      .filter((daysAgo) => roll() < 0.7 && !(daysAgo === 0 && free.has(accountId)))
      .map((daysAgo) => ({
        accountId,
        startedMinutesAgo: Math.round(daysAgo * 24 * 60 + 30 + roll() * 240),
        minutes: Math.round(200 + roll() * 300),
        address: `10.${Math.floor(roll() * 4)}.${Math.floor(roll() * 12)}.${1 + Math.floor(roll() * 250)}`,
        device: pick(devices, roll),
      })),
  )
  await sql`
    insert into session (account_id, token_hash, started_at, last_seen_at, last_active_at, ended_at, end_reason, address, device)
    select a.id, sha256(gen_random_uuid()::text::bytea), began, least(ends, now()), least(ends, now()),
      case when ends < now() then ends end, case when ends < now() then 'logged_out' end, s.address::inet, s.device
    from jsonb_to_recordset(${JSON.stringify(shifts)}::jsonb)
      as s ("accountId" uuid, "startedMinutesAgo" int, minutes int, address text, device text)
    join account a on a.id = s."accountId" and a.enabled and a.valid_from is null and a.valid_until is null
    join password p on p.account_id = a.id and p.hash is not null
    cross join lateral (select now() - make_interval(mins => s."startedMinutesAgo") as began) as b
    cross join lateral (select began + make_interval(mins => s.minutes) as ends) as e
    on conflict do nothing`.execute(tx)
  await sql`update account a set last_login_at = s.at from (select account_id, max(started_at) as at from session group by account_id) s where s.account_id = a.id`.execute(
    tx,
  )
  await sql`
    insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, at, detail)
    select 'login', 'account', account_id, account_id, id, address, started_at, jsonb_build_object('device', device) from session
    union all
    select 'session_ended', 'account', account_id, account_id, id, address, ended_at, jsonb_build_object('reason', end_reason) from session where ended_at is not null
    order by 7`.execute(tx)
}

/** What its Administrator did when the floor was new. */
async function addFirstDay(tx: Transaction, administratorId: string): Promise<void> {
  await sql`
    insert into audit_event (event, actor_kind, actor_account_id, at, detail)
    select event, 'account', ${administratorId}, now() - interval '20 days', detail from (values
      ('mail_tested', '{"email": "ana.ortiz@example.com"}'::jsonb),
      ('rules_changed', '{"area": "passwords", "changes": {}}'),
      ('initial_password_made', '{}')) as done (event, detail)`.execute(tx)
}
