import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isLoopback, readConfig } from './config.ts'

test('without any setting the defaults hold', () => {
  const config = readConfig({})
  assert.equal(config.port, 8080)
  assert.equal(config.metricsPort, 8081)
  assert.equal(config.publicUrl.origin, 'http://localhost:8080')
  assert.deepEqual(config.trustedProxies, [])
  assert.equal(readConfig({ PORT: '9000' }).publicUrl.origin, 'http://localhost:9000')
})

test('asvs-13.1.1 every setting that is wrong is named, all at once, and a secret is never repeated', () => {
  const env = {
    PORT: 'eighty',
    HOST: 'localhost',
    PUBLIC_URL: 'http://acme.example.com',
    DATABASE_URL: 'mysql://root:hunter2@db',
    DATABASE_CONNECTIONS: '1',
    SECRET_KEY: 'hunter2',
    TRUSTED_PROXIES: '10.0.0.0/8, everybody',
    METRICS_PORT: '70000',
    METRICS_HOST: '::g',
    HASH_CONCURRENCY: '0',
    SMTP_URL: 'http://user:hunter2@mail',
    MAIL_FROM: 'Gatehouse',
    LOG_LEVEL: 'loud',
  }
  assert.throws(
    () => readConfig(env),
    ({ message }: Error) => {
      for (const name of Object.keys(env)) assert.match(message, new RegExp(`^  ${name}: `, 'm'), name)
      assert.ok(!message.includes('hunter2'))
      return true
    },
  )
})

const faults: [name: string, value: string, says: RegExp][] = [
  ['PUBLIC_URL', 'acme.example.com', /must be an address/],
  ['PUBLIC_URL', 'https://acme.example.com/login', /nothing else/],
  ['PUBLIC_URL', 'ftp://acme.example.com', /https:/],
  ['SECRET_KEY', '00'.repeat(32), /not random/],
  ['SMTP_URL', 'smtp://', /must look like/],
  ['SMTP_URL', 'smtp://user:100%@mail', /%25/],
  ['SMTP_URL', 'smtp://mail/queue', /must look like/],
  ['SMTP_URL', 'smtp://mail?ignoreTLS=true', /must look like/],
  ['MAIL_FROM', 'a@b, c@d', /must look like/],
  ['MAIL_FROM', 'Gate <a@b>\r\nBcc: c@d', /must look like/],
  ['MAIL_FROM', 'Gate <a@b> <c@d>', /must look like/],
  ['TRUSTED_PROXIES', '0.0.0.0/0', /everybody/],
  ['TRUSTED_PROXIES', '::/0', /everybody/],
  ['TRUSTED_PROXIES', '10.0.0.0/33', /CIDR/],
  ['TRUSTED_PROXIES', 'true', /CIDR/],
  ['TRUSTED_PROXIES', '1', /CIDR/],
]
for (const [name, value, says] of faults) {
  test(`${name} cannot be "${value.slice(0, 30)}"`, () => assert.throws(() => readConfig({ [name]: value }), says))
}

test('who messages are from is an address, or a name and an address', () => {
  const from = (text: string) => readConfig({ MAIL_FROM: text }).mailFrom
  assert.deepEqual(from('a@example.com'), { name: '', address: 'a@example.com' })
  assert.deepEqual(from('"The Gate, Ltd." <a@example.com>'), { name: 'The Gate, Ltd.', address: 'a@example.com' })
  assert.deepEqual(readConfig({ PUBLIC_URL: 'https://gate.example.com' }).mailFrom, {
    name: 'Gatehouse',
    address: 'no-reply@gate.example.com',
  })
})

test('only this machine itself is loopback', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]']) assert.ok(isLoopback(host), host)
  for (const host of [
    'mail.example.com',
    'mail.localhost',
    'localhost.example.com',
    '127.example.com',
    '10.0.0.1',
    '[::2]',
    '0.0.0.0',
  ])
    assert.ok(!isLoopback(host), host)
})

test('asvs-13.3.1 a secret can come from a file, but not twice', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'gatehouse-config-')), 'key')
  const key = 'a1b2c3d4e5f60718'.repeat(4)
  writeFileSync(path, `${key}\n`)
  assert.equal(readConfig({ SECRET_KEY_FILE: path }).secretKey?.toString('hex'), key)
  assert.throws(() => readConfig({ SECRET_KEY_FILE: path, SECRET_KEY: key }), /given twice/)
  assert.throws(
    () => readConfig({ DATABASE_URL_FILE: '/no/such/file' }),
    /DATABASE_URL: the file that DATABASE_URL_FILE names cannot be read/,
  )
})
