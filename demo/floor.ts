// The floor of the demo at work, for as long as it runs: people log in and out, type wrong passwords, are already logged in elsewhere,
// come on a day that is not theirs, and ask for help. They do it over HTTP, as people do; only leaving needs no browser.
import { sql } from 'kysely'
import type { Database, Transaction } from '../server/platform/database.ts'
import { HttpBrowser } from '../test/http-browser.ts'
import { demoPassword } from './fill.ts'
import { pick } from './people.ts'

type FloorNeeds = {
  database: Database
  instance: { id: string }
  /** Where the server is, and the host name of the instance. */
  url: string
  host: string
  roll: () => number
  /** About how many are logged in. */
  wanted: number
  /** The usernames that are left to whoever looks at the demo. */
  free: readonly string[]
}

export type Deed = 'log_in' | 'log_out' | 'wrong_password' | 'second_login' | 'not_allowed' | 'ask'

type FloorPerson = {
  id: string
  username: string
  isBarred: boolean
  mayLogIn: boolean
  hasEmail: boolean
  sessionId: string | null
}

/** More requests than a supervisor of a demo answers. */
const mostRequests = 3

const browsers = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
]

export function openFloor({ database, instance, url, host, roll, wanted, free }: FloorNeeds) {
  const asOperator = <T>(work: (tx: Transaction) => Promise<T>) => database.asOperator(instance, work)

  /** Everybody of the floor, and who is in. */
  const everybody = () =>
    asOperator(async (tx) => {
      const { rows } = await sql<FloorPerson>`
        select a.id, a.username, a.email is not null as has_email, s.id as session_id,
          not a.enabled or a.valid_from > current_date or a.valid_until < current_date as is_barred,
          a.enabled and a.valid_from is null and a.valid_until is null and a.login_hours is null as may_log_in
        from account a join password p on p.account_id = a.id and p.hash is not null
        left join session s on s.account_id = a.id and s.ended_at is null
        where a.username <> all (${free as string[]})`.execute(tx)
      return rows
    })

  function sitDown(): HttpBrowser {
    const browser = new HttpBrowser(url, host)
    browser.headers['user-agent'] = pick(browsers, roll)
    browser.headers['x-forwarded-for'] = `10.${Math.floor(roll() * 4)}.${Math.floor(roll() * 12)}.${1 + Math.floor(roll() * 250)}`
    return browser
  }

  async function ask({ username }: FloorPerson): Promise<void> {
    const browser = sitDown()
    await browser.get('/forgot-password')
    await browser.post('/forgot-password', { username })
  }

  const deeds: Record<Deed, { who: (person: FloorPerson) => boolean; does: (person: FloorPerson) => Promise<unknown> }> = {
    log_in: {
      who: ({ mayLogIn, sessionId }) => mayLogIn && sessionId === null,
      does: ({ username }) => sitDown().logIn(username, demoPassword),
    },
    log_out: {
      who: ({ sessionId }) => sessionId !== null,
      does: ({ id, sessionId }) =>
        asOperator((tx) =>
          sql`select log_out(${instance.id}, ${sessionId}::uuid, ${id}::uuid, s.address, s.device, null)
          from session s where s.id = ${sessionId}::uuid and s.channel_id is null`.execute(tx),
        ),
    },
    wrong_password: {
      who: ({ sessionId }) => sessionId === null,
      does: ({ username }) => sitDown().logIn(username, `${demoPassword} of yesterday`),
    },
    second_login: { who: ({ sessionId }) => sessionId !== null, does: ({ username }) => sitDown().logIn(username, demoPassword) },
    not_allowed: { who: ({ isBarred }) => isBarred, does: ({ username }) => sitDown().logIn(username, demoPassword) },
    ask: { who: ({ hasEmail, mayLogIn, sessionId }) => !hasEmail && mayLogIn && sessionId === null, does: ask },
  }

  /** What happens next; the more are missing, the more come. */
  async function next(inUse: number): Promise<Deed> {
    const chance = roll()
    if (chance < 0.06) return 'wrong_password'
    if (chance < 0.1) return 'second_login'
    if (chance < 0.14) return 'not_allowed'
    if (chance < 0.18) {
      const waiting = await asOperator((tx) =>
        sql<{ count: number }>`select count(*)::int as count from recovery_request where closed_at is null`.execute(tx),
      )
      if (waiting.rows[0]!.count < mostRequests) return 'ask'
    }
    return roll() < 0.5 + (wanted - inUse) / wanted ? 'log_in' : 'log_out'
  }

  return {
    /** Lets one person do one thing; returns what it was, or undefined when nobody could. */
    async step(wish?: Deed): Promise<Deed | undefined> {
      const there = await everybody()
      const deed = wish ?? (await next(there.filter(({ sessionId }) => sessionId !== null).length))
      const able = there.filter(deeds[deed].who)
      if (able.length === 0) return undefined
      await deeds[deed].does(pick(able, roll))
      return deed
    },
    /** A sign of life of everybody who is in, but for those who have a real browser. */
    async beat(): Promise<void> {
      await asOperator((tx) =>
        sql`update session s set last_seen_at = now(), last_active_at = now() from account a
          where a.id = s.account_id and s.ended_at is null and s.channel_id is null and a.username <> all (${free as string[]})`.execute(
          tx,
        ),
      )
    },
    /** Brings in, at once, as many as are missing: after a night in which the demo did not run. */
    async arrive(): Promise<void> {
      const there = await everybody()
      const missing = wanted - there.filter(({ sessionId }) => sessionId !== null).length
      const comers = there
        .filter(deeds.log_in.who)
        .map((person) => ({ person, place: roll() }))
        .sort((one, other) => one.place - other.place)
        .slice(0, Math.max(0, missing))
        .map(({ person }) => ({
          accountId: person.id,
          minutesAgo: Math.round(5 + roll() * 200),
          address: `10.${Math.floor(roll() * 4)}.${Math.floor(roll() * 12)}.${1 + Math.floor(roll() * 250)}`,
        }))
      await asOperator((tx) =>
        sql`with come as (
            insert into session (account_id, token_hash, started_at, last_seen_at, last_active_at, address, device)
            select c."accountId", sha256(gen_random_uuid()::text::bytea), now() - make_interval(mins => c."minutesAgo"), now(), now(),
              c.address::inet, 'Chrome, Windows'
            from jsonb_to_recordset(${JSON.stringify(comers)}::jsonb) as c ("accountId" uuid, "minutesAgo" int, address text)
            on conflict do nothing returning id, account_id, address, device, started_at)
          insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, at, detail)
          select 'login', 'account', account_id, account_id, id, address, started_at, jsonb_build_object('device', device) from come`.execute(
          tx,
        ),
      )
    },
  }
}
