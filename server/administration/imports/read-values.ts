// What people write into cells: days, languages and time zones in all their ways.
import { allLanguages, type Language, languages } from '../../../contracts/languages.ts'
import { isLanguage } from '../../platform/text.ts'

const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?$/
const dayFirst = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: \d{1,2}:\d{2}.*)?$/

/**
 * A day as `YYYY-MM-DD`, from the year on or from the day on; undefined when it is none. The month never comes first.
 * `ambiguous` when somebody who puts the month first would mean another day.
 */
export function readDay(text: string): { day: string; ambiguous: boolean } | undefined {
  const [, isoYear, isoMonth, isoDay] = iso.exec(text) ?? []
  if (isoYear !== undefined) return dayOf(isoYear, isoMonth!, isoDay!, false)
  const [, day, month, year] = dayFirst.exec(text) ?? []
  if (day === undefined) return undefined
  return dayOf(year!, month!, day, Number(day) <= 12 && Number(day) !== Number(month))
}

function dayOf(year: string, month: string, day: string, ambiguous: boolean): { day: string; ambiguous: boolean } | undefined {
  try {
    const date = Temporal.PlainDate.from({ year: Number(year), month: Number(month), day: Number(day) }, { overflow: 'reject' })
    return date.year < 1900 ? undefined : { day: date.toString(), ambiguous }
  } catch {
    return undefined
  }
}

/** The names of each language in every one of them. */
const languageNames = new Map(
  allLanguages.flatMap((language) => {
    const { alsoCalled = [] }: { name: string; alsoCalled?: readonly string[] } = languages[language]
    const names = allLanguages.map((speaker) => new Intl.DisplayNames(speaker, { type: 'language' }).of(language)!)
    return [...names, ...alsoCalled].map((name) => [plain(name), language] as const)
  }),
)

/** Without case and accents, which people leave out. */
function plain(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')
}

/** A language by its tag, with a region or without, or by its name in any of ours. */
export function readLanguage(text: string): Language | undefined {
  const word = plain(text)
  const tag = word.split(/[-_]/)[0]
  return isLanguage(tag) ? tag : languageNames.get(word)
}

const zones = new Map(Intl.supportedValuesOf('timeZone').map((zone) => [zone.toLowerCase(), zone]))

/** A time zone by its name in the IANA database, whatever its case, with a blank for an underscore. */
export function readTimeZone(text: string): string | undefined {
  const name = text.replaceAll(' ', '_').toLowerCase()
  const known = zones.get(name)
  if (known !== undefined) return known
  if (!/^[a-z]+(\/[a-z0-9_+-]+)+$|^utc$|^gmt$/.test(name)) return undefined
  try {
    const zone = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
    zones.set(name, zone)
    return zone
  } catch {
    return undefined
  }
}

/**
 * Whether it is so many hours before or behind UTC, in a way that people and Windows write: GMT-3, UTC+05:30, (UTC-03:00) Montevideo.
 * That is no zone, whose clocks may change; and IANA's own Etc/GMT+3 means the opposite of what it seems to.
 */
export function isOffset(text: string): boolean {
  return /^\(?\s*(utc|gmt|z)?\s*[+\-\u2010-\u2015\u2212]\s*\d{1,2}(:?\d{2})?\s*(\)|$)/i.test(text.trim())
}
