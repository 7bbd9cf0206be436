import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import type { Browser } from '../../test/browser.ts'
import { authenticated, startNodes, type TestSystem } from '../../test/nodes.ts'
import { setRules } from '../../test/set-rules.ts'
import { tidyAll } from '../../test/tidy.ts'
import { setEnabled } from '../operator/set-enabled.ts'
import { openDatabase } from '../platform/database.ts'
import { startSession } from './sessions.ts'

const wide = { HASH_CONCURRENCY: '18', DATABASE_CONNECTIONS: '22' }

/** Makes the session look as it will after so much time. */
async function later(
  system: TestSystem,
  interval: string,
  columns = ['started_at', 'last_seen_at', 'last_active_at'],
): Promise<void> {
  await system.sql(
    `update session set ${columns.map((column) => `${column} = ${column} - $1::interval`).join(', ')} where ended_at is null`,
    [interval],
  )
}

test('fault-F09 cve-C35 100 parallel logins of one account on three nodes give one session and 99 refusals', async (t) => {
  const system = await startNodes(t, 3, wide)
  const { username, password } = await system.addAccount()
  const browsers = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const browser = system.browser(i % 3)
      await browser.get('/login')
      return browser
    }),
  )
  /** Who has waited for the others of the account as long as a login waits, on a machine that is slow, tries again, as people do. */
  const logIn = async (browser: Browser) => {
    for (;;) {
      const answer = await browser.postUntilServed('/login', { username, password })
      if (answer.status !== 401) return answer
    }
  }
  // All have shown the right password, hold it, and wait to write their session.
  const answers = await system.race(
    'session',
    browsers.map((browser) => () => logIn(browser)),
    3,
  )
  assert.equal(answers.filter(({ location }) => location === '/home').length, 1)
  const refused = answers.filter(({ status }) => status === 409)
  assert.equal(refused.length, 99)
  for (const { body } of refused) assert.match(body, /The user is already logged in/)
  assert.deepEqual(await system.sql('select failures from login_attempt'), [{ failures: 0 }], 'a refusal is no wrong password')
  const [{ live }] = (await system.sql('select count(*)::int as live from session where ended_at is null')) as [{ live: number }]
  assert.equal(live, 1)
})

test('fault-F09 60 sessions of one account that are written at the same moment: one lives', async (t) => {
  const system = await startNodes(t)
  const databases = [1, 2, 3].map(() => openDatabase(system.address, 20, () => {}))
  t.after(() => Promise.all(databases.map((database) => database.close())))
  const { id } = await system.addAccount()
  const caller = { address: '192.0.2.1', device: '', requestId: 'test' }
  const results = await system.race(
    'session',
    Array.from(
      { length: 60 },
      (_, i) => () => databases[i % 3]!.in(system.main, (tx) => startSession(tx, id, authenticated, caller)),
    ),
  )
  assert.equal(results.filter(({ kind }) => kind === 'started').length, 1)
  assert.equal(results.filter(({ kind }) => kind === 'already_logged_in').length, 59)
})

test('fault-F10 cve-C35 two browsers that wait at the choice of a password: one chooses, once, and one session lives', async (t) => {
  const system = await startNodes(t, 3, wide)
  const { username, password } = await system.addAccount({ password: 'initial' })
  const browsers = []
  for (let i = 0; i < 12; i += 1) {
    const browser = system.browser(i % 3)
    assert.equal((await browser.logIn(username, password)).location, '/choose-password')
    await browser.get('/choose-password')
    browsers.push(browser)
  }
  const choices = browsers.map((_, i) => `walnut drifts over ${i} copper rails`)
  const answers = await system.race(
    'account',
    browsers.map(
      (browser, i) => () => browser.post('/choose-password', { newPassword: choices[i]!, newPasswordAgain: choices[i]! }),
    ),
  )
  assert.equal(answers.filter(({ location }) => location === '/home').length, 1)
  assert.equal(answers.filter(({ status, body }) => status === 403 && /This login has expired/.test(body)).length, 11)
  const winner = answers.findIndex(({ location }) => location === '/home')
  await browsers[winner]!.get('/home')
  await browsers[winner]!.post('/log-out')
  for (const [i, choice] of choices.entries()) {
    await system.sql('delete from login_attempt')
    assert.equal((await system.browser().logIn(username, choice)).status, i === winner ? 303 : 401)
  }
})

test('cve-C07 one pending login works once, however many requests send it', async (t) => {
  const system = await startNodes(t, 3, wide)
  const { username, password } = await system.addAccount({ password: 'initial' })
  const first = system.browser()
  await first.logIn(username, password)
  await first.get('/choose-password')
  const racers = Array.from({ length: 12 }, (_, i) => {
    const racer = system.browser(i % 3)
    for (const [name, value] of first.cookies) racer.cookies.set(name, value)
    racer.formToken = first.formToken
    return () =>
      racer.postUntilServed('/choose-password', {
        newPassword: `walnut drifts over ${i} copper rails`,
        newPasswordAgain: `walnut drifts over ${i} copper rails`,
      })
  })
  const answers = await system.race('sign_in', racers, 1)
  assert.equal(answers.filter(({ location }) => location === '/home').length, 1)
  assert.equal(answers.filter(({ status }) => status === 403).length, 11)
})

test('asvs-7.4.2 cve-C13 an account that is disabled while it logs in has no session after, whichever comes first', async (t) => {
  const system = await startNodes(t, 3, wide)
  const accounts = await Promise.all(Array.from({ length: 9 }, () => system.addAccount()))
  const racers: (() => Promise<unknown>)[] = []
  for (const [i, { username, password }] of accounts.entries()) {
    const browser = system.browser(i % 3)
    await browser.get('/login')
    racers.push(() => browser.post('/login', { username, password }))
    racers.push(() => setEnabled(system, system.main, username, false, 'left the company'))
  }
  await system.race('account', racers)
  assert.deepEqual(await system.sql('select id from session where ended_at is null'), [])
  assert.equal((await system.sql("select id from audit_event where event = 'account_disabled'")).length, 9)
})

test('asvs-7.4.2 a disabled account is out at its next request on any node, and cannot come back', async (t) => {
  const system = await startNodes(t, 2)
  const { username, password } = await system.addAccount()
  const browser = system.browser(0)
  await browser.logIn(username, password)
  await setEnabled(system, system.main, username, false, undefined)
  const elsewhere = system.browser(1)
  elsewhere.cookies.set('__Host-gatehouse-session', browser.cookies.get('__Host-gatehouse-session')!)
  assert.equal((await elsewhere.get('/api/session')).status, 401)
  assert.equal((await browser.get('/home')).location, '/login?next=%2Fhome')
  assert.match((await browser.get('/login')).body, /your account was disabled/)
  assert.match((await browser.logIn(username, password)).body, /Incorrect username or password/)
})

test('asvs-7.4.2 an account that is disabled by whatever means is nobody at once, its session ended or not', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await system.sql('update account set enabled = false where id = $1', [id])
  assert.equal((await browser.get('/api/session')).status, 401)
  assert.equal((await browser.get('/home')).location, '/login?next=%2Fhome')
  await system.sql('update account set enabled = true where id = $1', [id])
  assert.equal((await browser.get('/api/session')).status, 200, 'nothing else was in the way')
})

test('asvs-7.4.1 log out ends the session on the server: its cookie is worth nothing on any node', async (t) => {
  const system = await startNodes(t, 2)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/home')
  const kept = browser.cookies.get('__Host-gatehouse-session')!
  const out = await browser.post('/log-out')
  assert.equal(out.headers['clear-site-data'], '"cache", "storage"')
  assert.equal(browser.cookies.has('__Host-gatehouse-session'), false)
  const thief = system.browser(1)
  thief.cookies.set('__Host-gatehouse-session', kept)
  assert.equal((await thief.get('/api/session')).status, 401)
})

test('a session without a sign of life for two minutes gives way, and not before', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const crashed = system.browser()
  await crashed.logIn(username, password)
  await later(system, '119 seconds')
  assert.equal((await system.browser().logIn(username, password)).status, 409)
  await crashed.get('/home')
  await later(system, '119 seconds')
  assert.equal((await system.browser().logIn(username, password)).status, 409, 'a request is a sign of life')
  await later(system, '2 seconds')
  assert.equal((await system.browser().logIn(username, password)).location, '/home')
  assert.match((await crashed.get('/login')).body, /no sign of life/)
  assert.deepEqual(await system.sql("select detail->>'reason' as reason from audit_event where event = 'session_ended'"), [
    { reason: 'no_sign_of_life' },
  ])
})

test('asvs-7.3.1 nist-2.2.3 a session ends an hour after the last thing a person did; signs of life do not put that off', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/home')
  await later(system, '59 minutes', ['started_at', 'last_active_at'])
  assert.equal((await browser.postJson('/api/session/alive')).status, 200)
  await later(system, '61 seconds', ['last_active_at'])
  assert.equal((await browser.postJson('/api/session/alive')).status, 401)
  assert.match((await browser.get('/login')).body, /nothing was done for 60 minutes/)
  assert.equal((await system.browser().logIn(username, password)).location, '/home', 'what has run out is not in the way')
})

test('asvs-7.3.2 cve-C29 a session ends after 12 hours, however much it is used', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await later(system, '11 hours 59 minutes 50 seconds', ['started_at'])
  assert.equal((await browser.get('/home')).status, 200)
  await later(system, '10 seconds', ['started_at'])
  assert.equal((await browser.get('/home')).status, 303)
  await tidyAll(system)
  assert.deepEqual(await system.sql('select end_reason from session'), [{ end_reason: 'longest' }])
})

test('asvs-7.2.3 cve-C26 only the whole cookie is a session: every part, other case or addition is nobody', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  const token = browser.cookies.get('__Host-gatehouse-session')!
  assert.equal(Buffer.from(token, 'base64url').length, 32)
  for (const other of [
    token.slice(1),
    token.slice(0, -1),
    `${token}A`,
    `${token}=`,
    token.toLowerCase(),
    token.toUpperCase(),
    '',
    '%00',
    'null',
  ]) {
    browser.cookies.set('__Host-gatehouse-session', other)
    assert.equal((await browser.get('/api/session')).status, 401, other)
  }
  const dump = JSON.stringify(await system.sql('select * from session'))
  assert.ok(!dump.includes(token), 'the database does not hold it')
})

test('asvs-7.2.4 cve-C11 every login has a new secret, and a planted one stays worth nothing', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  const planted = 'A'.repeat(43)
  browser.cookies.set('__Host-gatehouse-session', planted)
  await browser.logIn(username, password)
  const first = browser.cookies.get('__Host-gatehouse-session')!
  assert.notEqual(first, planted)
  await browser.get('/home')
  await browser.post('/log-out')
  await browser.logIn(username, password)
  assert.notEqual(browser.cookies.get('__Host-gatehouse-session'), first)
})

test('a second login in the same browser leads home, and that of somebody else is refused: the session stays as it is', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const other = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  assert.equal((await browser.get('/login')).location, '/home')
  await browser.get('/home')
  assert.equal((await browser.post('/login', { username, password })).location, '/home')
  const refused = await browser.post('/login', { username: other.username, password: other.password })
  assert.equal(refused.status, 409)
  assert.match(refused.body, /Nobody was logged in\. Let them log out first/)
  assert.match(refused.body, /action="\/log-out"/, 'which can be done here')
  assert.match((await browser.get('/home')).body, new RegExp(username))
  assert.equal((await system.sql('select id from session')).length, 1)
})

test('asvs-7.3.1 asvs-7.3.2 the idle end, the longest time and the lease are the Administrator’s', async (t) => {
  const system = await startNodes(t)
  await setRules(system, { idleMinutes: 10, longestHours: 2, leaseSeconds: 300 })
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await later(system, '299 seconds', ['last_seen_at'])
  assert.equal((await system.browser().logIn(username, password)).status, 409, 'the lease')
  await later(system, '10 minutes', ['last_active_at'])
  assert.equal((await browser.get('/home')).status, 303)
  assert.match((await browser.get('/login')).body, /nothing was done for 10 minutes/)
  assert.equal((await browser.logIn(username, password)).location, '/home')
  await later(system, '2 hours', ['started_at'])
  assert.equal((await browser.get('/home')).status, 303)
  assert.match((await browser.get('/login')).body, /a session lasts 2 h at the most/)
  await tidyAll(system)
  assert.deepEqual(await system.sql('select end_reason from session order by started_at'), [
    { end_reason: 'longest' },
    { end_reason: 'idle' },
  ])
})

test('asvs-7.4.1 cookies that are checked in one statement are each answered for themselves', async (t) => {
  const system = await startNodes(t)
  const { instance: acme } = await system.addInstance('acme', 'acme.example.com')
  const logIn = async (instance = system.main) => {
    const { username, password } = await system.addAccount({}, instance)
    const browser = system.browser(0, instance.hostname)
    await browser.logIn(username, password)
    return { browser, username }
  }
  const people = [await logIn(), await logIn(), await logIn(), await logIn(acme), await logIn()]
  const [ended, disabled] = [people[1]!, people[2]!]
  const kept = [...ended.browser.cookies]
  await ended.browser.get('/home')
  await ended.browser.post('/log-out')
  for (const [name, value] of kept) ended.browser.cookies.set(name, value)
  await setEnabled(system, system.main, disabled.username, false, undefined)
  const strangers = ['A'.repeat(43), 'null'].map((cookie) => {
    const browser = system.browser()
    browser.cookies.set('__Host-gatehouse-session', cookie)
    return { browser, username: undefined }
  })
  const misplaced = system.browser()
  misplaced.cookies.set('__Host-gatehouse-session', people[3]!.browser.cookies.get('__Host-gatehouse-session')!)
  const all = [
    strangers[0]!,
    people[4]!,
    ended,
    people[0]!,
    disabled,
    { browser: misplaced, username: undefined },
    people[3]!,
    strangers[1]!,
  ]
  const answers = await Promise.all(all.map(({ browser }) => browser.get('/api/session')))
  assert.deepEqual(
    answers.map(({ status, body }) => (status === 200 ? (JSON.parse(body) as { username: string }).username : status)),
    all.map((each) => (each === ended || each === disabled ? 401 : (each.username ?? 401))),
  )
})

test('a session that somebody holds in the database is recognised, and holds up nobody', async (t) => {
  const system = await startNodes(t)
  const people = []
  for (let i = 0; i < 3; i += 1) {
    const { id, username, password } = await system.addAccount()
    const browser = system.browser()
    await browser.logIn(username, password)
    people.push({ id, browser })
  }
  await later(system, '11 seconds')
  const holder = new pg.Client(system.address)
  await holder.connect()
  t.after(() => holder.end())
  await holder.query('begin')
  await holder.query('update session set device = device where account_id = $1', [people[1]!.id])
  const begin = performance.now()
  const answers = await Promise.all(people.map(({ browser }) => browser.get('/api/session')))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  )
  assert.ok(performance.now() - begin < 2000, 'nobody waits for the lock')
  const fresh = () =>
    system.sql<{ account_id: string }>("select account_id from session where last_active_at > now() - interval '5 seconds'")
  assert.deepEqual(new Set((await fresh()).map((row) => row.account_id)), new Set([people[0]!.id, people[2]!.id]))
  await holder.query('commit')
  await people[1]!.browser.get('/api/session')
  assert.equal((await fresh()).length, 3, 'its sign of life comes with the next request')
})

test('a session that is ended by many requests at once is ended once', async (t) => {
  const system = await startNodes(t, 2, wide)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.logIn(username, password)
  await browser.get('/home')
  const tabs = Array.from({ length: 8 }, (_, i) => {
    const tab = system.browser(i % 2)
    for (const [name, value] of browser.cookies) tab.cookies.set(name, value)
    tab.formToken = browser.formToken
    return () => tab.post('/log-out')
  })
  const answers = await system.race('session', tabs)
  assert.deepEqual(new Set(answers.map(({ location }) => location)), new Set(['/login?bye']))
  assert.equal((await system.sql("select id from audit_event where event = 'session_ended'")).length, 1)
})
