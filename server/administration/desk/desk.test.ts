import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Browser } from '../../../test/browser.ts'
import { get, loggedIn, loginChecksOf, startFloor } from '../../../test/floor.ts'
import { goodPassword, type TestSystem } from '../../../test/nodes.ts'
import { setRules } from '../../../test/set-rules.ts'

const outcome = async (browser: Browser, id: string) =>
  (await loginChecksOf<{ outcome: string; ownBrowserIsFree: boolean }>(browser, id)).outcome
const unlock = async (browser: Browser, id: string) =>
  JSON.parse((await browser.sendJson('POST', `/api/accounts/${id}/unlock`)).body) as { unlocked?: boolean; code?: string }
const ofAna = "from login_attempt where account_id = (select id from account where username = 'ana')"
const failures = async (system: TestSystem) => (await system.sql<{ failures: number }>(`select failures ${ofAna}`))[0]!.failures
const unlocks = (system: TestSystem) => system.sql("select id from audit_event where event = 'account_unlocked'")

async function guess(system: TestSystem, times: number): Promise<void> {
  const stranger = system.browser()
  for (let i = 0; i < times; i += 1) assert.equal((await stranger.logIn('ana', `guess ${i}`)).status, 401)
}

test('cve-C10 unlocking ends the wait and not the count: the next wrong one waits for longer, and after a hundred it does not help', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  const lead = await loggedIn(system, supervisor)
  assert.deepEqual(await unlock(lead, ana.id), { unlocked: false }, 'there is no wait to end')
  await guess(system, 5)
  assert.equal((await system.browser().logIn('ana', goodPassword)).status, 401)
  assert.equal(await outcome(lead, ana.id), 'locked')
  assert.deepEqual(await unlock(lead, ana.id), { unlocked: true })
  assert.equal(await failures(system), 5)
  await guess(system, 1)
  assert.equal(await failures(system), 6)
  const [{ seconds } = { seconds: 0 }] = await system.sql<{ seconds: number }>(
    `select extract(epoch from wait_until - now())::float as seconds ${ofAna}`,
  )
  assert.ok(seconds > 20 && seconds <= 30, `${seconds} s: the second wait is twice the first`)
  await unlock(lead, ana.id)
  assert.equal((await system.browser().logIn('ana', goodPassword)).location, '/home')
  assert.equal((await unlocks(system)).length, 2)

  await system.sql('update login_attempt set failures = 99, wait_until = null')
  await guess(system, 1)
  assert.equal((await unlock(lead, ana.id)).code, 'attempts_used_up')
  assert.equal(await outcome(lead, ana.id), 'attempts_used_up')
  assert.equal((await unlocks(system)).length, 2)
  const made = await lead.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })
  const { initialPassword } = JSON.parse(made.body).slips[0]
  assert.equal(await outcome(lead, ana.id), 'initial_password')
  assert.equal((await system.browser().logIn('ana', initialPassword)).location, '/choose-password')
})

test('cve-C10 the own browser of a person goes on while strangers wait; its own wait ends by unlocking too', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  const lead = await loggedIn(system, supervisor)
  const own = await loggedIn(system, ana)
  await own.post('/log-out')
  await guess(system, 6)
  const checks = () => loginChecksOf<{ ownBrowserIsFree: boolean }>(lead, ana.id)
  assert.equal((await checks()).ownBrowserIsFree, true)
  assert.equal((await own.logIn('ana', goodPassword)).location, '/home')
  await own.get('/home')
  await own.post('/log-out')
  for (let i = 0; i < 5; i += 1) await own.logIn('ana', 'wrong')
  assert.equal((await checks()).ownBrowserIsFree, false)
  assert.equal((await own.logIn('ana', goodPassword)).status, 401)
  assert.deepEqual(await unlock(lead, ana.id), { unlocked: true })
  assert.equal((await own.logIn('ana', goodPassword)).location, '/home')
})

test('of many who unlock at once one does, on two nodes, and no guess of the same moment is lost', async (t) => {
  const { system, admin, supervisor, ana } = await startFloor(t, 2)
  const leads = [await loggedIn(system, supervisor), await loggedIn(system, admin, 1)]
  await guess(system, 5)
  const answers = await system.race(
    'account',
    Array.from({ length: 4 }, (_, i) => () => unlock(leads[i % 2]!, ana.id)),
  )
  assert.equal(answers.filter(({ unlocked }) => unlocked).length, 1)
  assert.equal((await unlocks(system)).length, 1)

  await system.sql("update login_attempt set failures = 97, wait_until = now() - interval '1 second'")
  const strangers = Array.from({ length: 2 }, () => system.browser())
  await Promise.all(strangers.map((stranger) => stranger.get('/login')))
  await system.race(
    'login_attempt',
    [
      ...strangers.map((stranger) => () => stranger.post('/login', { username: 'ana', password: 'guess' }).then(() => ({}))),
      ...leads.map((lead) => () => unlock(lead, ana.id)),
    ],
    // The guesses of one address go one after the other.
    3,
  )
  for (let i = 0; i < 5; i += 1) {
    await unlock(leads[0]!, ana.id)
    await guess(system, 1)
  }
  assert.equal(await failures(system), 100, 'unlocking lets nobody try more than a hundred times')
})

test('the list of accounts says who is locked and whose password has expired, with the words of the desk', async (t) => {
  const { system, admin, ana } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  type Listed = { lock: { until: string | null } | null; passwordExpired: boolean }
  const ofAna = async () => {
    const { lock, passwordExpired } = await get<Listed>(boss, `/api/accounts/${ana.id}`)
    const { accounts } = await get<{ accounts: Listed[] }>(boss, '/api/accounts?search=ana&size=1&sort=username')
    assert.deepEqual([accounts[0]!.lock, accounts[0]!.passwordExpired], [lock, passwordExpired])
    return [lock && (lock.until === null ? 'for ever' : 'for a while'), passwordExpired]
  }
  // What holds for others is not hers.
  await system.sql(
    "insert into login_attempt (instance_id, username_hash, failures, wait_until) values ($1, 'x', 9, now() + interval '1 day')",
    [system.main.id],
  )
  await system.sql("update password set changed_at = now() - interval '31 days' where account_id <> $1", [ana.id])
  await setRules(system, { expiryDays: 30 })
  assert.deepEqual(await ofAna(), [null, false])
  await guess(system, 5)
  await system.sql("update password set changed_at = now() - interval '31 days' where account_id = $1", [ana.id])
  assert.deepEqual(await ofAna(), ['for a while', true])
  await system.sql('update login_attempt set failures = 100')
  assert.deepEqual(await ofAna(), ['for ever', true])
})

test('who lets an account be valid for longer changes only the dates that keep it out, and it is recorded', async (t) => {
  const { system, admin, ana } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const extend = async (days: number) =>
    JSON.parse((await boss.sendJson('POST', `/api/accounts/${ana.id}/extend-validity`, { days })).body) as { extended: boolean }
  const dates = async (from: string | null, until: string | null) =>
    system.sql('update account set valid_from = current_date + $2::int, valid_until = current_date + $3::int where id = $1', [
      ana.id,
      from,
      until,
    ])
  const inDays = async () =>
    (
      await system.sql<{ from: number; until: number }>(
        'select valid_from - current_date as "from", valid_until - current_date as until from account where id = $1',
        [ana.id],
      )
    )[0]!
  await dates(null, '5')
  assert.deepEqual([await extend(7), await inDays()], [{ extended: false }, { from: null, until: 5 }])
  await dates('-9', '-1')
  assert.deepEqual([await extend(7), await inDays()], [{ extended: true }, { from: -9, until: 7 }])
  await dates('3', '9')
  assert.equal(await outcome(boss, ana.id), 'not_yet_valid')
  assert.deepEqual([await extend(0), await inDays()], [{ extended: true }, { from: 0, until: 9 }])
  assert.equal((await system.browser().logIn('ana', goodPassword)).location, '/home')
  const recorded = await system.sql<{ fields: string }>(
    "select (select string_agg(key, ' ') from jsonb_object_keys(detail -> 'changes') as key) as fields from audit_event where event = 'account_changed' order by at",
  )
  assert.deepEqual(
    recorded.map(({ fields }) => fields),
    ['validUntil', 'validFrom'],
  )
})

test('after the upgrade whoever could make a new password may unlock, and whoever could change accounts may extend; nobody else', async (t) => {
  const { system } = await startFloor(t)
  const before = [['accounts.view'], ['accounts.new-password'], ['accounts.new-password', 'accounts.update']]
  for (const [i, permissions] of before.entries())
    await system.sql('insert into profile (instance_id, name, permissions) values ($1, $2, $3)', [
      system.main.id,
      `p${i}`,
      permissions,
    ])
  const migration = readFileSync(new URL('../../../migrations/0023-desk.sql', import.meta.url), 'utf8')
  for (let times = 0; times < 2; times += 1) await system.sql(migration)
  const rows = await system.sql<{ permissions: string[] }>(
    "select permissions from profile where name like 'p_' or built_in order by built_in, name",
  )
  assert.deepEqual(
    rows.slice(0, 3).map(({ permissions }) => permissions),
    [
      ['accounts.view'],
      ['accounts.new-password', 'accounts.unlock'],
      ['accounts.new-password', 'accounts.update', 'accounts.unlock', 'accounts.extend'],
    ],
  )
  for (const { permissions } of rows) assert.equal(new Set(permissions).size, permissions.length, 'nothing is there twice')
})

test('whoever works is told apart from whose browser is gone or silent', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  const lead = await loggedIn(system, supervisor)
  await loggedIn(system, ana)
  const session = async () => {
    const { people } = await get<{ people: { session: { silentSeconds: number; silent: boolean } }[] }>(
      lead,
      '/api/desk?search=ana',
    )
    return people[0]!.session
  }
  const set = (what: string) => system.sql(`update session set ${what} where account_id = $1`, [ana.id])
  assert.deepEqual([(await session()).silent, (await session()).silentSeconds < 30], [false, true])
  await set("last_seen_at = now() - interval '40 seconds'")
  assert.equal((await session()).silent, false, 'signs of life come every 45 s')
  await set("last_seen_at = now() - interval '75 seconds'")
  assert.deepEqual([(await session()).silent, Math.abs((await session()).silentSeconds - 75) < 10], [true, true])
  await set("last_seen_at = now(), lapses_at = now() + interval '20 seconds'")
  assert.equal((await session()).silent, true, 'the browser was closed')
})
