import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { startNodes } from '../../test/nodes.ts'
import { isIn, limitedAddress, networkOf, readAddress } from './address.ts'
import { addressOf } from './caller.ts'

const ipv4 = fc.ipV4()
const port = fc.integer({ min: 0, max: 65_535 })
const zone = fc.constantFrom('eth0', 'en0', '1', 'wlp3s0', 'lo', 'br-1a2b%x', '')

/** One IPv4 address, and everything that a socket or a proxy may write for it. */
const formsOfIpv4 = fc.tuple(ipv4, port, zone).map(([ip, port, zone]) => {
  const [a, b, c, d] = ip.split('.').map(Number) as [number, number, number, number]
  const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  const inIpv6 = [`::ffff:${ip}`, `::FFFF:${hex}`, `0:0:0:0:0:ffff:${hex}`, `64:ff9b::${hex}`, `64:ff9b::${ip}`]
  return {
    ip,
    forms: [
      ip,
      ` ${ip} `,
      `${ip}:${port}`,
      `"${ip}:${port}"`,
      `"${ip}"`,
      ...inIpv6.flatMap((form) => [form, `${form}%${zone}`, `[${form}]`, `[${form}]:${port}`]),
    ],
  }
})

/** The same of an address that has eight parts of its own. */
const formsOfIpv6 = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 7, maxLength: 7 }), port, zone)
  .map(([parts, port, zone]) => {
    const ip = ['2001', ...parts.map((part) => part.toString(16))].join(':')
    const long = ip
      .split(':')
      .map((part) => part.padStart(4, '0'))
      .join(':')
      .toUpperCase()
    const forms = [ip, long].flatMap((form) => [
      form,
      `${form}%${zone}`,
      `[${form}]`,
      `[${form}%${zone}]`,
      `[${form}]:${port}`,
      `"[${form}]:${port}"`,
    ])
    return { ip, forms }
  })

test('cve-C08 an address is one address, in every form in which sockets and proxies write it', () => {
  fc.assert(
    fc.property(fc.oneof(formsOfIpv4, formsOfIpv6), ({ ip, forms }) => {
      for (const form of forms) assert.equal(readAddress(form), ip, form)
    }),
  )
})

test('whatever stands there, what counts is an address that the database takes, or the one of the proxy', () => {
  const piece = fc.constantFrom(
    '1',
    '255',
    '.',
    ':',
    '::',
    '[',
    ']',
    '%',
    'eth0',
    '"',
    ' ',
    'ffff',
    ',',
    'unknown',
    '_hidden',
    'for=',
    '0x7f',
    '/',
  )
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(text, (ip) => {
      const address = addressOf({ ip, socket: { remoteAddress: '::ffff:192.0.2.1' } as never })
      assert.ok(isIP(address) !== 0 && !address.includes('%'), `${ip}: ${address}`)
      limitedAddress(address)
      networkOf(address)
    }),
    { numRuns: 2000 },
  )
  for (const none of [
    '',
    'unknown',
    '_hidden',
    '1',
    '127.1',
    '0x7f.1',
    '203.0.113.7:',
    '203.0.113.7:abc',
    '[2001:db8::1',
    '2001:db8::1]:1',
    'for=203.0.113.7',
  ])
    assert.equal(readAddress(none), undefined, none)
  assert.equal(addressOf({ ip: 'unknown', socket: { remoteAddress: undefined } as never }), '0.0.0.0')
})

test('what is limited is an IPv4 address, the /64 of an IPv6 one, and a link-local address alone', () => {
  for (const [one, other, same] of [
    ['198.51.100.7', '198.51.100.8', false],
    ['2001:db8:1:2::5', '2001:db8:1:2:ffff::9', true],
    ['2001:db8:1:2::5', '2001:db8:1:3::5', false],
    ['fe80::1', 'fe80::2', false],
    ['64:ff9b::203.0.113.7', '64:ff9b::203.0.113.8', false],
  ] as const)
    assert.equal(limitedAddress(readAddress(one)!) === limitedAddress(readAddress(other)!), same, `${one} ${other}`)
  assert.equal(networkOf('203.0.113.77'), '203.0.113.0/24')
  assert.equal(networkOf('2001:db8:1:2::3'), '2001:db8:1::/48')
})

test('a proxy is trusted in whatever form its address comes', () => {
  const trusts = isIn(['10.0.0.0/8', '192.0.2.1', 'fe80::/10', '2001:db8::1', '::ffff:172.16.0.0/108'])
  for (const one of [
    '10.1.2.3',
    '::ffff:10.1.2.3',
    '10.1.2.3:4431',
    '192.0.2.1',
    'fe80::1%eth0',
    '[2001:db8::1]:443',
    '172.16.0.9',
  ])
    assert.equal(trusts(one), true, one)
  for (const one of ['11.1.2.3', '192.0.2.2', '2001:db8::2', 'unknown', '', '::ffff:11.0.0.1', '172.32.0.1', undefined])
    assert.equal(trusts(one), false, String(one))
})

test('cve-C08 over a gateway that writes ports, zones or brackets each address has a count of its own, and nobody gets a 500', async (t) => {
  const system = await startNodes(t, 1, { TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' })
  const { username, password } = await system.addAccount()
  const wrongFrom = async (forwarded: string) => {
    const browser = system.browser()
    browser.headers = { 'x-forwarded-for': forwarded }
    assert.equal((await browser.logIn('nobody', 'wrong')).status, 401, forwarded)
  }
  for (const forwarded of ['203.0.113.50:51008', '203.0.113.50:51009', '8.8.8.8, 203.0.113.50:1, 10.0.0.4:4431'])
    await wrongFrom(forwarded)
  for (const forwarded of ['[2001:db8:1:2::7]:443', '2001:DB8:1:2::8', '[2001:db8:1:2::9]']) await wrongFrom(forwarded)
  for (const forwarded of ['fe80::1%eth0', 'fe80::1%en0', 'fe80::2%eth0']) await wrongFrom(forwarded)
  assert.deepEqual(await system.sql('select address, wrong from address_attempt order by address'), [
    { address: '2001:db8:1:2::/64', wrong: 3 },
    { address: '203.0.113.50', wrong: 3 },
    { address: 'fe80::1', wrong: 2 },
    { address: 'fe80::2', wrong: 1 },
  ])

  // One guesser keeps nobody else out who comes through the same gateway.
  await system.sql('update address_attempt set wrong = 300')
  const other = system.browser()
  other.headers = { 'x-forwarded-for': '198.51.100.77:5555' }
  assert.equal((await other.logIn(username, password)).location, '/home')
  assert.match((await other.get('/home')).body, /<dd>198\.51\.100\.77<\/dd>/)
})

test('a forwarded address that is none is warned of, once in a while, and counts as the proxy', async (t) => {
  const system = await startNodes(t, 1, { TRUSTED_PROXIES: '127.0.0.1' })
  for (const forwarded of ['unknown', '_hidden', `${'x'.repeat(5000)}`]) {
    const browser = system.browser()
    browser.headers = { 'x-forwarded-for': forwarded }
    assert.equal((await browser.logIn('nobody', 'wrong')).status, 401, forwarded)
  }
  assert.deepEqual(await system.sql('select address, wrong from address_attempt'), [{ address: '127.0.0.1', wrong: 3 }])
  const warnings = system.logged().match(/"forwarded":"[^"]*"/g)
  assert.deepEqual(warnings, ['"forwarded":"unknown"'])
})
