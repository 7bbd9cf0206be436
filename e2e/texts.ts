// What the pages should say: the texts of locales/, read for the stories by themselves.
import { readdirSync, readFileSync } from 'node:fs'
import type { Language } from '../contracts/languages.ts'

/** Looks a text up, as `sign-in:log_in`, and puts the values in. Throws when there is none. */
export type Texts = (key: `${string}:${string}`, values?: Record<string, string>) => string

export function textsIn(language: Language): Texts {
  const folder = new URL(`../locales/${language}/`, import.meta.url)
  const subjects = Object.fromEntries(
    readdirSync(folder).map((file) => [file.replace('.json', ''), JSON.parse(readFileSync(new URL(file, folder), 'utf8'))]),
  )
  return (key, values = {}) => {
    const [subject = '', path = ''] = key.split(':')
    const text = path.split('.').reduce((found, part) => found?.[part], subjects[subject])
    if (typeof text !== 'string') throw new Error(`there is no text ${key} in ${language}`)
    return Object.entries(values).reduce((filled, [name, value]) => filled.replaceAll(`{{${name}}}`, value), text)
  }
}
