import { bySubject } from './texts.ts'

export const texts = bySubject(
  import.meta.glob(['../../locales/en/*.json', '!../../locales/en/{api,desk,messages,passwords,recovery,rules}.json'], {
    eager: true,
    import: 'default',
  }),
)
