// What must be true of every database at every moment.
import assert from 'node:assert/strict'
import type pg from 'pg'

/** A connection of the database's owner, whom no policy holds back. */
type Owner = Pick<pg.ClientBase, 'query'>

const invariants: Record<string, string> = {
  'an account has at most one live session':
    'select account_id from session where ended_at is null group by instance_id, account_id having count(*) > 1',
  'every session has its login in the audit':
    "select id from session s where not exists (select from audit_event a where a.session_id = s.id and a.event = 'login')",
  'every ended session has its end in the audit':
    "select id from session s where ended_at is not null and not exists (select from audit_event a where a.session_id = s.id and a.event = 'session_ended')",
  'a disabled account has no live session':
    'select s.id from session s join account a on a.instance_id = s.instance_id and a.id = s.account_id where s.ended_at is null and not a.enabled',
  'no more sessions live than there are seats, with the reserve and the allowance, unless seats were taken away': `select i.id from instance i where i.seats is not null
       and (select count(*) from session s where s.instance_id = i.id and s.ended_at is null) > i.seats + i.seat_reserve + i.seats * i.overlap_percent / 100
       and not exists (select from audit_event a where a.instance_id = i.id and a.event = 'seats_changed' and (
         a.detail #> '{from,seats}' = 'null' or (a.detail #>> '{from,seats}')::int > (a.detail #>> '{to,seats}')::int))`,
  'no more sessions have not ended than the seats are counted at': `select i.id from seat_count c join instance i on i.id = c.instance_id and i.seats is not null
     where c.at_most < (select count(*) from session s where s.instance_id = c.instance_id and s.ended_at is null)`,
  'each takeover ends exactly one session, of the same account': `select old.id from session old left join session new on new.instance_id = old.instance_id and new.id = old.successor_id and new.account_id = old.account_id
     where old.end_reason = 'moved' and (new.id is null or exists (
       select from session twin where twin.instance_id = old.instance_id and twin.id <> old.id and twin.successor_id = old.successor_id))`,
  'every password that a person set is in the audit':
    "select account_id from password p where hash is not null and exists (select from audit_event a where a.account_id = p.account_id and a.event = 'initial_password_made') and not exists (select from audit_event a where a.account_id = p.account_id and a.event in ('password_chosen', 'password_changed', 'password_reset'))",
  'every recovery link that was used has its reset in the audit':
    "select account_id from recovery_link l where end_reason = 'used' group by account_id having count(*) > (select count(*) from audit_event a where a.account_id = l.account_id and a.event = 'password_reset')",
  'no more passwords were reset than recovery links were used':
    "select account_id from audit_event e where event = 'password_reset' and exists (select from account a where a.id = e.account_id) group by account_id having count(*) > (select count(*) from recovery_link l where l.account_id = e.account_id and l.end_reason = 'used')",
  'an account is sent three recovery links an hour at the most':
    "select account_id from message where kind = 'recovery_link' and created_at > now() - interval '1 hour' group by instance_id, account_id having count(*) > 3",
  'an account has at most one open recovery request':
    'select account_id from recovery_request where closed_at is null group by instance_id, account_id having count(*) > 1',
  'a recovery request that was answered gave an initial password':
    "select account_id from recovery_request r where outcome = 'answered' group by account_id having count(*) > (select count(*) from audit_event a where a.account_id = r.account_id and a.event = 'initial_password_made')",
  'every initial password expires':
    'select account_id from password where initial_hash is not null and initial_expires_at is null',
  'nothing was lately recorded of a session that there is not, and nobody took the place of one by another that there is not': `
     select session_id from audit_event e where event in ('login', 'session_ended') and e.at > now() - interval '30 days' and exists (select from account a where a.id = e.account_id)
       and not exists (select from session s where s.instance_id = e.instance_id and s.id = e.session_id)
     union all select old.id from session old where successor_id is not null
       and not exists (select from session new where new.instance_id = old.instance_id and new.id = old.successor_id)`,
  'every message that waits, and everything that somebody asked for, has a job that works on it':
    openJobless('message', "select id from message where state = 'waiting'", 'messageId') +
    ` union all ${openJobless('recovery', 'select id from recovery_ask', 'askId')}`,
}

function openJobless(queue: string, ids: string, key: string): string {
  return `select id from (${ids}) as open where not exists (
    select from pgboss.job j where j.name = '${queue}' and j.state in ('created', 'retry', 'active') and j.data ->> '${key}' = open.id::text)`
}

/** @throws AssertionError naming the invariant that is broken, with the rows that break it */
export async function checkInvariants(owner: Owner): Promise<void> {
  for (const [rule, query] of Object.entries(invariants)) {
    const { rows } = await owner.query(query)
    assert.deepEqual(rows, [], `broken: ${rule}`)
  }
}

/** Those that are cheap enough to look at a hundred times a second while people log in. */
export async function checkOftenest(owner: Owner): Promise<void> {
  const { rows } = await owner.query(`
    select 'two live sessions of one account' as broken, count(*)::int as live from session where ended_at is null group by instance_id, account_id having count(*) > 1
    union all
    select 'more live sessions than seats', count(*)::int from session s join instance i on i.id = s.instance_id where s.ended_at is null and i.seats is not null
    group by i.id having count(*) > i.seats + i.seat_reserve + i.seats * i.overlap_percent / 100`)
  assert.deepEqual(rows, [])
}

/**
 * Looks for secrets in every table, those of the jobs among them, as they are typed and as bytes.
 * @throws AssertionError naming the tables that hold one
 */
export async function checkNoSecrets(owner: Owner, secrets: Iterable<string>): Promise<void> {
  const patterns = [...new Set(secrets)].flatMap((secret) => [secret, Buffer.from(secret).toString('hex')])
  const { rows: tables } = await owner.query<{ name: string }>(
    "select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace)",
  )
  const holding = tables.map(
    ({ name }) =>
      `select '${name}' as holds from (select from ${name} kept, unnest($1::text[]) secret where strpos(kept::text, secret) > 0 limit 1) found`,
  )
  const { rows } = await owner.query(holding.join(' union all '), [patterns])
  assert.deepEqual(rows, [], 'broken: no secret in clear')
}
