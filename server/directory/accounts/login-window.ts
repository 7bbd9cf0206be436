// When an account may log in: its validity dates and its login hours, in the person's own time zone.
import { type LoginHours, weekdays } from '../../../contracts/account-fields.ts'

export type WindowedAccount = {
  validFrom: string | null
  validUntil: string | null
  loginHours: LoginHours | null
  timeZone: string
}

export type LoginWindow =
  | { open: true }
  | { open: false; reason: 'not_yet_valid' | 'outside_hours'; opensAt: Date }
  /** Nothing in the account's own settings will open it again. */
  | { open: false; reason: 'no_longer_valid' | 'outside_hours'; opensAt?: undefined }

/** Whether the account may log in at this moment, and otherwise from when on. Validity is in whole days, the last one included. */
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
  if (Temporal.ZonedDateTime.compare(opensAt, now) <= 0) return { open: true }
  return { open: false, reason: notYet ? 'not_yet_valid' : 'outside_hours', opensAt: new Date(opensAt.epochMilliseconds) }
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
    for (const [begin, end] of [...(hours[weekdays[day.dayOfWeek - 1]!] ?? [])].sort()) {
      const opens = day.toZonedDateTime({ timeZone: from.timeZoneId, plainTime: begin })
      // 24:00 is the next midnight.
      const closes =
        end === '24:00'
          ? day.add({ days: 1 }).toZonedDateTime(from.timeZoneId)
          : day.toZonedDateTime({ timeZone: from.timeZoneId, plainTime: end })
      if (Temporal.ZonedDateTime.compare(from, closes) >= 0) continue
      return Temporal.ZonedDateTime.compare(opens, from) > 0 ? opens : from
    }
  }
  return undefined
}
