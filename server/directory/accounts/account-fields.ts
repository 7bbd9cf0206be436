// What can be said of an account, and which of it can be taken. Forms and imports judge by the same rules.
import {
  type AccountFields,
  accountFieldNames,
  accountFields,
  type FieldKind,
  type LoginHours,
  weekdays,
} from '../../../contracts/account-fields.ts'
import { holdsUnseen, isSeen, turnsReading } from '../../platform/name.ts'
import type { Fault } from '../../platform/problem.ts'
import { isLanguage } from '../../platform/text.ts'
import { usernameFault } from './username.ts'

/** What is wrong with a value of a kind, by itself; undefined when it can be taken. */
const faultOfKind: { [Kind in FieldKind]?: (value: string) => string | undefined } = {
  name: (text) => (text.trim() === '' ? 'required' : (lineFault(text) ?? unless(isSeen(text), 'unseen'))),
  line: (text) => lineFault(text),
  email: (text) => unless(isEmail(text), 'not_an_email'),
  phone: (text) => unless(/^[+]?[\d().\-/ ]{1,32}( ?x ?\d{1,8})?$/.test(text), 'not_a_phone'),
  language: (text) => unless(isLanguage(text), 'not_a_language'),
  time_zone: (text) => unless(isTimeZone(text), 'not_a_time_zone'),
  day: (text) => unless(isDay(text), 'not_a_day'),
}

function unless(taken: boolean, code: string): string | undefined {
  return taken ? undefined : code
}

/** Everything that is wrong with the fields by themselves; whether profile and team exist is for the database. */
export function accountFaults(fields: Omit<AccountFields, 'profileId' | 'teamId'> & { username?: string }): Fault[] {
  const { username, validFrom, validUntil, loginHours } = fields
  const said: Partial<Record<string, unknown>> = fields
  const faults: Fault[] = []
  const usernameIs = username === undefined ? undefined : usernameFault(username)
  if (usernameIs !== undefined) faults.push({ field: 'username', code: `username_${usernameIs}` })
  for (const field of accountFieldNames) {
    const value = said[field]
    const fault = typeof value === 'string' ? faultOfKind[accountFields[field]]?.(value) : undefined
    if (fault !== undefined) faults.push({ field, code: fault })
    else if (field === 'validUntil' && validFrom !== null && validUntil !== null && validUntil < validFrom)
      faults.push({ field, code: 'ends_before_it_begins' })
  }
  if (loginHours !== null && !areLoginHours(loginHours)) faults.push({ field: 'loginHours', code: 'not_login_hours' })
  return faults
}

/** Without the blanks around what was typed; what is only blank is nothing. */
export function tidyFields(fields: AccountFields): AccountFields {
  const typed = accountFieldNames.filter((field) => ['line', 'email', 'phone'].includes(accountFields[field]))
  const tidied = typed.map((field) => [field, (fields[field] as string | null)?.trim() || null])
  return { ...fields, ...Object.fromEntries(tidied), fullName: fields.fullName.trim() }
}

function lineFault(text: string): string | undefined {
  return unless(isOneLine(text, 200), 'not_one_line') ?? unless(!turnsReading(text), 'turns_reading')
}

function isOneLine(text: string, longest: number): boolean {
  return [...text].length <= longest && text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)
}

/**
 * Whether a message could be sent there: words with dots between them, one @, a domain of labels. Whether it arrives, only sending tells.
 * Source: RFC 5321, 4.1.2 (Dot-string, Domain), with the letters of RFC 6531, 3.3, and without quoted strings, which hardly any server takes.
 */
export function isEmail(text: string): boolean {
  return text.length <= 254 && text.isWellFormed() && !holdsUnseen(text) && dotString.test(text)
}

const word = '[^\\s@<>()[\\]\\\\,;:".]+'
const label = '[\\p{L}\\p{M}\\p{N}](?:[\\p{L}\\p{M}\\p{N}-]{0,61}[\\p{L}\\p{M}\\p{N}])?'
const dotString = new RegExp(`^(?=[^@]{1,64}@)${word}(?:\\.${word})*@(?:${label}\\.)+(?!\\d+$)(?=.{2})${label}$`, 'u')

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
