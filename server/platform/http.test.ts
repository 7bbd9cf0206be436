import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { startNodes } from '../../test/nodes.ts'

test('asvs-3.4.1 asvs-3.4.3 asvs-3.4.4 asvs-3.4.5 asvs-3.4.6 asvs-14.3.2 every answer has the security headers, errors too', async (t) => {
  const system = await startNodes(t, 1, { PUBLIC_URL: 'https://localhost' })
  const browser = system.browser(0, 'localhost')
  for (const url of ['/login', '/home', '/nothing', '/api/session', '/api/nothing', '/healthz', '/%zz']) {
    const { headers } = await browser.get(url)
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /^default-src 'none'/)
    assert.match(policy, /frame-ancestors 'none'; base-uri 'none'/)
    assert.ok(!policy.includes('unsafe'))
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(String(headers['strict-transport-security']), /max-age=31536000; includeSubDomains/)
    assert.equal(headers['access-control-allow-origin'], undefined)
  }
  const plain = await startNodes(t)
  assert.equal((await plain.browser().get('/login')).headers['strict-transport-security'], undefined)
})

test('asvs-3.3.1 asvs-3.3.2 asvs-3.3.3 asvs-3.3.4 nist-5.1.1 every cookie is bound to this host, out of reach of scripts, and ends with the browser', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  const answers = [
    await browser.get('/login'),
    await browser.post('/login', { username, password }),
    await browser.get('/language?choose=es'),
  ]
  const cookies = answers.flatMap(({ headers }) => [headers['set-cookie'] ?? []].flat().map(String))
  assert.deepEqual(cookies.map((cookie) => cookie.split('=')[0]!.slice(17)).sort(), ['device', 'language', 'session', 'visit'])
  for (const cookie of cookies) {
    assert.match(cookie, /^__Host-[\w-]+=[\w-]+; (Max-Age=\d+; )?Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    if (/-(session|visit|pending)=/.test(cookie)) assert.ok(!cookie.includes('Max-Age'), cookie)
  }
})

test('asvs-3.5.1 nist-5.1 cve-C17 a form is taken only with the value of its own session, and only from a page of ours', async (t) => {
  const system = await startNodes(t)
  const [ana, ben] = [await system.addAccount(), await system.addAccount()]
  const browser = system.browser()
  const login = { username: ana.username, password: ana.password }
  await browser.get('/login')
  const visitToken = browser.formToken

  const refused = async (fields: Record<string, string>, headers: Record<string, string | undefined> = {}) => {
    browser.headers = headers
    const { status } = await browser.post('/login', { ...login, ...fields })
    browser.headers = {}
    return status === 403
  }
  assert.ok(await refused({ formToken: '' }))
  assert.ok(await refused({ formToken: 'A'.repeat(43) }))
  const stranger = system.browser()
  await stranger.get('/login')
  assert.ok(await refused({ formToken: stranger.formToken }), "another browser's value")
  browser.formToken = visitToken
  for (const site of ['cross-site', 'same-site', 'none'])
    assert.ok(await refused({ formToken: visitToken }, { 'sec-fetch-site': site }), site)
  for (const origin of [
    'https://evil.example',
    'null',
    'http://localhost:8080.evil.example',
    'http://localhost',
    'https://localhost:8080',
  ])
    assert.ok(await refused({ formToken: visitToken }, { 'sec-fetch-site': undefined, origin }), origin)
  browser.headers = { 'sec-fetch-site': undefined, origin: 'http://localhost:8080' }
  assert.equal(
    (await browser.post('/login', { ...login, formToken: visitToken })).location,
    '/home',
    'an old browser that sends Origin only',
  )
  browser.headers = {}

  assert.equal((await browser.post('/log-out', { formToken: visitToken })).status, 403, 'the value of before the login')
  const other = system.browser()
  await other.logIn(ben.username, ben.password)
  await other.get('/home')
  assert.equal((await browser.post('/log-out', { formToken: other.formToken })).status, 403, "another session's value")
  assert.equal((await browser.get('/home')).status, 200)
  assert.equal((await browser.post('/log-out')).location, '/login?bye')
})

test('a login form that was open for too long comes again with the username, and then works', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const browser = system.browser()
  await browser.get('/login')
  browser.cookies.clear()
  const again = await browser.post('/login', { username, password })
  assert.equal(again.status, 403)
  assert.match(again.body, new RegExp(`value="${username}"`))
  assert.ok(!again.body.includes(password))
  assert.equal((await browser.post('/login', { username, password })).location, '/home')
})

test('asvs-16.2.5 neither log nor database nor any page ever holds a password or a token', async (t) => {
  const system = await startNodes(t)
  const canary = 'canary drifts over copper rails'
  const next = 'canary lamps burn in the attic'
  const account = await system.addAccount({ password: 'initial' })
  const browser = system.browser()
  const pages: string[] = []
  const tokens = new Set<string>()
  const keep = ({ body }: { body: string }) => {
    pages.push(body)
    for (const value of browser.cookies.values()) if (value.length > 10) tokens.add(value)
  }
  keep(await browser.logIn(canary, canary))
  keep(await browser.get(`/home?next=${encodeURIComponent('/canary-query')}`))
  keep(await browser.logIn(account.username, account.password))
  keep(await browser.post('/choose-password', { newPassword: canary, newPasswordAgain: `${canary} ` }))
  keep(await browser.get('/choose-password'))
  keep(await browser.post('/choose-password', { newPassword: canary, newPasswordAgain: canary }))
  keep(await browser.get('/change-password'))
  keep(await browser.post('/change-password', { currentPassword: `${canary}!`, newPassword: next, newPasswordAgain: next }))
  keep(await browser.post('/change-password', { currentPassword: canary, newPassword: next, newPasswordAgain: next }))
  keep(await browser.get('/home'))

  const tables = await system.sql<{ tablename: string }>("select tablename from pg_tables where schemaname = 'public'")
  const dump = (await Promise.all(tables.map(({ tablename }) => system.sql(`select t::text from ${tablename} t`))))
    .map((rows) => JSON.stringify(rows))
    .join()
  // The username field of the first login is echoed once: people see what they typed there.
  const shown = pages.slice(1).join()
  for (const secret of [canary, next, account.password, account.password.replaceAll('-', ''), 'canary-query', ...tokens]) {
    assert.ok(!system.logged().includes(secret), 'the log')
    assert.ok(!dump.includes(secret), 'the database')
    if (secret !== 'canary-query') assert.ok(!shown.includes(secret), 'a page')
  }
})

test('asvs-13.4.2 fault-F19 what is too large is refused before it is read', async (t) => {
  const system = await startNodes(t)
  const browser = system.browser()
  await browser.get('/login')
  assert.equal((await browser.post('/login', { username: 'a', password: 'x'.repeat(70_000) })).status, 413)
})

test('asvs-13.4.4 TRACE and other methods are not answered', async (t) => {
  const system = await startNodes(t)
  for (const method of ['TRACE', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
    assert.equal((await system.browser().send(method as 'PUT', '/login')).status, 404, method)
})

test('fault-F04 without its database a node says 503 with Retry-After, is not ready, and is alive', async (t) => {
  const system = await startNodes(t)
  const browser = system.browser()
  await browser.get('/login')
  const { database, ...server } = system.address as { host: string; user: string; database: string }
  const outside = new pg.Client({ ...server, database: 'postgres' })
  await outside.connect()
  t.after(() => outside.end())
  await outside.query(`alter database ${database} with allow_connections false`)
  await outside.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = $2', [
    database,
    'gatehouse',
  ])
  for (const url of ['/home', '/api/session', '/readyz']) {
    browser.cookies.set('__Host-gatehouse-session', 'A'.repeat(43))
    const answer = await browser.get(url)
    assert.equal(answer.status, 503, url)
    assert.equal(answer.headers['retry-after'], '5', url)
  }
  const login = await browser.post('/login', { username: 'admin', password: system.admin.initialPassword })
  assert.equal(login.status, 503)
  assert.equal((await browser.get('/healthz')).status, 200)
  await outside.query(`alter database ${database} with allow_connections true`)
  assert.equal((await browser.get('/readyz')).status, 200, 'back by itself')
})

test('whoever asks whether a node is ready, at whatever host, has it ask the database for an answer and nothing else', async (t) => {
  const system = await startNodes(t)
  const client = new pg.Client({ ...system.address })
  await client.connect()
  t.after(() => client.end())
  // No table can be read while somebody holds them all.
  await client.query('begin')
  await client.query('lock table instance, rules, account, session in access exclusive mode')
  const { status, body } = await system.browser(0, 'nobody.example.com').get('/readyz')
  assert.deepEqual([status, body], [200, '{"status":"ready"}'])
  await client.query('rollback')
})
