import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { weekdays } from '../../../contracts/account-fields.ts'
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
  ...clockChanges(),
]
for (const [what, account, at, window] of cases) {
  test(`login window: ${what}`, () =>
    assert.deepEqual(
      { opensAt: undefined, ...loginWindow({ ...always, ...account }, new Date(at)) },
      { opensAt: undefined, ...window },
    ))
}

/** The days on which clocks change, in zones that change them by an hour and by half of one, at one o'clock, two, and midnight. */
function clockChanges(): typeof cases {
  const sunday = (...spans: [string, string][]) => ({ sun: spans })
  const open = (closesAt: string): LoginWindow => ({ open: true, closesAt: new Date(closesAt) })
  const closed = (opensAt: string): LoginWindow => ({ open: false, reason: 'outside_hours', opensAt: new Date(opensAt) })
  const newYork = (...spans: [string, string][]) => ({ timeZone: 'America/New_York', loginHours: sunday(...spans) })
  const lordHowe = (...spans: [string, string][]) => ({ timeZone: 'Australia/Lord_Howe', loginHours: sunday(...spans) })
  return [
    // New York goes from 02:00 to 03:00 on 2026-03-08 (07:00Z), and from 02:00 back to 01:00 on 2026-11-01 (06:00Z).
    [
      'hours that begin in the hour left out, after it',
      newYork(['02:30', '06:00']),
      '2026-03-08T07:05:00Z',
      open('2026-03-08T10:00:00Z'),
    ],
    [
      'hours that begin in the hour left out, before it',
      newYork(['02:30', '06:00']),
      '2026-03-08T06:59:00Z',
      closed('2026-03-08T07:00:00Z'),
    ],
    ['hours that end in the hour left out', newYork(['00:00', '02:30']), '2026-03-08T06:59:00Z', open('2026-03-08T07:00:00Z')],
    ['hours around the hour left out', newYork(['01:00', '04:00']), '2026-03-08T07:30:00Z', open('2026-03-08T08:00:00Z')],
    [
      'what is left of hours that begin in the hour left out',
      newYork(['02:30', '03:10']),
      '2026-03-08T06:59:00Z',
      closed('2026-03-08T07:00:00Z'),
    ],
    [
      'hours after they began in the hour left out',
      newYork(['02:30', '03:10']),
      '2026-03-08T07:30:00Z',
      closed('2026-03-15T06:30:00Z'),
    ],
    [
      'hours within the hour left out are a week later',
      newYork(['02:10', '02:40']),
      '2026-03-08T05:00:00Z',
      closed('2026-03-15T06:10:00Z'),
    ],
    [
      'hours that end in the hour that comes twice, the second time',
      newYork(['00:00', '01:30']),
      '2026-11-01T06:15:00Z',
      open('2026-11-01T06:30:00Z'),
    ],
    [
      'hours that end in the hour that comes twice, between',
      newYork(['00:00', '01:30']),
      '2026-11-01T05:45:00Z',
      closed('2026-11-01T06:00:00Z'),
    ],
    [
      'hours that begin in the hour that comes twice, the first time',
      newYork(['01:30', '04:00']),
      '2026-11-01T05:45:00Z',
      open('2026-11-01T06:00:00Z'),
    ],
    [
      'hours that begin in the hour that comes twice, between',
      newYork(['01:30', '04:00']),
      '2026-11-01T06:10:00Z',
      closed('2026-11-01T06:30:00Z'),
    ],
    ['hours around the hour that comes twice', newYork(['00:30', '04:00']), '2026-11-01T05:45:00Z', open('2026-11-01T09:00:00Z')],
    // Lord Howe goes from 02:00 to 02:30 on 2026-10-04 (2026-10-03T15:30Z), and from 02:00 back to 01:30 on 2026-04-05 (2026-04-04T15:00Z).
    ['half an hour left out', lordHowe(['02:10', '02:40']), '2026-10-03T15:35:00Z', open('2026-10-03T15:40:00Z')],
    ['half an hour left out, before it', lordHowe(['02:10', '02:40']), '2026-10-03T15:29:00Z', closed('2026-10-03T15:30:00Z')],
    ['half an hour that comes twice', lordHowe(['01:00', '01:45']), '2026-04-04T15:10:00Z', open('2026-04-04T15:15:00Z')],
    // Lisbon goes from 01:00 to 02:00 on 2026-03-29 (01:00Z).
    [
      'hours that begin in the hour left out, in Lisbon',
      { timeZone: 'Europe/Lisbon', loginHours: sunday(['01:30', '04:00']) },
      '2026-03-29T01:15:00Z',
      open('2026-03-29T03:00:00Z'),
    ],
    // Beirut has no 00:00 on 2026-03-29, Santiago no 00:00 on 2026-09-06 and 23:00 twice on 2026-04-04, and Apia had no 2011-12-30.
    [
      'a day without its midnight',
      { timeZone: 'Asia/Beirut', loginHours: sunday(['00:00', '02:00']) },
      '2026-03-28T21:59:00Z',
      closed('2026-03-28T22:00:00Z'),
    ],
    [
      'a first day without its midnight',
      { timeZone: 'America/Santiago', validFrom: '2026-09-06' },
      '2026-09-06T03:59:00Z',
      { open: false, reason: 'not_yet_valid', opensAt: new Date('2026-09-06T04:00:00Z') },
    ],
    [
      'until the second midnight',
      { timeZone: 'America/Santiago', loginHours: { sat: [['20:00', '24:00']] } },
      '2026-04-05T02:30:00Z',
      open('2026-04-05T04:00:00Z'),
    ],
    [
      'a day that was not there',
      { timeZone: 'Pacific/Apia', loginHours: { fri: [['09:00', '17:00']] } },
      '2011-12-30T09:59:00Z',
      closed('2012-01-05T19:00:00Z'),
    ],
  ]
}

test('login window: a moment is inside the hours when its clock is, and a promised moment lets in, whatever zone and hours', () => {
  const zones = [
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Santiago',
    'Asia/Beirut',
    'Africa/Cairo',
    'Pacific/Apia',
    'America/Havana',
    'Antarctica/Troll',
    'UTC',
  ]
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
  const span = fc.tuple(time, fc.oneof(time, fc.constant('24:00'))).filter(([from, to]) => from < to)
  const arbitrary = fc.record({
    timeZone: fc.constantFrom(...zones),
    loginHours: fc.dictionary(fc.constantFrom(...weekdays), fc.array(span, { minLength: 1, maxLength: 3 })),
    // Around a change of clocks: its zone is asked for the next one after this moment.
    after: fc.date({ min: new Date('2024-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }),
    minutes: fc.integer({ min: -180, max: 180 }),
  })
  fc.assert(
    fc.property(arbitrary, ({ timeZone, loginHours, after, minutes }) => {
      const near = Temporal.Instant.fromEpochMilliseconds(after.getTime()).toZonedDateTimeISO(timeZone)
      const now = (near.getTimeZoneTransition('next') ?? near).add({ minutes })
      const isInside = (at: Temporal.ZonedDateTime) =>
        (loginHours[weekdays[at.dayOfWeek - 1]!] ?? []).some(([from, to]) => {
          const clock = at.toPlainTime().toString({ smallestUnit: 'minute' })
          return from <= clock && clock < to
        })
      const askedAt = (at: Temporal.ZonedDateTime) =>
        loginWindow({ ...always, timeZone, loginHours }, new Date(at.epochMilliseconds))
      const found = askedAt(now)
      assert.equal(found.open, isInside(now))
      if (found.open)
        return assert.ok(
          found.closesAt === undefined ||
            (!isInside(at(found.closesAt)) && isInside(at(found.closesAt).subtract({ minutes: 1 }))),
        )
      if (found.opensAt === undefined) return
      assert.ok(askedAt(at(found.opensAt)).open, 'the promised moment lets in')
      assert.ok(!isInside(at(found.opensAt).subtract({ minutes: 1 })), 'and none before it would')
      function at(moment: Date) {
        return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(timeZone)
      }
    }),
    { numRuns: 500 },
  )
})
