import { bySubject } from './texts.ts'

export const texts = bySubject(
  import.meta.glob(['../../locales/es/*.json', '!../../locales/es/{api,desk,messages,passwords,recovery,rules}.json'], {
    eager: true,
    import: 'default',
  }),
)
