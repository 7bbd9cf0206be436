import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type ParsedMail, simpleParser } from 'mailparser'
import { nothingSaid } from '../../../test/floor.ts'
import { passwordIn } from '../../../test/mail-server.ts'
import { adminOf, attempted, enqueue, logsIn, read, rowsOf, settled, startMail, toOf } from '../../../test/messages.ts'
import { startNodes, type TestAccount, until } from '../../../test/nodes.ts'
import { enqueueMessage } from './messages.ts'

test('fault-F16 with the mail server down for the whole test, then up, every message of two nodes arrives, once', async (t) => {
  const { server, system } = await startMail(t, 2)
  const { browser } = await adminOf(system)
  const [profile] = await system.sql<{ id: string }>("select id from profile where name = 'Agent'")
  await system.work()
  const created = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      browser.sendJson('POST', '/api/accounts', {
        ...nothingSaid,
        ...{ username: `person${i}`, fullName: `Person ${i}`, email: `person${i}@example.com`, profileId: profile!.id },
        enabled: true,
        credentials: 'message',
      }),
    ),
  )
  assert.deepEqual(new Set(created.map(({ status }) => status)), new Set([201]))
  await attempted(system, 2)
  const made = () =>
    system.sql("select account_id from audit_event where event = 'initial_password_made' and detail ? 'messageId'")
  assert.equal((await made()).length, 0, 'while the server is away, nobody gets another password')
  const [waiting] = (await read(browser, '/api/messages?state=waiting&size=1')).messages
  assert.match(waiting.lastError, /ECONNREFUSED/)

  await server.start()
  await settled(system)
  assert.deepEqual(server.mails.flatMap(toOf).sort(), Array.from({ length: 20 }, (_, i) => `person${i}@example.com`).sort())
  assert.ok((await rowsOf(system)).every(({ state, last_error }) => state === 'sent' && last_error === null))
  assert.equal((await made()).length, 20)
  for (const mail of server.mails.slice(0, 3)) assert.ok(await logsIn(system, toOf(mail)[0]!.split('@')[0]!, mail))
  await until(async () => (await system.sql("select from pgboss.job where state <> 'completed'")).length === 0)
  assert.equal(server.mails.length, 20)
})

test('fault-F16 what the mail server refuses for good fails at once, in its words, and can be tried again by one of two who ask', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  server.onRecipient = () => `550 5.1.1 ${'no such person here, '.repeat(40)}`
  const { browser } = await adminOf(system)
  const account = await system.addAccount({ password: 'none', email: 'ana@example.com' })
  await system.work()
  const sent = await browser.sendJson('POST', '/api/accounts/messages', { accountIds: [account.id] })
  assert.deepEqual(JSON.parse(sent.body), { done: 1, refused: [] })
  await settled(system)
  const standing = (await read(browser, `/api/accounts/${account.id}`)).message
  assert.equal(standing.state, 'failed')
  assert.match(standing.lastError, /^550 5\.1\.1 no such person here/)
  assert.equal(standing.lastError.length, 500)
  const [failed] = (await read(browser, '/api/messages?state=failed')).messages
  assert.deepEqual([failed.account.id, failed.attempts, failed.sentAt], [account.id, 1, null])

  server.onRecipient = () => undefined
  const retry = () => browser.sendJson('POST', `/api/messages/${failed.id}/retry`)
  const answers = await system.race('message', [retry, retry])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409])
  await settled(system)
  assert.equal(server.mails.length, 1)
  assert.ok(await logsIn(system, account.username, server.mails[0]!))
  assert.equal((await read(browser, '/api/accounts?search=ana%40example.com')).accounts[0].message.state, 'sent')
  assert.equal((await retry()).status, 409, 'and one that was sent is not sent again')
})

test('fault-F16 what the mail server may take later is tried again, with a new password that voids the former', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  const refused: ParsedMail[] = []
  server.onMessage = (mail) => (refused.push(mail) < 3 ? `451 4.7.1 try later, ${passwordIn(mail)}` : undefined)
  const account = await system.addAccount({ password: 'none', email: 'ana@example.com' })
  await enqueue(system, account)
  await system.work()
  await attempted(system, 1)
  const [during] = await rowsOf(system)
  assert.ok(during!.last_error === null || /^451 4\.7\.1 try later, …$/.test(during!.last_error), during!.last_error!)
  await settled(system)
  assert.equal(refused.length, 3)
  assert.deepEqual(new Set(refused.map(({ messageId }) => messageId)).size, 1)
  assert.equal(new Set(refused.map(passwordIn)).size, 3)
  assert.equal(await logsIn(system, account.username, refused[0]!), false)
  assert.equal(await logsIn(system, account.username, server.mails[0]!), true)
})

test('fault-F16 a mail server that takes a message and breaks off gets it again: as the same one, with the former password void', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  const taken: ParsedMail[] = []
  server.onMessage = (mail) => (taken.push(mail) === 1 ? 'drop' : undefined)
  const account = await system.addAccount({ password: 'none', email: 'ana@example.com' })
  await enqueue(system, account)
  await system.work()
  await settled(system)
  assert.equal(taken.length, 2)
  assert.equal(taken[0]!.messageId, taken[1]!.messageId)
  assert.equal(await logsIn(system, account.username, taken[0]!), false)
  assert.equal(await logsIn(system, account.username, taken[1]!), true)
})

test('a message that has been tried for a day has failed', async (t) => {
  const { system } = await startMail(t)
  await enqueue(system, await system.addAccount({ email: 'ana@example.com' }))
  await enqueue(system, await system.addAccount({ email: 'ben@example.com' }))
  await system.sql("update message set queued_at = now() - interval '25 hours' where to_address like 'ana@%'")
  await system.work()
  await until(async () => (await rowsOf(system)).some(({ state }) => state === 'failed'))
  await until(async () => (await rowsOf(system)).every(({ attempts }) => attempts > 0))
  assert.deepEqual(
    (await rowsOf(system)).map(({ to_address, state }) => `${to_address} ${state}`),
    ['ana@example.com failed', 'ben@example.com waiting'],
  )
})

test('a message that is not wanted any more is void: a slip, a newer message, a disabled or removed account', async (t) => {
  const { server, system } = await startMail(t, 2)
  const { browser } = await adminOf(system)
  const people = ['slip', 'newer', 'disabled', 'removed', 'moved'] as const
  const account = {} as Record<(typeof people)[number], TestAccount>
  for (const name of people) account[name] = await system.addAccount({ username: name, email: `${name}@example.com` })
  const send = (...accounts: TestAccount[]) =>
    browser.sendJson('POST', '/api/accounts/messages', { accountIds: accounts.map(({ id }) => id) })
  await send(...Object.values(account))
  const slip = JSON.parse((await browser.sendJson('POST', '/api/accounts/slips', { accountIds: [account.slip.id] })).body)
    .slips[0]
  await send(account.newer)
  await browser.sendJson('POST', '/api/accounts/disable', { accountIds: [account.disabled.id], reason: '' })
  const refused = JSON.parse((await send(account.disabled)).body).refused
  assert.deepEqual(refused, [{ accountId: account.disabled.id, code: 'account_is_disabled' }])
  await browser.sendJson('POST', '/api/accounts/remove', { accountIds: [account.removed.id] })
  await system.sql("update account set email = 'elsewhere@example.com' where id = $1", [account.moved.id])
  await server.start()
  await system.work()
  await settled(system)
  await until(async () => (await system.sql("select from pgboss.job where state <> 'completed'")).length === 0)

  const withPassword = server.mails.filter(({ subject }) => subject === 'Your login for main')
  assert.deepEqual(withPassword.flatMap(toOf).sort(), ['elsewhere@example.com', 'newer@example.com'])
  const rows = (await rowsOf(system)).filter(({ kind }) => kind === 'initial_password')
  assert.deepEqual(rows.map(({ to_address, state }) => `${to_address.split('@')[0]} ${state}`).sort(), [
    'disabled void',
    'elsewhere sent',
    'newer sent',
    'newer void',
    'slip void',
  ])
  assert.equal((await system.browser().logIn('slip', slip.initialPassword)).location, '/choose-password')
})

test('while a message cannot leave, a slip voids it, and trying it again is refused', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  server.onRecipient = () => '550 no'
  const { browser } = await adminOf(system)
  const account = await system.addAccount({ email: 'ana@example.com' })
  await enqueue(system, account)
  await system.work()
  await settled(system)
  await browser.sendJson('POST', '/api/accounts/slips', { accountIds: [account.id] })
  const [row] = await rowsOf(system)
  const answer = await browser.sendJson('POST', `/api/messages/${row!.id}/retry`)
  assert.deepEqual([answer.status, JSON.parse(answer.body).code], [409, 'message_not_failed'])

  await server.stop()
  const other = await system.addAccount({ email: 'ben@example.com' })
  await enqueue(system, other)
  await until(async () => (await rowsOf(system)).at(-1)!.last_error !== null)
  // From here on it is known that nothing can leave.
  await enqueue(system, account)
  await browser.sendJson('POST', '/api/accounts/slips', { accountIds: [account.id] })
  await until(async () =>
    (await rowsOf(system)).some(({ to_address, state }) => to_address === 'ana@example.com' && state === 'void'),
  )
  assert.equal((await rowsOf(system)).find(({ to_address }) => to_address === 'ben@example.com')!.state, 'waiting')
})

test('a new initial password by mail ends the session when it leaves, is in the audit, and holds whoever wanted it', async (t) => {
  const { server, system } = await startMail(t)
  const { browser, admin } = await adminOf(system)
  const account = await system.addAccount({ email: 'ana@example.com' })
  const own = system.browser()
  await own.logIn(account.username, account.password)
  await browser.sendJson('POST', '/api/accounts/messages', { accountIds: [account.id] })
  await system.work()
  await attempted(system, 1)
  assert.equal((await own.get('/home')).status, 200, 'not before it can leave')
  await server.start()
  await settled(system)
  assert.equal((await own.get('/home')).status, 303)
  const audit = await system.sql<{ event: string; actor_account_id: string }>(
    "select event, actor_account_id from audit_event where account_id = $1 and event in ('session_ended', 'initial_password_made') order by id",
    [account.id],
  )
  assert.deepEqual(audit, [
    { event: 'session_ended', actor_account_id: admin.id },
    { event: 'initial_password_made', actor_account_id: admin.id },
  ])
})

test('of two messages of one kind that are wanted at the same moment, one waits and one is void', async (t) => {
  const { server, system } = await startMail(t, 2)
  const account = await system.addAccount({ email: 'ana@example.com' })
  await system.race('message', [() => enqueue(system, account), () => enqueue(system, account)])
  assert.deepEqual((await rowsOf(system)).map(({ state }) => state).sort(), ['void', 'waiting'])
  await server.start()
  await system.work()
  await until(async () => (await system.sql("select from pgboss.job where state <> 'completed'")).length === 0)
  assert.equal(server.mails.length, 1)
})

test('a message exists if and only if its account does', async (t) => {
  const { system } = await startMail(t)
  const account = await system.addAccount({ email: 'ana@example.com' })
  const undone = system.database.in(system.main, async (tx) => {
    await enqueueMessage(tx, { kind: 'initial_password', accountId: account.id, requestedBy: null })
    throw new Error('no')
  })
  await assert.rejects(undone, /^Error: no$/)
  assert.equal((await rowsOf(system)).length, 0)
  assert.equal((await system.sql('select from pgboss.job')).length, 0)
})

test('asvs-16.2.5 no initial password is in the log or in the database, and no address is with the jobs', async (t) => {
  const { server, system } = await startMail(t)
  const account = await system.addAccount({ password: 'none', email: 'ana@example.com' })
  await enqueue(system, account)
  await system.work()
  await attempted(system, 2)
  await server.start()
  const seen: string[] = []
  server.onMessage = (mail) => {
    seen.push(passwordIn(mail))
    return `${seen.length < 3 ? 451 : 550} cannot take ${passwordIn(mail)} for ana@example.com`
  }
  await settled(system)
  await until(async () => (await system.sql("select from pgboss.job where state <> 'completed'")).length === 0)
  const tables = await system.sql<{ name: string; jobs: boolean }>(
    "select c.oid::regclass::text as name, nspname = 'pgboss' as jobs from pg_class c join pg_namespace n on n.oid = relnamespace where nspname in ('public', 'pgboss') and relkind = 'r'",
  )
  assert.ok(tables.length > 20)
  const stored = await Promise.all(
    tables.map(async ({ name, jobs }) => ({ jobs, text: JSON.stringify(await system.sql(`select to_jsonb(t) from ${name} t`)) })),
  )
  for (const secret of seen) {
    assert.ok(!system.logged().includes(secret))
    for (const { text } of stored) assert.ok(!text.includes(secret))
  }
  for (const { jobs, text } of stored) if (jobs) assert.ok(!/@example\.com|ECONN/.test(text), text)
  assert.equal(seen.length, 3)
  assert.equal((await rowsOf(system))[0]!.last_error, '550 cannot take … for ana@example.com')
})

test('asvs-8.2.2 a Supervisor sees and retries the messages of the own teams, and those of nobody else', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  server.onRecipient = () => '550 no'
  const [north, south] = await system.sql<{ id: string }>(
    "insert into team (instance_id, name) values ($1, 'North'), ($1, 'South') returning id",
    [system.main.id],
  )
  const supervisor = await system.addAccount({ username: 'super', profile: 'Supervisor' })
  const ana = await system.addAccount({ username: 'ana', email: 'ana@example.com' })
  const ben = await system.addAccount({ username: 'ben', email: 'ben@example.com' })
  await system.sql('update account set team_id = case id when $1 then $3::uuid else $4::uuid end where id in ($1, $2)', [
    ana.id,
    ben.id,
    north!.id,
    south!.id,
  ])
  await system.sql('insert into team_supervisor values ($1, $2, $3)', [system.main.id, north!.id, supervisor.id])
  for (const each of [ana, ben]) await enqueue(system, each)
  await system.work()
  await settled(system)
  const browser = system.browser()
  await browser.logIn(supervisor.username, supervisor.password)
  await browser.get('/home')
  const { messages, total } = await read(browser, '/api/messages')
  assert.deepEqual([total, messages.map(({ to }: { to: string }) => to)], [1, ['ana@example.com']])
  const retry = async (to: string) => {
    const { id } = (await rowsOf(system)).find(({ to_address }) => to_address === to)!
    return (await browser.sendJson('POST', `/api/messages/${id}/retry`)).status
  }
  assert.equal(await retry('ben@example.com'), 404)
  assert.equal(await retry('ana@example.com'), 204)
  const sent = await browser.sendJson('POST', '/api/accounts/messages', { accountIds: [ana.id, ben.id, supervisor.id] })
  assert.deepEqual(JSON.parse(sent.body), {
    done: 1,
    refused: [
      { accountId: ben.id, code: 'account_not_found' },
      { accountId: supervisor.id, code: 'own_account' },
    ],
  })
})

test('an account without an address, or one that is disabled, cannot be created with a message', async (t) => {
  const { system } = await startMail(t)
  const { browser } = await adminOf(system)
  const account = await system.addAccount()
  const sent = await browser.sendJson('POST', '/api/accounts/messages', { accountIds: [account.id] })
  assert.deepEqual(JSON.parse(sent.body), { done: 0, refused: [{ accountId: account.id, code: 'no_email' }] })
  const [profile] = await system.sql<{ id: string }>("select id from profile where name = 'Agent'")
  const create = (more: object) =>
    browser.sendJson('POST', '/api/accounts', {
      ...{ ...nothingSaid, username: 'carla', fullName: 'Carla', profileId: profile!.id, credentials: 'message', ...more },
    })
  assert.deepEqual(JSON.parse((await create({ email: null, enabled: true })).body).faults, [{ field: 'email', code: 'required' }])
  assert.deepEqual(JSON.parse((await create({ email: 'c@example.com', enabled: false })).body).faults, [
    { field: 'credentials', code: 'account_is_disabled' },
  ])
  assert.equal((await rowsOf(system)).length, 0)
  assert.deepEqual(await read(browser, '/api/mail'), { mail: 'smtp' })
})

test('without a mail server a message is a file, and whoever sees the accounts hears of it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-files-'))
  const system = await startNodes(t, 1, { DATA_DIR: folder })
  const { browser } = await adminOf(system)
  const account = await system.addAccount({ email: 'ana@example.com' })
  await browser.sendJson('POST', '/api/accounts/messages', { accountIds: [account.id] })
  await system.work()
  await settled(system)
  const [file, ...more] = readdirSync(join(folder, 'outbox'))
  assert.deepEqual(more, [])
  assert.ok(await logsIn(system, account.username, await simpleParser(readFileSync(join(folder, 'outbox', file!)))))
  assert.deepEqual(await read(browser, '/api/mail'), { mail: 'files' })
})
