// Whatever happens at the same moment to the sessions of an instance, what comes of it is what would have come of it one after the
// other, in some order: logins, moves, log-outs, ends by the operator, and browsers that fall silent. The model below says what the
// rules are; the database is the referee. SESSION_ROUNDS for more or fewer rounds, SESSION_SEED to repeat one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { authenticated, startNodes, type TestSystem } from '../../test/nodes.ts'
import { lockAccount } from '../directory/accounts/accounts.ts'
import { endAccountSession } from '../operator/end-account-session.ts'
import { type Database, openDatabase } from '../platform/database.ts'
import { hashToken, newToken } from '../platform/secret.ts'
import { defaultRules } from '../rules/rules.ts'
import { newSession, startSession } from '../sessions/sessions.ts'
import { endOwnSession } from '../sessions/store.ts'
import { logInAtOnce } from './store.ts'

const people = 6
/** The first one is an Administrator. */
const isAdministrator = (who: number) => who === 0
const caller = { address: '192.0.2.1', device: 'Firefox on Linux', requestId: 'test' }

type Standing = 'out' | 'in' | 'silent'
type Act = { kind: 'log_in' | 'log_in_at_once' | 'move' | 'log_out' | 'end' | 'fall_silent'; who: number }
type Round = { standings: Standing[]; seats: number; reserve: number; counted: boolean; gate: string; acts: Act[] }

const round: fc.Arbitrary<Round> = fc.record({
  standings: fc.array(fc.constantFrom<Standing>('out', 'in', 'in', 'silent'), { minLength: people, maxLength: people }),
  seats: fc.integer({ min: 1, max: 5 }),
  reserve: fc.integer({ min: 0, max: 2 }),
  counted: fc.boolean(),
  gate: fc.constantFrom('session', 'audit_event', 'seat_count', 'account', 'none'),
  acts: fc.array(
    fc.record({
      kind: fc.constantFrom<Act['kind']>('log_in', 'log_in_at_once', 'move', 'move', 'log_out', 'end', 'fall_silent'),
      who: fc.integer({ min: 0, max: people - 1 }),
    }),
    { minLength: 2, maxLength: 5 },
  ),
})

// ---- The rules, one after the other.

/** Whose session lives, and which of theirs it is: 0 the one of the beginning, or 1 more than the act that began it. */
type Live = Map<number, number>
type Outcome = 'started' | 'already_logged_in' | 'no_seat' | ''

function apply(live: Live, { kind, who }: Act, place: number, { seats, reserve }: Round): Outcome {
  switch (kind) {
    case 'log_out':
      // Of the session of the beginning.
      if (live.get(who) === 0) live.delete(who)
      return ''
    case 'end':
      live.delete(who)
      return ''
    case 'fall_silent':
      if (live.get(who) === 0) live.delete(who)
      return ''
    default: {
      const own = live.get(who)
      const handsOn = kind === 'move' && own === 0
      if (own !== undefined && !handsOn) return 'already_logged_in'
      const administrators = [...live.keys()].filter(isAdministrator).length
      const others = live.size
      const hasSeat = others < seats || (isAdministrator(who) && (others < seats + reserve || administrators < reserve))
      if (!handsOn && !hasSeat) return 'no_seat'
      live.set(who, place + 1)
      return 'started'
    }
  }
}

function ordersOf(count: number): number[][] {
  if (count === 0) return [[]]
  return ordersOf(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, at) => [...order.slice(0, at), count - 1, ...order.slice(at)]),
  )
}

/** Whether some order of the acts comes to what was seen. */
function isAllowed(given: Round, seen: { outcomes: Outcome[]; live: string }): boolean {
  return ordersOf(given.acts.length).some((order) => {
    const live = new Map<number, number>()
    for (const [who, standing] of given.standings.entries()) if (standing === 'in') live.set(who, 0)
    const outcomes: Outcome[] = []
    for (const place of order) outcomes[place] = apply(live, given.acts[place]!, place, given)
    return outcomes.join() === seen.outcomes.join() && shown(live) === seen.live
  })
}

const shown = (live: Live) =>
  [...live]
    .sort(([a], [b]) => a - b)
    .map(([who, which]) => `${who}:${which}`)
    .join(' ')

// ---- The same with real transactions, all at the same moment.

test('fault-F14 fault-F09 cve-C35 logins, moves, log-outs, ends and silent browsers at the same moment: as if one after the other', async (t) => {
  const system = await startNodes(t)
  const databases = [1, 2].map(() => openDatabase(system.address, 5, () => {}))
  const owner = new pg.Pool({ ...system.address, max: 12 })
  t.after(async () => {
    await Promise.all(databases.map((database) => database.close()))
    await owner.end()
  })
  const accounts: string[] = []
  for (let who = 0; who < people; who += 1)
    accounts.push(
      (await system.addAccount({ username: `p${who}`, profile: isAdministrator(who) ? 'Administrator' : 'Agent' })).id,
    )
  let moves = 0
  let refusals = 0
  await fc.assert(
    fc.asyncProperty(round, async (given) => {
      const before = await begin(system, owner, accounts, given)
      const seen = await happen(system, owner, databases, accounts, before, given)
      moves += seen.outcomes.filter((outcome, i) => outcome === 'started' && given.acts[i]!.kind === 'move').length
      refusals += seen.outcomes.filter((outcome) => outcome === 'no_seat').length
      assert.ok(isAllowed(given, seen), `no order of the acts comes to ${JSON.stringify(seen)}`)
    }),
    {
      numRuns: Number(process.env.SESSION_ROUNDS ?? 1000),
      endOnFailure: true,
      ...(process.env.SESSION_SEED && { seed: Number(process.env.SESSION_SEED) }),
    },
  )
  assert.ok(moves > 0 && refusals > 0, 'the rounds meet what they are about')
})

/** Sets the scene, and returns the session with which each begins. */
async function begin(
  system: TestSystem,
  owner: pg.Pool,
  accounts: string[],
  { standings, seats, reserve, counted }: Round,
): Promise<(string | undefined)[]> {
  // With what was recorded of them, which would be of sessions that there are not.
  await owner.query("delete from audit_event where event in ('login', 'session_ended')")
  await owner.query('delete from session')
  await owner.query('update instance set seats = $1, seat_reserve = $2', [seats, reserve])
  // What was lowered below what is in use, as the invariants know it.
  await owner.query(
    `insert into audit_event (instance_id, event, actor_kind, detail) select $1, 'seats_changed', 'operator', '{"from": {"seats": null}, "to": {"seats": 1}}'
     where not exists (select from audit_event where event = 'seats_changed')`,
    [system.main.id],
  )
  const begun: (string | undefined)[] = []
  for (const [who, standing] of standings.entries()) {
    if (standing === 'out') continue
    const { rows } = await owner.query(
      // Silent for longer than the lease, or for longer than the grace after its channel was lost.
      `insert into session (instance_id, account_id, token_hash, address, device, last_seen_at, lapses_at)
       values ($1, $2, sha256(gen_random_uuid()::text::bytea), '192.0.2.7', 'Chrome on Windows', now() - $3::interval, now() + $4::interval) returning id`,
      [
        system.main.id,
        accounts[who],
        standing === 'silent' && who % 2 === 0 ? '10 minutes' : '0',
        standing === 'silent' ? (who % 2 === 0 ? null : '-1 second') : who % 3 === 0 ? '20 seconds' : null,
      ],
    )
    begun[who] = rows[0].id
    await owner.query("insert into audit_event (instance_id, event, actor_kind, session_id) values ($1, 'login', 'system', $2)", [
      system.main.id,
      begun[who],
    ])
  }
  await owner.query('delete from seat_count')
  const known = counted ? begun.filter((id) => id !== undefined).length : null
  await owner.query('insert into seat_count (instance_id, at_most) values ($1, $2)', [system.main.id, known])
  return begun
}

/** Does all at the same moment, and says what came of it. */
async function happen(
  system: TestSystem,
  owner: pg.Pool,
  databases: Database[],
  accounts: string[],
  before: (string | undefined)[],
  { acts, gate }: Round,
): Promise<{ outcomes: Outcome[]; live: string }> {
  const startedAs = new Map<string, number>()
  let settled = 0
  const run = async (act: Act, place: number): Promise<Outcome> => {
    const outcome = await perform(system, owner, databases[place % 2]!, accounts[act.who]!, before[act.who], act)
    settled += 1
    if (outcome.token !== undefined) startedAs.set(outcome.token, place + 1)
    return outcome.kind
  }
  const lock = await owner.connect()
  let outcomes: Outcome[]
  try {
    await lock.query('begin')
    if (gate !== 'none') await lock.query(`lock table ${gate} in exclusive mode`)
    const racing = Promise.all(acts.map(run))
    racing.catch(() => {})
    while (gate !== 'none' && settled < acts.length) {
      const { rows } = await owner.query(
        "select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
      if (rows[0].waiting + settled >= acts.length) break
    }
    await lock.query('commit')
    outcomes = await racing
  } finally {
    lock.release()
  }
  const { rows } = await owner.query(
    `select s.id, s.account_id, encode(s.token_hash, 'hex') as token from session s where ended_at is null and last_seen_at > now() - interval '2 minutes'
       and (lapses_at is null or lapses_at > now())`,
  )
  const live = new Map<number, number>()
  for (const { id, account_id, token } of rows) {
    const who = accounts.indexOf(account_id)
    live.set(who, id === before[who] ? 0 : (startedAs.get(token) ?? Number.NaN))
  }
  return { outcomes, live: shown(live) }
}

async function perform(
  system: TestSystem,
  owner: pg.Pool,
  database: Database,
  accountId: string,
  before: string | undefined,
  { kind, who }: Act,
): Promise<{ kind: Outcome; token?: string }> {
  const { main } = system
  switch (kind) {
    case 'log_out':
      if (before !== undefined) await endOwnSession(database, main, { id: before, accountId }, caller)
      return { kind: '' }
    case 'end':
      await endAccountSession({ database, keys: system.keys }, main, `p${who}`).catch((error: Error) => {
        if (!/is not logged in/.test(error.message)) throw error
      })
      return { kind: '' }
    case 'fall_silent':
      await owner.query(
        "update session set last_seen_at = last_seen_at - interval '10 minutes' where id = $1 and ended_at is null and last_seen_at > now() - interval '2 minutes'",
        [before],
      )
      return { kind: '' }
    case 'log_in_at_once': {
      const { token, ...session } = newSession(caller)
      const random = Buffer.from(newToken(), 'base64url')
      const login = {
        accountId,
        credentialVersion: 2,
        usernameHash: random,
        deviceHash: random,
        session,
        amr: ['pwd'],
        limits: defaultRules,
      }
      if (await logInAtOnce(database, main, login)) return { kind: 'started', token: session.tokenHash.toString('hex') }
      return perform(system, owner, database, accountId, before, { kind: 'log_in', who })
    }
    default:
      return database.in(main, async (tx) => {
        await lockAccount(tx, accountId)
        const started = await startSession(tx, accountId, authenticated, caller, kind === 'move' ? { moves: before } : {})
        if (started.kind !== 'started') return { kind: started.kind }
        return { kind: started.kind, token: hashToken(started.token).toString('hex') }
      })
  }
}
