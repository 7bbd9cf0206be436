import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LoginWindow, loginWindow, type WindowedAccount } from './login-window.ts'

const always: WindowedAccount = { validFrom: null, validUntil: null, loginHours: null, timeZone: 'America/Montevideo' }
const office = {
  mon: [['09:00', '17:00']],
  tue: [
    ['09:00', '12:00'],
    ['13:00', '17:00'],
  ],
  sun: [['20:00', '24:00']],
} as unknown as WindowedAccount['loginHours']
const night = { mon: [['20:00', '24:00']], tue: [['00:00', '06:00']] } as unknown as WindowedAccount['loginHours']
const always7 = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]]),
) as unknown as WindowedAccount['loginHours']
// Montevideo is three hours behind UTC all year. 2026-11-23 is a Monday.
const cases: [what: string, account: Partial<WindowedAccount>, at: string, window: LoginWindow][] = [
  ['no rules', {}, '2026-11-23T03:00:00Z', { open: true }],
  [
    'before the first day',
    { validFrom: '2026-11-24' },
    '2026-11-24T02:59:59Z',
    { open: false, reason: 'not_yet_valid', opensAt: new Date('2026-11-24T03:00:00Z') },
  ],
  ['on the first day', { validFrom: '2026-11-24' }, '2026-11-24T03:00:00Z', { open: true }],
  [
    'on the last day',
    { validUntil: '2026-11-24' },
    '2026-11-25T02:59:59Z',
    { open: true, closesAt: new Date('2026-11-25T03:00:00Z') },
  ],
  ['after the last day', { validUntil: '2026-11-24' }, '2026-11-25T03:00:00Z', { open: false, reason: 'no_longer_valid' }],
  [
    'before the hours',
    { loginHours: office },
    '2026-11-23T11:59:59Z',
    { open: false, reason: 'outside_hours', opensAt: new Date('2026-11-23T12:00:00Z') },
  ],
  [
    'inside the hours',
    { loginHours: office },
    '2026-11-23T12:00:00Z',
    { open: true, closesAt: new Date('2026-11-23T20:00:00Z') },
  ],
  [
    'at the end of the hours',
    { loginHours: office },
    '2026-11-23T20:00:00Z',
    { open: false, reason: 'outside_hours', opensAt: new Date('2026-11-24T12:00:00Z') },
  ],
  [
    'in a break',
    { loginHours: office },
    '2026-11-24T15:30:00Z',
    { open: false, reason: 'outside_hours', opensAt: new Date('2026-11-24T16:00:00Z') },
  ],
  [
    'on a day without hours',
    { loginHours: office },
    '2026-11-25T15:00:00Z',
    { open: false, reason: 'outside_hours', opensAt: new Date('2026-11-29T23:00:00Z') },
  ],
  [
    'hours until midnight',
    { loginHours: office },
    '2026-11-30T02:59:59Z',
    { open: true, closesAt: new Date('2026-11-30T03:00:00Z') },
  ],
  [
    'before the last day, inside the hours',
    { loginHours: office, validUntil: '2026-11-24' },
    '2026-11-23T13:00:00Z',
    { open: true, closesAt: new Date('2026-11-23T20:00:00Z') },
  ],
  [
    'a night shift, which is two spans',
    { loginHours: night },
    '2026-11-23T23:00:00Z',
    { open: true, closesAt: new Date('2026-11-24T09:00:00Z') },
  ],
  [
    'a night shift over the last day',
    { loginHours: night, validUntil: '2026-11-23' },
    '2026-11-23T23:00:00Z',
    { open: true, closesAt: new Date('2026-11-24T03:00:00Z') },
  ],
  ['hours that never end', { loginHours: always7 }, '2026-11-23T23:00:00Z', { open: true }],
  [
    'spans that overlap',
    {
      loginHours: {
        mon: [
          ['09:00', '13:00'],
          ['12:00', '15:00'],
        ],
      },
    },
    '2026-11-23T13:00:00Z',
    { open: true, closesAt: new Date('2026-11-23T18:00:00Z') },
  ],
  ['no hours at all', { loginHours: {} }, '2026-11-23T12:00:00Z', { open: false, reason: 'outside_hours' } as LoginWindow],
  [
    'valid later, and then only in its hours',
    { validFrom: '2026-11-25', loginHours: office },
    '2026-11-23T15:00:00Z',
    { open: false, reason: 'not_yet_valid', opensAt: new Date('2026-11-29T23:00:00Z') },
  ],
  [
    'its hours come after its last day',
    { validUntil: '2026-11-27', loginHours: office },
    '2026-11-25T15:00:00Z',
    { open: false, reason: 'outside_hours' } as LoginWindow,
  ],
  [
    'the night when the clocks go forward',
    { timeZone: 'Europe/Lisbon', loginHours: { sun: [['01:30', '04:00']] } },
    '2026-03-29T01:15:00Z',
    { open: false, reason: 'outside_hours', opensAt: new Date('2026-03-29T01:30:00Z') },
  ],
]
for (const [what, account, at, window] of cases) {
  test(`login window: ${what}`, () =>
    assert.deepEqual(
      { opensAt: undefined, ...loginWindow({ ...always, ...account }, new Date(at)) },
      { opensAt: undefined, ...window },
    ))
}
