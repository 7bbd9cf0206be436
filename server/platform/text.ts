// Texts: locales/LANGUAGE/*.json, one file a subject, the same keys in every language.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import i18next, { type Resource, type TFunction } from 'i18next'
import { allLanguages, fallbackLanguage, type Language, languages } from '../../contracts/languages.ts'

/** Looks a text up by `subject:key`. Values are not escaped here: pages escape whatever they print. */
export type Translate = (key: string, values?: Record<string, string | number | undefined>) => string

const folder = fileURLToPath(new URL('../../locales', import.meta.url))

/** All texts of one language, by subject. */
export function readTexts(language: Language): Record<string, Record<string, unknown>> {
  const files = readdirSync(`${folder}/${language}`).sort()
  return Object.fromEntries(
    files.map((file) => [file.replace(/\.json$/, ''), JSON.parse(readFileSync(`${folder}/${language}/${file}`, 'utf8'))]),
  )
}

/** Reads all texts, once, at start. */
export function openTexts(): (language: Language) => Translate {
  const texts = Object.fromEntries(allLanguages.map((language) => [language, readTexts(language) as Resource[string]]))
  const i18n = i18next.createInstance()
  void i18n.init({
    resources: texts,
    ns: Object.keys(texts[fallbackLanguage]!),
    fallbackLng: fallbackLanguage,
    // A text that is missing is a bug, which a test finds; people still see the English one.
    interpolation: { escapeValue: false },
    initAsync: false,
  })
  const byLanguage = Object.fromEntries(allLanguages.map((language) => [language, remembering(i18n.getFixedT(language))]))
  return (language) => byLanguage[language]!
}

/** Most texts of a page hold no value and are always the same: each is looked up once. Their keys come from the code, so they are few. */
function remembering(look: TFunction): Translate {
  const known = new Map<string, string>()
  return (key, values) => {
    if (values !== undefined) return look(key, values)
    const text = known.get(key) ?? look(key)
    known.set(key, text)
    return text
  }
}

export function isLanguage(text: unknown): text is Language {
  return typeof text === 'string' && Object.hasOwn(languages, text)
}

/**
 * The best language for a browser's `Accept-Language`, or undefined when it asks for none that we have.
 * Source: RFC 9110, 12.5.4; a region such as `pt-BR` is served by its language.
 */
export function preferredLanguage(header: string | undefined, offered: readonly Language[] = allLanguages): Language | undefined {
  if (header === undefined) return undefined
  return header
    .slice(0, 1000)
    .split(',')
    .map((entry) => {
      const [range = '', ...parameters] = entry.trim().toLowerCase().split(';')
      const weight = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find((q) => q !== undefined)
      return { language: range.trim().split('-')[0], weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ language }) => language)
    .filter(isLanguage)
    .find((language) => offered.includes(language))
}

const momentParts = {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
} as const

/** A moment as people write it, in their language and time zone, with the zone's name. */
export function formatMoment(at: Date, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(languages[language].region, { ...momentParts, timeZone }).format(at)
}
