// Texts: the same locales/ as the server's. Each language is loaded when somebody speaks it (vite.config.ts makes it one file).
import i18next, { type TFunction } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { fallbackLanguage, type Language, languages } from '../../contracts/languages.ts'

type Texts = Record<string, unknown>

/** What every screen needs. */
const together = import.meta.glob<Texts>(
  [
    '../../locales/*/*.json',
    '!../../locales/*/{api,audit,desk,factors,imports,live,mail,messages,modules,modules-console,palette,passwords,person,recovery,rules,second-factor,sign-in,start}.json',
  ],
  { import: 'default' },
)

/** The texts of a language, by subject. */
async function textsOf(language: Language): Promise<Record<string, Texts>> {
  const files = Object.entries(together).filter(([path]) => path.startsWith(`../../locales/${language}/`))
  return Object.fromEntries(
    await Promise.all(files.map(async ([path, load]) => [/([\w-]+)\.json$/.exec(path)![1]!, await load()] as const)),
  )
}

export function isLanguage(text: string | null | undefined): text is Language {
  return typeof text === 'string' && Object.hasOwn(languages, text)
}

/** The language of this page, as the server chose it. */
export function pageLanguage(): Language {
  const { lang } = document.documentElement
  return isLanguage(lang) ? lang : fallbackLanguage
}

export async function openTexts(): Promise<void> {
  const language = pageLanguage()
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'console',
    ns: ['console'],
    resources: { [language]: (await textsOf(language)) as never },
    interpolation: { escapeValue: false },
  })
}

// Texts that only some screens need; the others do not wait for them.
const apart = import.meta.glob<Texts>(
  '../../locales/*/{audit,desk,factors,imports,live,mail,modules-console,palette,passwords,person,rules,start}.json',
  {
    import: 'default',
  },
)

/** Loads the texts of a subject that is loaded apart. */
export async function loadTexts(
  subject:
    | 'audit'
    | 'desk'
    | 'factors'
    | 'imports'
    | 'live'
    | 'mail'
    | 'modules-console'
    | 'palette'
    | 'passwords'
    | 'person'
    | 'rules'
    | 'start',
): Promise<void> {
  const language = pageLanguage()
  if (i18next.hasResourceBundle(language, subject)) return
  i18next.addResourceBundle(language, subject, await apart[`../../locales/${language}/${subject}.json`]!())
}

/** The texts of another language than the page's, for what is handed to somebody who speaks it. */
export async function textsIn(language: Language): Promise<TFunction> {
  if (!i18next.hasResourceBundle(language, 'console'))
    for (const [subject, texts] of Object.entries(await textsOf(language))) i18next.addResourceBundle(language, subject, texts)
  return i18next.getFixedT(language)
}

/** A moment as people write it, with its zone. */
export function formatMoment(at: string, timeZone: string, language: Language = pageLanguage()): string {
  return new Intl.DateTimeFormat(languages[language].region, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
  }).format(new Date(at))
}

export function formatDay(day: string): string {
  return new Intl.DateTimeFormat(languages[pageLanguage()].region, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day))
}

export function formatNumber(number: number): string {
  return new Intl.NumberFormat(languages[pageLanguage()].region).format(number)
}

/** A short time, in its greatest unit: `4 s`, `3 min`. */
export function formatSeconds(seconds: number): string {
  const [value, unit] = seconds < 60 ? [seconds, 'second'] : seconds < 3600 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour']
  const region = languages[pageLanguage()].region
  return new Intl.NumberFormat(region, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 }).format(value)
}

/** A time of the day, in the person's time zone. */
export function formatTime(at: string, timeZone: string, withSeconds = false): string {
  return new Intl.DateTimeFormat(languages[pageLanguage()].region, {
    hour: 'numeric',
    minute: '2-digit',
    ...(withSeconds && { second: '2-digit' }),
    timeZone,
  }).format(new Date(at))
}
