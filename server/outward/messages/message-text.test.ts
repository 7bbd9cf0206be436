import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ParsedMail } from 'mailparser'
import { passwordIn } from '../../../test/mail-server.ts'
import { enqueue, logsIn, rowsOf, settled, startMail, toOf } from '../../../test/messages.ts'

const expected: [language: string, subject: string, parts: string[]][] = [
  ['en', 'Your login for main', ['Hello Ana Souza,', 'Initial password', 'Choose a password of your own', /GMT-3|UTC-3/.source]],
  ['es', 'Su acceso a main', ['Hola, Ana Souza:', 'Contraseña inicial', 'Elija una contraseña propia']],
  ['pt', 'Seu acesso a main', ['Olá, Ana Souza!', 'Senha inicial', 'Escolha uma senha sua']],
]
for (const [language, subject, parts] of expected) {
  test(`a message arrives in ${language}, as text and as HTML, and its person logs in with it`, async (t) => {
    const { server, system } = await startMail(t, 1, {
      PUBLIC_URL: 'https://localhost:8443',
      MAIL_FROM: 'Gate <gate@example.com>',
    })
    await server.start()
    const account = await system.addAccount({
      password: 'none',
      email: 'ana@example.com',
      language,
      timeZone: 'America/Montevideo',
    })
    await enqueue(system, account)
    await system.work()
    await settled(system)
    const [row] = await rowsOf(system)
    const [mail] = server.mails as [ParsedMail]
    assert.equal(row?.state, 'sent')
    assert.equal(server.mails.length, 1)
    assert.equal(mail.subject, subject)
    assert.deepEqual(toOf(mail), ['ana@example.com'])
    assert.deepEqual(mail.from?.value, [{ address: 'gate@example.com', name: 'Gate' }])
    assert.equal(mail.messageId, `<${row.id}@example.com>`)
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated')
    for (const part of [...parts, account.username, 'https://localhost:8443']) {
      assert.match(mail.text!, new RegExp(part))
      assert.match(String(mail.html), new RegExp(part))
    }
    const html = String(mail.html)
    assert.ok(html.includes(`<html lang="${language}">`) && html.includes(passwordIn(mail)))
    assert.ok(!/<img|<script|<table|src=|url\(|#[0-9a-f]{3}/i.test(html), 'nothing is fetched and no colour is named')
    assert.deepEqual(
      [...html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url),
      ['https://localhost:8443'],
    )
    assert.equal(mail.attachments.length, 0)
    assert.ok(await logsIn(system, account.username, mail))
  })
}

test('an account without a language gets that of its instance', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  await system.sql("update instance set language = 'pt'")
  await enqueue(system, await system.addAccount({ email: 'ana@example.com' }))
  await system.work()
  await settled(system)
  assert.equal(server.mails[0]?.subject, 'Seu acesso a main')
})

test('asvs-1.3.11 asvs-1.2.1 cve-C19 cve-C20 nothing that somebody is called becomes a header, a recipient, markup or a text of ours', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  const name = '<b>Eve</b> "x" & {{instance}} $t(common:save)'
  const account = await system.addAccount({ email: 'eve@example.com', fullName: name })
  const other = await system.addAccount({ email: 'mallory@example.com' })
  // No form takes these; an older version or a hand in the database might have.
  await system.sql('update account set full_name = $1 where id = $2', [
    'Eve\r\nBcc: victim@example.com\r\n\r\nHello\u2028X-Evil: 1, victim@example.com',
    other.id,
  ])
  await enqueue(system, account)
  await enqueue(system, other)
  await system.work()
  await settled(system)
  const mails = new Map(server.mails.map((mail) => [String(toOf(mail)), mail]))
  assert.deepEqual([...mails.keys()].sort(), ['eve@example.com', 'mallory@example.com'])
  const { text, html } = mails.get('eve@example.com')!
  assert.ok(text!.includes(name))
  assert.ok(String(html).includes('&lt;b&gt;Eve&lt;/b&gt;') && !String(html).includes('<b>Eve'))
  const injected = mails.get('mallory@example.com')!
  assert.equal(injected.headers.get('bcc'), undefined)
  assert.equal(injected.headers.get('x-evil'), undefined)

  for (const address of [
    'a@example.com, b@example.com',
    'a@example.com\r\nBcc: b@example.com',
    'a b@example.com',
    '"a b"@example.com',
    '<a@example.com>',
  ]) {
    await system.sql('update account set email = $1 where id = $2', [address, other.id])
    await enqueue(system, other)
    await settled(system)
    const last = (await rowsOf(system)).at(-1)!
    assert.deepEqual([last.state, last.last_error], ['failed', 'This is not an email address.'], address)
  }
  assert.equal(server.mails.length, 2)
})
