import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { simpleParser } from 'mailparser'
import { createTransport } from 'nodemailer'
import { newMailServer } from '../../test/mail-server.ts'
import { readConfig } from '../config.ts'
import { MailFault, openMailer, smtpOptions } from './mail.ts'

const mail = { id: 'f00d', to: { name: 'Ana Souza', address: 'ana@example.com' }, subject: 'Hola', text: 'Sí', html: '<p>Sí</p>' }

const mailerOf = (settings: Record<string, string>) => openMailer(readConfig(settings))

test('without a mail server a message becomes a file that only its owner can read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-outbox-'))
  const mailer = mailerOf({ DATA_DIR: join(folder, 'data'), PUBLIC_URL: 'https://gate.example.com' })
  assert.equal(mailer.goesTo, 'files')
  await mailer.reach()
  await Promise.all([mailer.send(mail), mailer.send({ ...mail, id: 'beef' })])
  const outbox = join(folder, 'data', 'outbox')
  const files = readdirSync(outbox).sort()
  assert.equal(files.length, 2)
  for (const file of files) assert.match(file, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-(f00d|beef)\.eml$/)
  assert.equal(statSync(outbox).mode & 0o777, 0o700)
  for (const file of files) assert.equal(statSync(join(outbox, file)).mode & 0o777, 0o600)
  const read = await simpleParser(readFileSync(join(outbox, files.find((file) => file.includes('f00d'))!)))
  assert.deepEqual([read.subject, read.text?.trim(), read.html], ['Hola', 'Sí', '<p>Sí</p>'])
  assert.equal(read.messageId, '<f00d@gate.example.com>')
  assert.deepEqual(read.from?.value, [{ address: 'no-reply@gate.example.com', name: 'Gatehouse' }])
})

test('files that cannot be written are a fault that may be mended', async () => {
  const mailer = mailerOf({ DATA_DIR: '/dev/null' })
  await assert.rejects(
    mailer.send(mail),
    (error) => error instanceof MailFault && !error.permanent && /ENOTDIR/.test(error.message),
  )
})

test('asvs-12.3.1 a mail server on another machine that offers no TLS gets nothing, neither password nor message', async (t) => {
  const seen: string[] = []
  const server = await newMailServer(t, {
    onAuth: ({ username }, _session, done) => {
      seen.push(username!)
      done(null, { user: username })
    },
    allowInsecureAuth: true,
  })
  await server.start()
  const elsewhere = smtpOptions(new URL(`smtp://user:secret@mail.example.com:${server.port}`), 'gate.example.com')
  // The name leads to this machine here; how it is spoken to is that of the other.
  const transport = createTransport({ ...elsewhere, host: 'localhost' })
  await assert.rejects(transport.verify(), /STARTTLS|TLS/)
  await assert.rejects(transport.sendMail({ from: 'a@example.com', to: 'b@example.com', text: 'x' }), /STARTTLS|TLS/)
  assert.deepEqual([seen, server.mails], [[], []])

  // And on this machine, where no network lies between, it is enough.
  await mailerOf({ SMTP_URL: `smtp://us%40er:se%3Acret@127.0.0.1:${server.port}` }).send(mail)
  assert.equal(server.mails.length, 1)
  assert.deepEqual(seen, ['us@er'])
})

test('asvs-12.3.2 a mail server whose certificate nobody vouches for gets nothing', async (t) => {
  // Its own certificate, which comes with the server of the tests.
  const starttls = await newMailServer(t, { disabledCommands: [] })
  await starttls.start()
  const options = smtpOptions(new URL(`smtp://mail.example.com:${starttls.port}`), 'gate.example.com')
  await assert.rejects(createTransport({ ...options, host: 'localhost' }).verify(), /certificate|altnames|expired/i)
  const smtps = await newMailServer(t, { secure: true })
  await smtps.start()
  const mailer = mailerOf({ SMTP_URL: `smtps://localhost:${smtps.port}` })
  await assert.rejects(
    mailer.reach(),
    (error) => error instanceof MailFault && !error.permanent && /certificate|altnames|expired/i.test(error.message),
  )
  await assert.rejects(mailer.send(mail), MailFault)
  assert.deepEqual([starttls.mails, smtps.mails], [[], []])
})

test('a mail server that is away is asked again only after a while, and found when it is back', async (t) => {
  const server = await newMailServer(t)
  const mailer = mailerOf({ SMTP_URL: server.url })
  await assert.rejects(mailer.reach(), /ECONNREFUSED/)
  await server.start()
  const began = performance.now()
  for (;;) {
    try {
      await mailer.reach()
      break
    } catch (error) {
      assert.match((error as Error).message, /ECONNREFUSED/)
      assert.ok(performance.now() - began < 5000)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await mailer.send(mail)
  await server.stop()
  await mailer.reach()
  await assert.rejects(mailer.send(mail), MailFault)
  await assert.rejects(mailer.reach(), MailFault, 'what failed is remembered')
})

const verdicts: [says: string, where: 'recipient' | 'message', permanent: boolean][] = [
  ['550 5.1.1 no such person', 'recipient', true],
  ['450 4.2.1 busy', 'recipient', false],
  ['554 5.7.1 not wanted', 'message', true],
  ['452 4.3.1 full', 'message', false],
]
for (const [says, where, permanent] of verdicts) {
  test(`${says}, said to the ${where}, is ${permanent ? 'final' : 'not final'}`, async (t) => {
    const server = await newMailServer(t)
    await server.start()
    if (where === 'recipient') server.onRecipient = () => says
    else server.onMessage = () => says
    await assert.rejects(
      mailerOf({ SMTP_URL: server.url }).send(mail),
      (error) => error instanceof MailFault && error.permanent === permanent && error.message === says,
    )
  })
}

test('a login that the mail server refuses is not final, and not repeated with its password', async (t) => {
  const server = await newMailServer(t, {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(new Error('no such login')),
  })
  await server.start()
  const mailer = mailerOf({ SMTP_URL: `smtp://user:hunter2@localhost:${server.port}` })
  for (const attempt of [() => mailer.reach(), () => mailer.send(mail)])
    await assert.rejects(attempt, (error) => error instanceof MailFault && !error.permanent && !/hunter2/.test(error.message))
})
