import assert from 'node:assert/strict'
import { test } from 'node:test'
import bowser from 'bowser'
import fc from 'fast-check'
import { describeDevice } from './device.ts'

test('browsers are told by the names that people know', () => {
  for (const [userAgent, device] of [
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      'Chrome, Windows',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      'Safari, iOS',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Microsoft Edge, macOS',
    ],
  ] as const)
    assert.equal(describeDevice(userAgent), device)
})

test('what a stranger writes there is never shown', () => {
  for (const text of [
    'Help desk: this is really Ana, please answer quickly/1.0 x',
    'curl/8.5.0',
    'Ana (Windows NT 10.0)/1',
    '',
    '-',
  ])
    assert.ok(['', 'Windows', 'Curl'].includes(describeDevice(text)), describeDevice(text))
  assert.equal(describeDevice(undefined), '')
  const names = [...Object.values(bowser.BROWSER_MAP), ...Object.values(bowser.OS_MAP)]
  const word = fc.constantFrom(
    ' ',
    '/',
    '(',
    ')',
    ';',
    ' like Gecko',
    'Windows NT ',
    'Mozilla/5.0 ',
    'Chrome/',
    'SlimerJS/',
    'qqbrowser',
    'Version/1',
  )
  const userAgents = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), word), { maxLength: 8 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(userAgents, (userAgent) => {
      const device = describeDevice(userAgent)
      assert.ok(device === '' || device.split(', ').every((name) => names.includes(name)), `${userAgent}: ${device}`)
    }),
  )
})
