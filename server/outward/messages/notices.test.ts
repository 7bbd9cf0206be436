import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ParsedMail } from 'mailparser'
import { accountFieldNames } from '../../../contracts/account-fields.ts'
import type { Browser } from '../../../test/browser.ts'
import { adminOf, read, rowsOf, settled, startMail, toOf } from '../../../test/messages.ts'
import { goodPassword, startNodes, until } from '../../../test/nodes.ts'
import { askForLink, linkIn, openLink, setPassword } from '../../../test/recovery.ts'
import { giveNewPassword } from '../../operator/give-new-password.ts'

const newPassword = 'seven lanterns beneath a slow tram'
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const told = (mails: ParsedMail[]) => mails.map((mail) => `${toOf(mail)}: ${mail.subject}`).sort()

async function changeEmail(browser: Browser, id: string, email: string | null): Promise<void> {
  const account = await read(browser, `/api/accounts/${id}`)
  const fields = Object.fromEntries(accountFieldNames.map((field) => [field, account[field]]))
  const { version, profile, team } = account
  const body = { ...fields, version, email, profileId: profile.id, teamId: team?.id ?? null }
  assert.equal((await browser.sendJson('PUT', `/api/accounts/${id}`, body)).status, 204)
}

test('asvs-6.3.7 a change of the password, of the address or of the credentials is told by mail: when, from where, and what to do', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  await system.work()
  const { browser: boss } = await adminOf(system)
  const ana = await system.addAccount({ username: 'ana', email: 'ana@example.com', timeZone: 'America/Montevideo' })
  const next = async (subject: RegExp) => {
    await settled(system)
    const mail = server.mails.find((each) => subject.test(each.subject ?? ''))!
    assert.ok(mail, `${subject} in ${told(server.mails)}`)
    assert.match(mail.text!, /Username: ana/)
    assert.match(mail.text!, /When: \d+ \w+ \d{4}, \d+:\d\d GMT-3/)
    assert.match(mail.text!, /contact (your Supervisor or|the) Administrator/)
    assert.ok(!/recover\?|password=/.test(`${mail.text}${mail.html}`), 'no link that could be pressed by habit')
    server.mails.length = 0
    return mail
  }
  const browser = system.browser()
  browser.headers = { 'user-agent': firefox }
  await browser.logIn('ana', goodPassword)
  await browser.get('/change-password')
  const change = { currentPassword: goodPassword, newPassword, newPasswordAgain: newPassword }
  assert.equal((await browser.post('/change-password', change)).location, '/home?done=password')
  const changed = await next(/^Your password for main was changed$/)
  assert.match(changed.text!, /Device and browser: Firefox, Linux/)
  assert.match(changed.text!, /Network address: 127\.0\.0\.1/)

  const made = await boss.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })
  assert.match((await next(/^A new initial password for main$/)).text!, /to hand over to you/)
  const { initialPassword } = JSON.parse(made.body).slips[0]
  await browser.logIn('ana', initialPassword)
  await browser.get('/choose-password')
  await browser.post('/choose-password', { newPassword: goodPassword, newPasswordAgain: goodPassword })
  await next(/^Your password for main was changed$/)
  await giveNewPassword(system, system.main, 'ana')
  assert.ok(!/Network address/.test((await next(/^A new initial password for main$/)).text!))

  await changeEmail(boss, ana.id, 'ana@new.example')
  await settled(system)
  assert.deepEqual(told(server.mails), [
    'ana@example.com: The email address of your account at main was changed',
    'ana@new.example: This is now the email address of your account at main',
  ])
  for (const { text } of server.mails) assert.ok(!text!.includes('new.example') && !text!.includes('ana@example.com'))
  server.mails.length = 0
  await changeEmail(boss, ana.id, 'ana@new.example')
  await changeEmail(boss, ana.id, null)
  await settled(system)
  assert.deepEqual(told(server.mails), ['ana@new.example: The email address of your account at main was changed'])
})

test('fault-F16 what is told arrives also when the mail server was away, and whatever was changed since', async (t) => {
  const { server, system } = await startMail(t, 2)
  const { browser: boss } = await adminOf(system)
  const ana = await system.addAccount({ username: 'ana', email: 'ana@example.com' })
  await boss.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })
  await boss.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })
  await changeEmail(boss, ana.id, 'ana@new.example')
  await boss.sendJson('POST', '/api/accounts/messages', { accountIds: [ana.id] })
  await giveNewPassword(system, system.main, 'ana')
  await boss.sendJson('POST', '/api/accounts/disable', { accountIds: [ana.id], reason: '' })
  await server.start()
  await system.work()
  await settled(system)
  assert.deepEqual(told(server.mails), [
    'ana@example.com: A new initial password for main',
    'ana@example.com: A new initial password for main',
    'ana@example.com: The email address of your account at main was changed',
    'ana@new.example: A new initial password for main',
    'ana@new.example: This is now the email address of your account at main',
  ])
  assert.deepEqual(
    (await rowsOf(system)).filter(({ state }) => state !== 'sent').map(({ kind, state }) => `${kind} ${state}`),
    ['initial_password void'],
  )
})

test('a notice that fails is not taken for the message with the initial password', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  await system.work()
  server.onRecipient = () => '550 no'
  const { browser: boss } = await adminOf(system)
  const ana = await system.addAccount({ username: 'ana', email: 'ana@example.com' })
  await boss.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })
  await settled(system)
  assert.deepEqual(
    (await rowsOf(system)).map(({ state }) => state),
    ['failed'],
  )
  assert.equal((await read(boss, `/api/accounts/${ana.id}`)).message, null)
  server.onRecipient = () => undefined
  const [failed] = (await read(boss, '/api/messages?state=failed')).messages
  assert.equal((await boss.sendJson('POST', `/api/messages/${failed.id}/retry`)).status, 204)
  await settled(system)
  assert.deepEqual(told(server.mails), ['ana@example.com: A new initial password for main'])
})

test('what is told is told if and only if it happened', async (t) => {
  const system = await startNodes(t)
  const ana = await system.addAccount({ username: 'ana', email: 'ana@example.com' })
  const browser = system.browser()
  await browser.logIn('ana', ana.password)
  await browser.get('/change-password')
  const wrong = { currentPassword: 'wrong', newPassword, newPasswordAgain: newPassword }
  assert.equal((await browser.post('/change-password', wrong)).status, 422)
  assert.equal(
    (await browser.post('/change-password', { ...wrong, currentPassword: ana.password, newPassword: 'x', newPasswordAgain: 'x' }))
      .status,
    422,
  )
  assert.deepEqual(await rowsOf(system), [])
})

for (const [language, subject, words] of [
  ['en', 'You have a new password for main', 'A new password for main'],
  ['es', 'Tiene una contraseña nueva para main', 'Una contraseña nueva para main'],
  ['pt', 'Você tem uma nova senha para main', 'Uma nova senha para main'],
] as const)
  test(`the link and what is told speak ${language}, and no key of a text is left`, async (t) => {
    const { server, system } = await startMail(t)
    await server.start()
    await system.work()
    await system.addAccount({ username: 'ana', email: 'ana@example.com', language })
    await askForLink(system.browser(), 'ana')
    await until(() => server.mails.length === 1)
    const browser = system.browser()
    await openLink(browser, linkIn(server.mails[0]!))
    await setPassword(browser, newPassword)
    await until(() => server.mails.length === 2)
    assert.deepEqual(
      server.mails.map((mail) => mail.subject),
      [words, subject],
    )
    for (const { text, html } of server.mails) {
      assert.ok(!/\b(messages|common)[:.]|\{\{|undefined/.test(`${text}${html}`))
      assert.match(String(html), new RegExp(`<html lang="${language}">`))
      assert.ok(!/<img|<script|<table|src=|url\(/i.test(String(html)))
    }
  })
