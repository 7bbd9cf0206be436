// When an account may log in: its validity dates and its login hours, in the person's own time zone.
import { type LoginHours, weekdays } from '../../../contracts/account-fields.ts'

export type WindowedAccount = {
  validFrom: string | null
  validUntil: string | null
  loginHours: LoginHours | null
  timeZone: string
}

export type LoginWindow =
  /** `closesAt` is there where the hours or the dates end. */
  | { open: true; closesAt?: Date }
  | { open: false; reason: 'not_yet_valid' | 'outside_hours'; opensAt: Date }
  /** Nothing in the account's own settings will open it again. */
  | { open: false; reason: 'no_longer_valid' | 'outside_hours'; opensAt?: undefined }

type Zoned = Temporal.ZonedDateTime
type Span = { opens: Zoned; closes: Zoned }

/**
 * How far ahead is looked. Hours that lie in the hour which clocks leave out are not there in that week, so that a week is too little; what
 * has no end for so long has none.
 */
const daysAhead = 15

/**
 * Whether the account may log in at this moment and until when, and otherwise from when on. Validity is in whole days, the last one
 * included. A moment is inside the hours when the clock on the wall says so, also on the two days a year on which clocks change.
 */
export function loginWindow(account: WindowedAccount, at: Date): LoginWindow {
  const now = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(account.timeZone)
  const first = account.validFrom === null ? undefined : Temporal.PlainDate.from(account.validFrom)
  const last = account.validUntil === null ? undefined : Temporal.PlainDate.from(account.validUntil)

  if (last !== undefined && Temporal.PlainDate.compare(now.toPlainDate(), last) > 0)
    return { open: false, reason: 'no_longer_valid' }
  const lastEnds = last?.add({ days: 1 }).toZonedDateTime(account.timeZone)
  const notYet = first !== undefined && Temporal.PlainDate.compare(now.toPlainDate(), first) < 0
  const from = notYet ? first.toZonedDateTime(account.timeZone) : now
  const span = nextSpan(account.loginHours, from, lastEnds)
  if (span === undefined) return { open: false, reason: notYet ? 'no_longer_valid' : 'outside_hours' }
  if (isAfter(span.opens, now))
    return { open: false, reason: notYet ? 'not_yet_valid' : 'outside_hours', opensAt: new Date(span.opens.epochMilliseconds) }
  const closesAt = span.closes === undefined ? lastEnds : earlier(span.closes, lastEnds)
  return { open: true, ...(closesAt !== undefined && { closesAt: new Date(closesAt.epochMilliseconds) }) }
}

/** The first hours that have not ended at `from`, as far as they come after it and before `end`. Without `closes`: they have no end. */
function nextSpan(
  hours: LoginHours | null,
  from: Zoned,
  end: Zoned | undefined,
): { opens: Zoned; closes: Zoned | undefined } | undefined {
  if (hours === null) return { opens: from, closes: undefined }
  const horizon = from.add({ days: daysAhead })
  const spans = steadyTimes(from.subtract({ days: 1 }), horizon)
    .flatMap((time) => spansWithin(hours, time))
    .sort((one, other) => Temporal.ZonedDateTime.compare(one.opens, other.opens))
    .filter(({ closes }) => isAfter(closes, from))
  const [found] = spans
  if (found === undefined || (end !== undefined && !isAfter(end, found.opens))) return undefined
  // Spans that meet are one: a night shift.
  let { closes } = found
  for (const next of spans) if (!isAfter(next.opens, closes) && isAfter(next.closes, closes)) closes = next.closes
  return { opens: isAfter(found.opens, from) ? found.opens : from, closes: isAfter(horizon, closes) ? closes : undefined }
}

/** The times between two moments, cut where the zone's clocks change: within one of them a clock only goes on. */
function steadyTimes(from: Zoned, to: Zoned): Span[] {
  const times: Span[] = []
  for (let opens = from; ; ) {
    const change = opens.getTimeZoneTransition('next')
    if (change === null || !isAfter(to, change)) return [...times, { opens, closes: to }]
    times.push({ opens, closes: change })
    opens = change
  }
}

/** The hours as they lie in a time in which no clock changes. */
function spansWithin(hours: LoginHours, time: Span): Span[] {
  const { offset, timeZoneId } = time.opens
  const lastDay = time.closes.toInstant().toZonedDateTimeISO(offset).toPlainDate()
  const spans: Span[] = []
  for (let day = time.opens.toPlainDate(); Temporal.PlainDate.compare(day, lastDay) <= 0; day = day.add({ days: 1 })) {
    for (const [begin, end] of hours[weekdays[day.dayOfWeek - 1]!] ?? []) {
      // 24:00 is the next midnight.
      const [endDay, endTime] = end === '24:00' ? [day.add({ days: 1 }), '00:00'] : [day, end]
      const moment = (on: Temporal.PlainDate, plainTime: string) =>
        on.toZonedDateTime({ timeZone: offset, plainTime }).withTimeZone(timeZoneId)
      const opens = later(moment(day, begin), time.opens)
      const closes = earlier(moment(endDay, endTime), time.closes)
      if (isAfter(closes, opens)) spans.push({ opens, closes })
    }
  }
  return spans
}

function isAfter(one: Zoned, other: Zoned): boolean {
  return Temporal.ZonedDateTime.compare(one, other) > 0
}

function earlier(one: Zoned, other: Zoned | undefined): Zoned {
  return other !== undefined && isAfter(one, other) ? other : one
}

function later(one: Zoned, other: Zoned): Zoned {
  return isAfter(other, one) ? other : one
}
