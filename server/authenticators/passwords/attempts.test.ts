import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { goodPassword, startNodes, type TestSystem, until } from '../../../test/nodes.ts'
import { setRules } from '../../../test/set-rules.ts'
import { tidyAll } from '../../../test/tidy.ts'
import { openDatabase } from '../../platform/database.ts'
import { defaultRules } from '../../rules/rules.ts'
import { takeAttempt } from './store.ts'

// Enough places for many to be inside at once.
const wide = { HASH_CONCURRENCY: '18', DATABASE_CONNECTIONS: '22' }

/** How many guesses reached the comparison: all but those that were told to wait. */
async function evaluated(system: TestSystem): Promise<number> {
  const rows = await system.sql<{ reason: string }>(
    "select detail->>'reason' as reason from audit_event where event = 'login_refused'",
  )
  return rows.filter(({ reason }) => reason !== 'waiting').length
}

/** Moves the clock of the attempts: everything that was written lies so much further back. */
async function later(system: TestSystem, interval: string): Promise<void> {
  await system.sql('update login_attempt set wait_until = wait_until - $1::interval, last_at = last_at - $1::interval', [
    interval,
  ])
  await system.sql('update known_device set wait_until = wait_until - $1::interval', [interval])
}

test('cve-C09 asvs-6.3.1 nist-3.2.2 200 parallel guesses on three nodes are evaluated five times', async (t) => {
  const system = await startNodes(t, 3, wide)
  const { username } = await system.addAccount({ username: 'victim' })
  const spellings = [username, 'VICTIM', ' victim ', 'ｖｉｃｔｉｍ']
  const browsers = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const browser = system.browser(i % 3)
      await browser.get('/login')
      return browser
    }),
  )
  let busy = 0
  const answers = await system.race(
    'login_attempt',
    browsers.map(
      (browser, i) => () =>
        browser.postUntilServed('/login', { username: spellings[i % 4]!, password: `guess number ${i}` }, () => {
          busy += 1
        }),
    ),
    3,
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([401]))
  // An attempt that was counted and then met a database that was too slow is lost to whoever made it, and in no audit.
  const seen = await evaluated(system)
  assert.ok(seen <= 5 && seen + busy >= 5, `${seen} were evaluated, ${busy} were answered by 503`)
})

test('fault-F26 a right password that the database counted and then had no place or no time for is no wrong one', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  const holder = new pg.Client(system.address)
  await holder.connect()
  try {
    await holder.query('begin')
    await holder.query('select from account where id = $1 for update', [id])
    const busy = await system.browser().logIn(username, password)
    assert.equal(busy.status, 503)
    assert.ok(Number(busy.headers['retry-after']) > 0)
    await until(async () => {
      const [row] = await system.sql<{ failures: number }>('select failures from login_attempt')
      return row!.failures === 0
    })
  } finally {
    await holder.end()
  }
})

test('nist-3.2.2 60 attempts that reach the database at the same moment: five are let through', async (t) => {
  const system = await startNodes(t)
  const databases = [1, 2, 3].map(() => openDatabase(system.address, 20, () => {}))
  t.after(() => Promise.all(databases.map((database) => database.close())))
  const nobody = { usernameKey: 'nobody', deviceHash: null, address: '192.0.2.1', isLast: true }
  const letThrough = await system.race(
    'login_attempt',
    Array.from(
      { length: 60 },
      (_, i) => () => takeAttempt(databases[i % 3]!, system.main, { ...nobody, usernameHash: Buffer.alloc(32, 1) }, defaultRules),
    ),
  )
  assert.equal(letThrough.filter(({ kind }) => kind === 'taken').length, 5)
})

test('nist-3.2.2 waits begin with the fifth wrong password, grow, and end at 15 minutes; the right password starts anew', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  for (let i = 0; i < 4; i += 1) await browser.logIn(username, 'wrong')
  const waits: number[] = []
  for (let i = 0; i < 9; i += 1) {
    await browser.logIn(username, 'wrong')
    const [row] = await system.sql<{ seconds: number }>(
      'select round(extract(epoch from wait_until - last_at))::int as seconds from login_attempt',
    )
    waits.push(row!.seconds)
    assert.equal((await browser.logIn(username, password)).status, 401, 'the right password has to wait like any other')
    await later(system, `${row!.seconds} seconds`)
  }
  assert.deepEqual(waits, [15, 30, 60, 120, 240, 480, 900, 900, 900])
  assert.equal((await browser.logIn(username, password)).location, '/home')
  assert.deepEqual(await system.sql('select failures, wait_until from login_attempt'), [{ failures: 0, wait_until: null }])
})

test('nist-3.2.2 after a hundred wrong passwords in a row the password is disabled until there is a new one', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, 'wrong')
  await system.sql('update login_attempt set failures = 99, wait_until = null')
  await browser.logIn(username, 'the hundredth')
  await later(system, '30 days')
  assert.equal((await browser.logIn(username, password)).status, 401)
  assert.deepEqual(await system.sql('select failures from login_attempt'), [{ failures: 100 }])

  const { giveNewPassword } = await import('../../operator/give-new-password.ts')
  const { initialPassword } = await giveNewPassword(system, system.main, username)
  assert.equal((await browser.logIn(username, initialPassword)).location, '/choose-password')
  assert.deepEqual(
    await system.sql("select event from audit_event where account_id = $1 and event = 'initial_password_made'", [id]),
    [{ event: 'initial_password_made' }],
  )
})

test("cve-C10 a person's own browser is not kept waiting by a stranger's guesses, and does not end the stranger's wait", async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const own = system.browser()
  assert.equal((await own.logIn(username, password)).location, '/home')
  await own.get('/home')
  await own.post('/log-out')

  const stranger = system.browser()
  for (let i = 0; i < 8; i += 1) await stranger.logIn(username, `guess ${i}`)
  assert.equal(
    (await system.browser().logIn(username, password)).status,
    401,
    'an unknown browser waits, with the right password too',
  )
  assert.equal((await own.logIn(username, password)).location, '/home')
  await own.get('/home')
  await own.post('/log-out')
  assert.equal((await stranger.logIn(username, password)).status, 401, 'the stranger still waits')
})

test("cve-C10 asvs-6.3.1 the person's own browser has its own count, which parallel guesses cannot outrun either", async (t) => {
  const system = await startNodes(t, 2, wide)
  const { username, password } = await system.addAccount()
  const own = system.browser()
  await own.logIn(username, password)
  const device = own.cookies.get('__Host-gatehouse-device')!
  const thieves = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const thief = system.browser(i % 2)
      thief.cookies.set('__Host-gatehouse-device', device)
      await thief.get('/login')
      return thief
    }),
  )
  await system.race(
    'known_device',
    thieves.map((thief, i) => () => thief.post('/login', { username, password: `guess ${i}` })),
    2,
  )
  assert.equal(await evaluated(system), 5)
})

test('a browser is remembered for 50 persons, and forgets the one of longest ago', async (t) => {
  const system = await startNodes(t)
  const desk = system.browser()
  for (let i = 0; i < 51; i += 1) {
    const { username, password } = await system.addAccount()
    assert.equal((await desk.logIn(username, password)).location, '/home')
    await desk.get('/home')
    await desk.post('/log-out')
  }
  const rows = await system.sql<{ username: string }>('select username from known_device d join account a on a.id = d.account_id')
  assert.equal(rows.length, 50)
  assert.ok(!rows.some(({ username }) => username === 'agent1'))
})

test('cve-C08 an address may send 300 wrong passwords in ten minutes; right ones never count, and a known browser goes on', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const own = system.browser()
  await own.logIn(username, password)
  await own.get('/home')
  await own.post('/log-out')
  assert.deepEqual(await system.sql('select * from address_attempt'), [], 'a right password does not count')

  await system.browser().logIn('nobody', 'wrong')
  await system.sql('update address_attempt set wrong = 299')
  const stranger = system.browser()
  assert.equal((await stranger.logIn('nobody', 'wrong')).status, 401)
  const limited = await stranger.logIn('somebody', 'wrong')
  assert.equal(limited.status, 429)
  assert.ok(Number(limited.headers['retry-after']) > 0 && Number(limited.headers['retry-after']) <= 600)
  assert.match(limited.body, /value="somebody"/, 'what was typed stays')
  assert.equal((await own.logIn(username, password)).location, '/home')
  await system.sql("update address_attempt set window_started_at = window_started_at - interval '10 minutes'")
  assert.equal((await stranger.logIn('nobody', 'wrong')).status, 401, 'the next window is open')
})

/** A browser with which these people have logged in. */
async function sharedDesk(system: TestSystem, people: { username: string; password: string }[]) {
  const desk = system.browser()
  for (const { username, password } of people) {
    assert.equal((await desk.logIn(username, password)).location, '/home')
    await desk.get('/home')
    await desk.post('/log-out')
  }
  return desk
}

test('cve-C04 where the address has used up its count, a shared desk tells nobody who has used it, and lets its people in', async (t) => {
  const system = await startNodes(t)
  const known = await system.addAccount()
  const waiting = await system.addAccount()
  const unlucky = await system.addAccount()
  const others = await system.addAccount()
  const desk = await sharedDesk(system, [known, waiting, unlucky])
  await system.sql(`update known_device set wait_until = now() + interval '1 hour' where account_id = $1`, [waiting.id])
  await system.sql('update account set enabled = false where id = $1', [unlucky.id])
  await system.browser().logIn('nobody', 'wrong')
  await system.sql('update address_attempt set wrong = 300')

  const tries: [string, string][] = [
    [known.username, 'wrong'],
    [waiting.username, waiting.password],
    [unlucky.username, unlucky.password],
    [others.username, others.password],
    [others.username, 'wrong'],
    ['nobody', 'wrong'],
  ]
  const bare = (answer: { status: number; body: string }, username: string) => [
    answer.status,
    answer.body.replaceAll(username, 'NAME').replace(/name="formToken" value="[^"]*"/, ''),
  ]
  const answers = []
  for (const [username, password] of tries) answers.push(bare(await desk.logIn(username, password), username))
  assert.equal(answers[0]![0], 429)
  for (const answer of answers) assert.deepEqual(answer, answers[0])
  assert.deepEqual(bare(await system.browser().logIn(known.username, 'wrong'), known.username)[0], 429)
  assert.deepEqual(
    await system.sql(`select wrong, address like 'browser %' as browser from address_attempt order by wrong`),
    [
      { wrong: 6, browser: true },
      { wrong: 300, browser: false },
    ],
    'a count of its own, for whatever is wrong',
  )
  const reasons = await system.sql<{ reason: string }>(
    "select detail ->> 'reason' as reason from audit_event where event = 'login_refused' order by id offset 1",
  )
  assert.deepEqual(
    reasons.map(({ reason }) => reason),
    ['wrong_password', 'waiting', 'disabled', 'waiting', 'waiting', 'unknown_username'],
  )
  assert.equal((await desk.logIn(known.username, known.password)).location, '/home')
})

test('cve-C08 a known browser whose address is used up has as many wrong passwords again, and then nobody of its people gets in', async (t) => {
  const system = await startNodes(t)
  const known = await system.addAccount()
  const desk = await sharedDesk(system, [known])
  await system.browser().logIn('nobody', 'wrong')
  await system.sql('update address_attempt set wrong = 300')
  await desk.logIn('nobody', 'wrong')
  await system.sql("update address_attempt set wrong = 299 where address like 'browser %'")
  await desk.logIn('nobody', 'wrong')
  assert.equal((await desk.logIn(known.username, known.password)).status, 429)
  assert.deepEqual(await system.sql("select wrong from address_attempt where address like 'browser %'"), [{ wrong: 300 }])
})

test('cve-C08 no header changes the address that counts, unless it comes from a trusted proxy', async (t) => {
  const system = await startNodes(t)
  const forged = ['10.0.0.1', '10.0.0.1, 10.0.0.2', '::1', 'garbage', `10.0.0.1${', 10.0.0.1'.repeat(1000)}`]
  for (const value of forged) {
    const browser = system.browser()
    browser.headers = { 'x-forwarded-for': value, forwarded: `for=${value}`, 'x-real-ip': value, x_forwarded_for: value }
    assert.equal((await browser.logIn('nobody', 'wrong')).status, 401)
  }
  assert.deepEqual(await system.sql('select address, wrong from address_attempt'), [
    { address: '127.0.0.1', wrong: forged.length },
  ])

  const behind = await startNodes(t, 1, { TRUSTED_PROXIES: '127.0.0.1' })
  for (const value of [
    '2001:db8:1:2::5',
    '2001:db8:1:2:ffff::9',
    '198.51.100.7',
    '10.9.9.9, 198.51.100.7',
    '::ffff:198.51.100.7',
    'garbage',
  ]) {
    const browser = behind.browser()
    browser.headers = { 'x-forwarded-for': value }
    assert.equal((await browser.logIn('nobody', 'wrong')).status, 401)
  }
  assert.deepEqual(await behind.sql('select address, wrong from address_attempt order by address'), [
    { address: '127.0.0.1', wrong: 1 },
    { address: '198.51.100.7', wrong: 3 },
    { address: '2001:db8:1:2::/64', wrong: 2 },
  ])
})

test('nist-3.1.1.2 a hash with other parameters is made anew at the next login, and a changed password is never overwritten', async (t) => {
  const system = await startNodes(t)
  const { hash } = await import('@node-rs/argon2')
  const { id, username, password } = await system.addAccount()
  const weak = await hash(Buffer.from(goodPassword), { algorithm: 2, memoryCost: 8192, timeCost: 1, parallelism: 1 })
  await system.sql('update password set hash = $1 where account_id = $2', [weak, id])
  assert.equal((await system.browser().logIn(username, password)).location, '/home')
  const [row] = await system.sql<{ hash: string }>('select hash from password where account_id = $1', [id])
  assert.match(row!.hash, /m=19456,t=2,p=1/)

  const { upgradeHash } = await import('./store.ts')
  await system.database.in(system.main, (tx) => upgradeHash(tx, id, weak, 'late'))
  assert.deepEqual(await system.sql('select hash from password where account_id = $1', [id]), [row])
})

test('asvs-6.3.1 nist-3.2.2 where waits begin, how long they are and when the password is disabled are the Administrator’s', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { waitsFrom: 3, longestWaitMinutes: 1, mostFailures: 7 })
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  const waits: (number | null)[] = []
  for (let i = 0; i < 7; i += 1) {
    assert.match((await browser.logIn(username, 'wrong')).body, /up to 1 min/)
    const [row] = await system.sql<{ seconds: number | null }>(
      'select round(extract(epoch from wait_until - last_at))::int as seconds from login_attempt',
    )
    waits.push(row!.seconds)
    await later(system, '1 minute')
  }
  assert.deepEqual(waits, [null, null, 15, 30, 60, 60, 60])
  assert.equal((await browser.logIn(username, password)).status, 401, 'disabled with the seventh')
})

test('cve-C08 how many wrong passwords an address may send, and for how long a browser is known, are the Administrator’s', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { wrongFromAddress: 20, deviceDays: 30 })
  const stranger = system.browser()
  for (let i = 0; i < 20; i += 1) assert.equal((await stranger.logIn(`nobody${i}`, 'wrong')).status, 401)
  assert.equal((await stranger.logIn('somebody', 'wrong')).status, 429)
  await system.sql('delete from address_attempt')
  const { username, password } = await system.addAccount()
  const answer = await system.browser().logIn(username, password)
  const cookie = [answer.headers['set-cookie']].flat().find((line) => String(line).includes('gatehouse-device'))
  assert.match(String(cookie), /Max-Age=2592000;/)
  await system.sql("update known_device set last_login_at = now() - interval '31 days'")
  await tidyAll(system)
  assert.deepEqual(await system.sql('select * from known_device'), [])
})

test('asvs-6.4.1 an initial password lives for as long as the Administrator says', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { initialPasswordHours: 2 })
  await system.addAccount({ password: 'initial' })
  const [row] = await system.sql<{ hours: number }>(
    'select round(extract(epoch from initial_expires_at - now()) / 3600)::int as hours from password order by initial_expires_at limit 1',
  )
  assert.equal(row!.hours, 2)
})
