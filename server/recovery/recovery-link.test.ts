import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ParsedMail } from 'mailparser'
import { adminOf, settled, startMail, toOf } from '../../test/messages.ts'
import { goodPassword, type TestAccount, type TestSystem, until } from '../../test/nodes.ts'
import { allDone, askForLink, isPasswordOf, linkIn, openLink, recoveryRows, setPassword } from '../../test/recovery.ts'
import { giveNewPassword } from '../operator/give-new-password.ts'
import { setEnabled } from '../operator/set-enabled.ts'

const newPassword = 'seven lanterns beneath a slow tram'

async function startRecovery(t: Parameters<typeof startMail>[0], nodes = 1, settings: Record<string, string> = {}) {
  const { server, system } = await startMail(t, nodes, settings)
  await server.start()
  await system.work()
  const ana = await system.addAccount({ username: 'ana', email: 'ana@example.com' })
  const links = () => server.mails.filter(({ text }) => text?.includes('/recover?token='))
  /** Asks and waits for the message. */
  const getLink = async (username = 'ana') => {
    const before = links().length
    await askForLink(system.browser(), username)
    await until(() => links().length > before)
    return linkIn(links().at(-1)!)
  }
  return { server, system, ana, links, getLink }
}

const noticesOf = (mails: ParsedMail[], subject: RegExp) => mails.filter((mail) => subject.test(mail.subject ?? ''))

test('a person who forgot the password sets a new one from a mailed link, logs in with it, and is told', async (t) => {
  const { server, system, ana, getLink } = await startRecovery(t)
  const elsewhere = system.browser()
  await elsewhere.logIn('ana', ana.password)
  for (let i = 0; i < 6; i += 1) await system.browser().logIn('ana', 'wrong')

  const browser = system.browser()
  const form = await openLink(browser, await getLink(' ANA '))
  assert.equal(form.status, 200)
  assert.match(form.body, /name="username" value="ana"/)
  const done = await setPassword(browser, newPassword)
  assert.equal(done.location, '/login?saved')
  const login = await browser.get('/login?saved')
  assert.equal(login.status, 200, 'the reset logs nobody in')
  assert.match(login.body, /Your new password is saved\. Log in with it\./)
  assert.ok(!browser.cookies.has('__Host-gatehouse-recovery'))

  assert.equal((await elsewhere.get('/home')).status, 303, 'all sessions end')
  assert.equal((await browser.logIn('ana', ana.password)).status, 401)
  assert.equal((await system.browser().logIn('ana', newPassword)).location, '/home')
  await settled(system)
  const [told] = noticesOf(server.mails, /You have a new password/)
  assert.deepEqual(toOf(told!), ['ana@example.com'])
  assert.match(told!.text!, /Network address: 127\.0\.0\.1/)
  const events = await system.sql<{ event: string; actor_kind: string }>(
    "select event, actor_kind from audit_event where account_id = $1 and event in ('recovery_asked', 'password_reset', 'session_ended') order by id",
    [ana.id],
  )
  assert.deepEqual(
    events.map(({ event, actor_kind }) => `${event} ${actor_kind}`),
    ['recovery_asked visitor', 'session_ended account', 'password_reset account'],
  )
})

test('cve-C04 cve-C05 asvs-6.3.8 every username is answered with the same bytes, and leaves the same behind', async (t) => {
  const { server, system } = await startMail(t)
  await system.addAccount({ username: 'mailed', email: 'mailed@example.com' })
  await system.addAccount({ username: 'unmailed' })
  await system.addAccount({ username: 'initial', password: 'initial', email: 'initial@example.com' })
  await system.addAccount({ username: 'passwordless', password: 'none' })
  const disabled = await system.addAccount({ username: 'disabled', email: 'disabled@example.com' })
  await setEnabled(system, system.main, disabled.username, false, 'left')
  const names = [
    'mailed',
    'unmailed',
    'initial',
    'passwordless',
    'disabled',
    'nobody',
    '',
    'a b',
    '\u0000',
    'x'.repeat(4000),
    '😀',
  ]
  const answers = []
  for (const name of names) {
    const browser = system.browser()
    const { status, headers: sent, body } = await askForLink(browser, name)
    const { date, ...headers } = sent
    const page = await browser.get('/forgot-password?asked')
    const { date: _, ...pageHeaders } = page.headers
    answers.push({ status, headers, body, page: page.body, pageHeaders, cookies: [...browser.cookies.keys()] })
  }
  for (const [i, answer] of answers.entries()) assert.deepEqual(answer, answers[0], JSON.stringify(names[i]!.slice(0, 20)))
  assert.equal(answers[0]!.status, 303)
  assert.match(answers[0]!.page, /a link is on its way/)

  // Until a job decides, nothing in the database tells them apart either, and no name is to be read there.
  const asks = await system.sql<{ bytes: number; sealed: Buffer; address: string; device: string }>(
    'select length(sealed_username) as bytes, sealed_username as sealed, host(address) as address, device from recovery_ask',
  )
  assert.equal(asks.length, names.length)
  assert.equal(new Set(asks.map(({ bytes, address, device }) => `${bytes} ${address} ${device}`)).size, 1)
  for (const { sealed } of asks) assert.ok(!/mailed|nobody|disabled/.test(sealed.toString('latin1')))
  const jobs = await system.sql<{ name: string; data: Record<string, string> }>('select name, data from pgboss.job')
  assert.deepEqual(
    jobs.map(({ name, data }) => `${name} ${Object.keys(data).sort()}`),
    names.map(() => 'recovery askId,instanceId'),
  )
  assert.deepEqual(await system.sql("select from audit_event where event like 'recovery%'"), [])

  await server.start()
  await system.work()
  await allDone(system)
  assert.deepEqual(server.mails.flatMap(toOf).sort(), ['initial@example.com', 'mailed@example.com'])
  assert.equal((await system.sql('select from recovery_request')).length, 2)
  assert.deepEqual(await system.sql('select from recovery_ask'), [])
  assert.equal((await system.sql("select from audit_event where event = 'recovery_asked'")).length, 4)
  for (const name of ['unmailed', 'nobody', 'passwordless']) assert.ok(!system.logged().includes(name), name)
})

test('fault-F13 opening a link uses nothing up, not even for a scanner that follows everything, with or without cookies', async (t) => {
  const { system, ana, getLink } = await startRecovery(t)
  const link = await getLink()
  await settled(system)
  const before = await recoveryRows(system)
  const scanner = system.browser()
  for (let round = 0; round < 3; round += 1)
    for (const method of ['GET', 'HEAD'] as const)
      for (const headers of [{}, { 'user-agent': 'scanner', 'sec-fetch-site': 'cross-site' }]) {
        for (const browser of [system.browser(), scanner]) {
          browser.headers = headers
          let url: string | undefined = link
          for (let hops = 0; url !== undefined && hops < 5; hops += 1) {
            const answer = await browser.send(method, url)
            assert.ok(answer.status < 500)
            for (const [, href] of answer.body.matchAll(/(?:href|src|action)="(\/[^"]*)"/g)) await browser.send(method, href!)
            url = answer.location
          }
        }
      }
  assert.deepEqual(await recoveryRows(system), before)
  const person = system.browser()
  await openLink(person, link)
  await openLink(person, link)
  assert.equal((await setPassword(person, newPassword)).location, '/login?saved')
  assert.ok(await isPasswordOf(system, ana.id, newPassword))
})

test('fault-F13 cve-C07 fifty people send fifty passwords with one link, at once, on three nodes: one of them works', async (t) => {
  const { system, ana, getLink } = await startRecovery(t, 3, { DATABASE_CONNECTIONS: '20', HASH_CONCURRENCY: '4' })
  const link = await getLink()
  await settled(system)
  const passwords = Array.from({ length: 50 }, (_, i) => `${newPassword} number ${i}`)
  const browsers = []
  for (const i of passwords.keys()) {
    const browser = system.browser(i % 3)
    assert.equal((await openLink(browser, link)).status, 200)
    browsers.push(browser)
  }
  const answers = await system.race(
    'recovery_link',
    browsers.map((browser, i) => () => setPassword(browser, passwords[i]!)),
    9,
  )
  const statuses = answers.map(({ status, location }) => location ?? String(status))
  assert.deepEqual(statuses.sort(), ['/login?saved', ...Array.from({ length: 49 }, () => '410')].sort())
  const good: string[] = []
  for (const password of passwords) if (await isPasswordOf(system, ana.id, password)) good.push(password)
  assert.equal(good.length, 1)
  assert.equal((await system.sql("select from audit_event where event = 'password_reset'")).length, 1)
  assert.equal((await system.browser().logIn('ana', good[0]!)).location, '/home')
})

test('fault-F13 cve-C12 a newer link, another password, address or state voids a link, and one page says so', async (t) => {
  const { system, ana, getLink } = await startRecovery(t)
  const { browser: boss } = await adminOf(system)
  const usable = async (link: string) => {
    const browser = system.browser()
    const { status, body } = await openLink(browser, link)
    assert.ok(status === 200 || (status === 410 && body.includes('Ask for a new link')), `${status} ${body}`)
    return status === 200
  }
  const voids: [string, (system: TestSystem, account: TestAccount) => Promise<unknown>][] = [
    ['a newer link', () => getLink()],
    ['a slip', () => boss.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })],
    ['the operator', () => giveNewPassword(system, system.main, 'ana')],
    ['another address', () => system.sql("update account set email = 'other@example.com' where id = $1", [ana.id])],
    ['no address', () => system.sql('update account set email = null where id = $1', [ana.id])],
    ['disabled', () => boss.sendJson('POST', '/api/accounts/disable', { accountIds: [ana.id], reason: '' })],
    ['expired', () => system.sql('update recovery_link set expires_at = now()')],
    ['removed', () => boss.sendJson('POST', '/api/accounts/remove', { accountIds: [ana.id] })],
  ]
  for (const [what, act] of voids) {
    await system.sql("update account set email = 'ana@example.com', enabled = true where id = $1", [ana.id])
    await system.sql("update message set created_at = created_at - interval '2 hours'")
    const link = await getLink()
    assert.ok(await usable(link), what)
    const opened = system.browser()
    await openLink(opened, link)
    await act(system, ana)
    assert.ok(!(await usable(link)), what)
    const late = await setPassword(opened, newPassword)
    assert.equal(late.status, 410, what)
    assert.match(late.body, /href="\/forgot-password"/)
    assert.ok(!(await isPasswordOf(system, ana.id, newPassword)), what)
  }
})

test('cve-C12 a change of the password in a session voids the link, and a used one is worth nothing', async (t) => {
  const { system, ana, getLink } = await startRecovery(t)
  const link = await getLink()
  const own = system.browser()
  await own.logIn('ana', ana.password)
  await own.get('/change-password')
  const change = { currentPassword: ana.password, newPassword, newPasswordAgain: newPassword }
  assert.equal((await own.post('/change-password', change)).location, '/home?done=password')
  assert.equal((await openLink(system.browser(), link)).status, 410)

  const second = await getLink()
  const browser = system.browser()
  await openLink(browser, second)
  const opened = system.browser()
  await openLink(opened, second)
  assert.equal((await setPassword(browser, goodPassword)).status, 303)
  assert.equal((await setPassword(opened, `${newPassword} again`)).status, 410)
  assert.equal((await openLink(system.browser(), second)).status, 410)
  assert.ok(await isPasswordOf(system, ana.id, goodPassword))
})

test('cve-C02 cve-C12 a login that waits for its next step ends with a reset, and no step can be left out', async (t) => {
  const { system, getLink } = await startRecovery(t)
  const ben = await system.addAccount({ username: 'ben', password: 'initial', email: 'ben@example.com' })
  const pending = system.browser()
  await pending.logIn('ben', ben.password)
  await pending.get('/choose-password')
  const link = await getLink('ben')
  const stranger = system.browser()
  await stranger.get('/login')
  for (const cookie of [undefined, 'A'.repeat(43), pending.cookies.get('__Host-gatehouse-pending')!]) {
    if (cookie !== undefined) stranger.cookies.set('__Host-gatehouse-recovery', cookie)
    assert.equal((await stranger.get('/recover')).status, 410)
    await stranger.get('/login')
    if (cookie !== undefined) stranger.cookies.set('__Host-gatehouse-recovery', cookie)
    assert.equal((await setPassword(stranger, newPassword)).status, 410)
    const check = await stranger.postJson('/api/recovery/password-check', { newPassword: 'x' })
    assert.equal(check.status, 410)
  }
  const browser = system.browser()
  await openLink(browser, link)
  const checked = await browser.postJson('/api/recovery/password-check', { newPassword: 'x' })
  assert.ok(JSON.parse(checked.body).faults.includes('too_short'))
  const weak = await setPassword(browser, ben.password)
  assert.equal(weak.status, 422)
  assert.match(weak.body, /data-code="unchanged" data-state="broken"/)
  assert.match(
    (await browser.post('/recover', { newPassword, newPasswordAgain: 'other' })).body,
    /typed differently the second time/,
  )
  assert.equal((await setPassword(browser, newPassword)).status, 303)
  const late = await pending.post('/choose-password', { newPassword: goodPassword, newPasswordAgain: goodPassword })
  assert.equal(late.status, 403)
  assert.equal((await system.browser().logIn('ben', ben.password)).status, 401)
  // A cookie for one step is worth nothing at another.
  const thief = system.browser()
  await thief.get('/login')
  thief.cookies.set('__Host-gatehouse-pending', link.split('=')[1]!)
  assert.equal((await thief.get('/choose-password')).status, 403)
})

test('cve-C03 a link sets the password of its own account, at its own instance, and is no text but a text', async (t) => {
  const { system, ana, getLink } = await startRecovery(t)
  const { instance: acme } = await system.addInstance('acme', 'acme.example.com')
  const namesake = await system.addAccount({ username: 'ana', email: 'ana@example.com' }, acme)
  const other = await system.addAccount({ username: 'ben', email: 'ben@example.com' })
  const link = await getLink()
  assert.equal((await openLink(system.browser(0, 'acme.example.com'), link)).status, 410)
  const browser = system.browser()
  await openLink(browser, link)
  await browser.post('/recover', { newPassword, newPasswordAgain: newPassword, username: 'ben' })
  assert.ok(await isPasswordOf(system, ana.id, newPassword))
  for (const { id } of [namesake, other]) assert.ok(await isPasswordOf(system, id, goodPassword))
  for (const bad of [
    'token[]=a',
    'token[$ne]=a',
    'token=',
    'token=a&token=b',
    `token=${'A'.repeat(43)}`,
    'token=%00',
    'token=..%2f',
  ])
    assert.ok([303, 400, 410].includes((await system.browser().get(`/recover?${bad}`)).status), bad)
})

test('asvs-16.2.5 the token of a link is in no log, no table, no referrer and no address that stays', async (t) => {
  const { server, system, getLink } = await startRecovery(t)
  const tokens: string[] = []
  server.onMessage = (mail) => {
    if (!mail.text?.includes('/recover?')) return undefined
    tokens.push(linkIn(mail).split('=')[1]!)
    return tokens.length < 3 ? `451 4.7.1 later, ${tokens.at(-1)}` : undefined
  }
  const link = await getLink()
  const browser = system.browser()
  const opened = await browser.get(link)
  assert.equal(opened.headers['referrer-policy'], 'no-referrer')
  assert.equal(opened.headers['cache-control'], 'no-store')
  assert.match(String([opened.headers['set-cookie']].flat()[0]), /^__Host-gatehouse-recovery=.*HttpOnly; Secure; SameSite=Lax/)
  assert.ok(!(await openLink(browser, link)).body.includes(link.split('=')[1]!))
  await setPassword(browser, newPassword)
  assert.equal(tokens.length, 3)
  assert.equal((await openLink(system.browser(), `/recover?token=${tokens[0]}`)).status, 410, 'a copy that was refused is void')
  const tables = await system.sql<{ name: string }>(
    "select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = relnamespace where nspname in ('public', 'pgboss') and relkind = 'r'",
  )
  const stored = (
    await Promise.all(tables.map(async ({ name }) => JSON.stringify(await system.sql(`select to_jsonb(t) from ${name} t`))))
  ).join()
  for (const token of tokens) {
    assert.ok(!system.logged().includes(token))
    assert.ok(!stored.includes(token))
  }
})

test('an account is sent three links an hour, an instance as many as it may, and an address asks within its limit', async (t) => {
  const { system, links } = await startRecovery(t, 2)
  for (let i = 0; i < 8; i += 1) await askForLink(system.browser(i % 2), 'ana')
  await allDone(system)
  assert.equal(links().length <= 3, true)
  assert.equal((await system.sql("select from message where kind = 'recovery_link'")).length, 3)
  assert.deepEqual(await system.sql('select links from recovery_hour'), [{ links: 3 }])
  assert.deepEqual(await system.sql('select links from recovery_network'), [{ links: 3 }], 'what is not sent is given back')
  assert.equal((await openLink(system.browser(), linkIn(links().at(-1)!))).status, 200, 'the last one works')

  await system.sql('update recovery_hour set links = 599')
  for (const username of ['ben', 'carla']) await system.addAccount({ username, email: `${username}@example.com` })
  for (const username of ['ben', 'carla']) await askForLink(system.browser(), username)
  await allDone(system)
  assert.equal((await system.sql("select from message where to_address <> 'ana@example.com'")).length, 1)

  await system.sql('update recovery_address set asked = 298')
  const answers = []
  for (let i = 0; i < 4; i += 1) answers.push(await askForLink(system.browser(), 'nobody'))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [303, 303, 429, 429],
  )
  assert.match(answers[3]!.body, /Too many people on your network/)
  assert.ok(Number(answers[3]!.headers['retry-after']) > 0)
  const elsewhere = system.browser()
  await elsewhere.get('/login')
  assert.equal((await system.browser().logIn('ana', goodPassword)).location, '/home', 'logging in is no matter of this')
})

test('of many who ask for one account at the same moment, three are sent a link', async (t) => {
  const { server, system } = await startMail(t, 3)
  const ana = await system.addAccount({ username: 'ana', email: 'ana@example.com' })
  for (let i = 0; i < 9; i += 1) await askForLink(system.browser(i % 3), 'ana')
  const asks = await system.sql<{ id: string }>('select id from recovery_ask')
  const { decideRecovery } = await import('./decide-recovery.ts')
  await system.race(
    'message',
    asks.map(
      ({ id }) =>
        () =>
          decideRecovery(system, { instanceId: system.main.id, askId: id }),
    ),
  )
  assert.equal((await system.sql('select from message where account_id = $1', [ana.id])).length, 3)
  await server.start()
})

test('fault-F16 while the mail server is away the answer is the same, and the link that comes later is fresh', async (t) => {
  const { server, system } = await startMail(t)
  await system.work()
  await system.addAccount({ username: 'ana', email: 'ana@example.com' })
  assert.equal((await askForLink(system.browser(), 'ana')).status, 303)
  await until(async () => (await system.sql('select from message where attempts > 0')).length === 1)
  assert.deepEqual(await system.sql('select from recovery_link'), [])
  await system.sql("update message set created_at = created_at - interval '5 hours', queued_at = queued_at - interval '5 hours'")
  await server.start()
  await settled(system)
  const [row] = await system.sql<{ minutes: number }>(
    'select round(extract(epoch from expires_at - now()) / 60)::int as minutes from recovery_link',
  )
  assert.equal(row!.minutes, 30)
  assert.equal((await openLink(system.browser(), linkIn(server.mails[0]!))).status, 200)
})
