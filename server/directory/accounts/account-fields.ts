// What can be said of an account, and which of it can be taken. Forms and imports judge by the same rules.
import type { Fault } from '../../platform/problem.ts'
import type { LoginHours } from '../../platform/tables.ts'
import { isLanguage } from '../../platform/text.ts'
import { usernameFault } from './username.ts'

/** All that an Administrator says of an account but its username, which never changes. Null where nothing is said. */
export type AccountFields = {
  fullName: string
  email: string | null
  phone: string | null
  profileId: string
  teamId: string | null
  language: string | null
  timeZone: string | null
  /** Whole days, as `YYYY-MM-DD`, in the person's time zone; the last one is included. */
  validFrom: string | null
  validUntil: string | null
  /** Null means always. */
  loginHours: LoginHours | null
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** Everything that is wrong with the fields by themselves; whether profile and team exist is for the database. */
export function accountFaults(fields: Omit<AccountFields, 'profileId' | 'teamId'> & { username?: string }): Fault[] {
  const { username, fullName, email, phone, language, timeZone, validFrom, validUntil, loginHours } = fields
  const faults: Fault[] = []
  const refuse = (field: string, code: string) => void faults.push({ field, code })
  if (username !== undefined) {
    const fault = usernameFault(username)
    if (fault !== undefined) refuse('username', `username_${fault}`)
  }
  if (fullName.trim() === '') refuse('fullName', 'required')
  else if (!isOneLine(fullName, 200)) refuse('fullName', 'not_one_line')
  if (email !== null && !isEmail(email)) refuse('email', 'not_an_email')
  if (phone !== null && !/^[+]?[\d().\-/ ]{1,32}( ?x ?\d{1,8})?$/.test(phone)) refuse('phone', 'not_a_phone')
  if (language !== null && !isLanguage(language)) refuse('language', 'not_a_language')
  if (timeZone !== null && !isTimeZone(timeZone)) refuse('timeZone', 'not_a_time_zone')
  if (validFrom !== null && !isDay(validFrom)) refuse('validFrom', 'not_a_day')
  if (validUntil !== null && !isDay(validUntil)) refuse('validUntil', 'not_a_day')
  else if (validFrom !== null && validUntil !== null && validUntil < validFrom) refuse('validUntil', 'ends_before_it_begins')
  if (loginHours !== null && !areLoginHours(loginHours)) refuse('loginHours', 'not_login_hours')
  return faults
}

function isOneLine(text: string, longest: number): boolean {
  return [...text].length <= longest && text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)
}

/** Whether a message could be sent there: a local part, one @, a domain with a dot. Whether it arrives, only sending tells. */
export function isEmail(text: string): boolean {
  return (
    text.length <= 254 &&
    isOneLine(text, 254) &&
    /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]{2,}$/.test(text)
  )
}

// Asking Intl takes half a millisecond, and an import asks for each of its rows.
const timeZones = new Set(Intl.supportedValuesOf('timeZone'))

/** Whether it is a name of the IANA database. Offsets such as +05:00 are none: PostgreSQL reads them the other way round. */
export function isTimeZone(text: string): boolean {
  if (timeZones.has(text)) return true
  try {
    return /^[a-z]/i.test(text) && new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function isDay(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text
  } catch {
    return false
  }
}

/** Hours of a day go forward and end at midnight at the latest: a night shift is the end of one day and the beginning of the next. */
function areLoginHours(hours: LoginHours): boolean {
  return Object.entries(hours).every(
    ([day, spans]) =>
      (weekdays as readonly string[]).includes(day) &&
      spans.length <= 5 &&
      spans.every(
        ([from, to]) => /^([01]\d|2[0-3]):[0-5]\d$/.test(from) && /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(to) && from < to,
      ),
  )
}
