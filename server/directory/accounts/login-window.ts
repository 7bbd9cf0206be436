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

/** Whether the account may log in at this moment and until when, and otherwise from when on. Validity is in whole days, the last one included. */
export function loginWindow(account: WindowedAccount, at: Date): LoginWindow {
  const now = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(account.timeZone)
  const first = account.validFrom === null ? undefined : Temporal.PlainDate.from(account.validFrom)
  const last = account.validUntil === null ? undefined : Temporal.PlainDate.from(account.validUntil)

  if (last !== undefined && Temporal.PlainDate.compare(now.toPlainDate(), last) > 0)
    return { open: false, reason: 'no_longer_valid' }
  const notYet = first !== undefined && Temporal.PlainDate.compare(now.toPlainDate(), first) < 0
  const from = notYet ? first.toZonedDateTime(account.timeZone) : now
  const opensAt = nextOpening(account.loginHours, from, last)
  if (opensAt === undefined) return { open: false, reason: notYet ? 'no_longer_valid' : 'outside_hours' }
  if (Temporal.ZonedDateTime.compare(opensAt, now) <= 0) {
    const closesAt = closing(account.loginHours, now, last)
    return { open: true, ...(closesAt !== undefined && { closesAt: new Date(closesAt.epochMilliseconds) }) }
  }
  return { open: false, reason: notYet ? 'not_yet_valid' : 'outside_hours', opensAt: new Date(opensAt.epochMilliseconds) }
}

/** The end of the hours that `now` lies in, or of day `last`; undefined when neither ends. Spans that meet are one: a night shift. */
function closing(
  hours: LoginHours | null,
  now: Temporal.ZonedDateTime,
  last: Temporal.PlainDate | undefined,
): Temporal.ZonedDateTime | undefined {
  const lastEnds = last?.add({ days: 1 }).toZonedDateTime(now.timeZoneId)
  if (hours === null) return lastEnds
  let end = now
  for (let days = 0; days <= 7; days += 1) {
    for (const [opens, closes] of spansOf(hours, now.toPlainDate().add({ days }), now.timeZoneId)) {
      if (Temporal.ZonedDateTime.compare(closes, end) <= 0) continue
      if (Temporal.ZonedDateTime.compare(opens, end) > 0) return earlier(end, lastEnds)
      end = closes
    }
  }
  // Open all week.
  return Temporal.ZonedDateTime.compare(end, now.add({ days: 7 })) > 0 ? lastEnds : earlier(end, lastEnds)
}

function earlier(one: Temporal.ZonedDateTime, other: Temporal.ZonedDateTime | undefined): Temporal.ZonedDateTime {
  return other !== undefined && Temporal.ZonedDateTime.compare(other, one) < 0 ? other : one
}

/** The spans of a day in order. */
function spansOf(
  hours: LoginHours,
  day: Temporal.PlainDate,
  timeZone: string,
): [Temporal.ZonedDateTime, Temporal.ZonedDateTime][] {
  return [...(hours[weekdays[day.dayOfWeek - 1]!] ?? [])].sort().map(([begin, end]) => [
    day.toZonedDateTime({ timeZone, plainTime: begin }),
    // 24:00 is the next midnight.
    end === '24:00' ? day.add({ days: 1 }).toZonedDateTime(timeZone) : day.toZonedDateTime({ timeZone, plainTime: end }),
  ])
}

/** The first moment from `from` on, and up to the end of day `last`, that lies inside the hours. */
function nextOpening(
  hours: LoginHours | null,
  from: Temporal.ZonedDateTime,
  last: Temporal.PlainDate | undefined,
): Temporal.ZonedDateTime | undefined {
  if (hours === null) return from
  for (let days = 0; days <= 7; days += 1) {
    const day = from.toPlainDate().add({ days })
    if (last !== undefined && Temporal.PlainDate.compare(day, last) > 0) return undefined
    for (const [opens, closes] of spansOf(hours, day, from.timeZoneId)) {
      if (Temporal.ZonedDateTime.compare(from, closes) >= 0) continue
      return Temporal.ZonedDateTime.compare(opens, from) > 0 ? opens : from
    }
  }
  return undefined
}
