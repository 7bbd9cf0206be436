// Texts: the same locales/ as the server's. Each language is a file of its own, loaded when somebody speaks it.
import i18next, { type TFunction } from 'i18next'
import { initReactI18next } from 'react-i18next'

export const languages = { en: 'English', es: 'Español', pt: 'Português' } as const
export type Language = keyof typeof languages

type Texts = Record<string, Record<string, unknown>>

const loaders: Record<Language, () => Promise<{ texts: Texts }>> = {
  en: () => import('./texts-en.ts'),
  es: () => import('./texts-es.ts'),
  pt: () => import('./texts-pt.ts'),
}

/** What import.meta.glob gives, by subject. */
export function bySubject(files: Record<string, unknown>): Texts {
  return Object.fromEntries(Object.entries(files).map(([path, texts]) => [/(\w[\w-]*)\.json$/.exec(path)![1]!, texts])) as Texts
}

export function isLanguage(text: string | null | undefined): text is Language {
  return typeof text === 'string' && Object.hasOwn(languages, text)
}

const regions = { en: 'en-GB', es: 'es', pt: 'pt' } as const

/** The language of this page, as the server chose it. */
export function pageLanguage(): Language {
  const { lang } = document.documentElement
  return isLanguage(lang) ? lang : 'en'
}

export async function openTexts(): Promise<void> {
  const language = pageLanguage()
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'console',
    ns: ['console'],
    resources: { [language]: (await loaders[language]()).texts as never },
    interpolation: { escapeValue: false },
  })
}

// Texts that only some screens need; the others do not wait for them.
const apart = import.meta.glob<Record<string, unknown>>('../../locales/*/{desk,passwords,rules}.json', { import: 'default' })

/** Loads the texts of a subject that is loaded apart. */
export async function loadTexts(subject: 'desk' | 'passwords' | 'rules'): Promise<void> {
  const language = pageLanguage()
  if (i18next.hasResourceBundle(language, subject)) return
  i18next.addResourceBundle(language, subject, await apart[`../../locales/${language}/${subject}.json`]!())
}

/** The texts of another language than the page's, for what is handed to somebody who speaks it. */
export async function textsIn(language: Language): Promise<TFunction> {
  if (!i18next.hasResourceBundle(language, 'console'))
    for (const [subject, texts] of Object.entries((await loaders[language]()).texts))
      i18next.addResourceBundle(language, subject, texts)
  return i18next.getFixedT(language)
}

/** A moment as people write it, with its zone. */
export function formatMoment(at: string, timeZone: string, language: Language = pageLanguage()): string {
  return new Intl.DateTimeFormat(regions[language], {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
  }).format(new Date(at))
}

export function formatDay(day: string): string {
  return new Intl.DateTimeFormat(regions[pageLanguage()], { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day))
}

export function formatNumber(number: number): string {
  return new Intl.NumberFormat(regions[pageLanguage()]).format(number)
}

/** A time of the day, in the person's time zone. */
export function formatTime(at: string, timeZone: string, withSeconds = false): string {
  return new Intl.DateTimeFormat(regions[pageLanguage()], {
    hour: 'numeric',
    minute: '2-digit',
    ...(withSeconds && { second: '2-digit' }),
    timeZone,
  }).format(new Date(at))
}
