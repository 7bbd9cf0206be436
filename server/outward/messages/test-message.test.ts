// A test message says what the mail server said, is in the audit, and cannot be used to flood an address.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Browser } from '../../../test/browser.ts'
import { newMailServer } from '../../../test/mail-server.ts'
import { adminOf, startMail, toOf } from '../../../test/messages.ts'
import { startNodes } from '../../../test/nodes.ts'
import { mostTestMessages } from './test-message.ts'

async function sendTest(browser: Browser, email = 'ana@example.com') {
  const { status, body } = await browser.sendJson('POST', '/api/mail/test', { email })
  return { status, ...(JSON.parse(body) as { outcome?: string; said?: string; code?: string }) }
}

test('a test message arrives, and the mail server’s own answer is told, yes or no', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  const { browser, admin } = await adminOf(system)
  const sent = await sendTest(browser)
  assert.deepEqual([sent.status, sent.outcome], [200, 'sent'])
  assert.match(sent.said!, /^250 /)
  const [mail] = server.mails
  assert.deepEqual(toOf(mail!), ['ana@example.com'])
  assert.match(mail!.subject!, /main/)
  assert.match(mail!.text!, /sent this message/)

  server.onRecipient = () => '550 5.1.1 no such person'
  assert.deepEqual(await sendTest(browser), { status: 200, outcome: 'recipient', said: '550 5.1.1 no such person' })
  server.onRecipient = () => undefined
  server.onMessage = () => '554 5.7.1 we take no such thing'
  assert.deepEqual(await sendTest(browser), { status: 200, outcome: 'other', said: '554 5.7.1 we take no such thing' })
  await server.stop()
  assert.equal((await sendTest(browser)).outcome, 'silent')
  const refused = await sendTest(browser, 'not an address')
  assert.deepEqual([refused.status, refused.code], [422, 'fields_refused'])

  const audit = await system.sql<{ actor: string; email: string }>(
    "select actor_account_id as actor, detail->>'email' as email from audit_event where event = 'mail_tested' order by id",
  )
  assert.deepEqual(audit, Array(4).fill({ actor: admin.id, email: 'ana@example.com' }))
})

test('a mail server that refuses our login is told apart from one that does not answer', async (t) => {
  const server = await newMailServer(t, {
    authOptional: false,
    onAuth: (_auth, _session, done) => done(new Error('5.7.8 who are you')),
  })
  await server.start()
  const system = await startNodes(t, 1, { SMTP_URL: server.url.replace('//', '//gate:of-no-use@') })
  const { browser } = await adminOf(system)
  const { outcome, said } = await sendTest(browser)
  assert.equal(outcome, 'login')
  assert.match(said!, /^535 /)
  assert.doesNotMatch(said!, /of-no-use/)
})

test('without a mail server a test message says which file it became', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-outbox-'))
  const system = await startNodes(t, 1, { DATA_DIR: dataDir })
  const { browser } = await adminOf(system)
  const { outcome, said } = await sendTest(browser)
  assert.equal(outcome, 'file')
  assert.deepEqual(readdirSync(join(dataDir, 'outbox')), [said])
})

test('whoever may not create accounts sends no test message, and nobody sends more than so many an hour, however many at once', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  const supervisor = await system.addAccount({ username: 'super', profile: 'Supervisor' })
  const theirs = system.browser()
  await theirs.logIn(supervisor.username, supervisor.password)
  await theirs.get('/home')
  assert.deepEqual([(await sendTest(theirs)).status, server.mails.length], [403, 0])

  const { browser } = await adminOf(system)
  for (let sent = 0; sent < mostTestMessages - 3; sent += 1) assert.equal((await sendTest(browser)).outcome, 'sent')
  const answers = await system.race(
    'audit_event',
    Array.from({ length: 6 }, () => () => sendTest(browser)),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 429, 429, 429])
  assert.equal(server.mails.length, mostTestMessages)
  await system.sql("update audit_event set at = at - interval '61 minutes' where event = 'mail_tested'")
  assert.equal((await sendTest(browser)).outcome, 'sent', 'an hour later there are new ones')
})
