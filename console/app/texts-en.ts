import { bySubject } from './texts.ts'

export const texts = bySubject(
  import.meta.glob(['../../locales/en/*.json', '!../../locales/en/{passwords,rules}.json'], { eager: true, import: 'default' }),
)
