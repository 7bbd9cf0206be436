import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hash } from '@node-rs/argon2'
import { fitsPassword, hashParameters, hashPassword, isOutdated, verifyPassword } from './hash-password.ts'

test('asvs-11.4.2 hashes are Argon2id with at least the parameters that OWASP accepts', async () => {
  const phc = await hashPassword('walnut')
  assert.match(phc, /^\$argon2id\$v=19\$/)
  assert.ok(hashParameters.memoryCost >= 19_456 && hashParameters.timeCost >= 2)
  assert.equal(isOutdated(phc), false)
  assert.equal(isOutdated(await hash('walnut', { algorithm: 2, memoryCost: 8192, timeCost: 2, parallelism: 1 })), true)
})

for (const length of [64, 72, 73, 256, 1024]) {
  test(`asvs-6.2.8 a password of ${length} characters is compared to its last one`, async () => {
    const password = 'é'.repeat(length - 1)
    const phc = await hashPassword(`${password}x`)
    assert.equal(await verifyPassword(`${password}x`, phc), true)
    assert.equal(await verifyPassword(`${password}y`, phc), false)
    assert.equal(await verifyPassword(`${password}x `, phc), false)
  })
}

test('asvs-6.2.8 case, spaces around and NUL count; only the two ways to write one letter are the same', async () => {
  const phc = await hashPassword(' Pérez\u0000ﬁ ')
  assert.equal(await verifyPassword(' Pe\u0301rez\u0000ﬁ ', phc), true)
  for (const other of [' pérez\u0000ﬁ ', 'Pérez\u0000ﬁ', ' Pérez', ' Pérez\u0000fi ', ' Pérez\u0001ﬁ '])
    assert.equal(await verifyPassword(other, phc), false)
})

test('cve-C31 an over-long password matches nothing, not even its own hash', async () => {
  const long = 'x'.repeat(1025)
  assert.equal(fitsPassword(long), false)
  assert.equal(await verifyPassword(long, await hashPassword(long)), false)
  assert.equal(await verifyPassword('', null), false)
})

/** The processor time of some work, of all threads, in milliseconds: unlike the time by the clock it does not grow when others are busy. */
async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

test('cve-C04 asvs-6.3.8 where there is nothing to compare with, or what cannot be a password, the whole work is done', async () => {
  const phc = await hashPassword('walnut')
  const times = 10
  const of = (password: string, hash: string | null) =>
    processorTime(async () => {
      for (let i = 0; i < times; i += 1) assert.equal(await verifyPassword(password, hash), false)
    })
  await of('wrong', phc)
  const real = await of('wrong', phc)
  assert.ok(real > times * 2, `${real} ms`)
  for (const [what, time] of [
    ['no hash', await of('wrong', null)],
    ['too long', await of('x'.repeat(1025), phc)],
    ['too long, and no hash', await of('x'.repeat(5000), null)],
  ] as const)
    assert.ok(time > real / 2, `${what}: ${time} ms of ${real}`)
})
