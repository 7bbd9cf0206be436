import { bySubject } from './texts.ts'

export const texts = bySubject(
  import.meta.glob(['../../locales/pt/*.json', '!../../locales/pt/{api,desk,messages,passwords,recovery,rules}.json'], {
    eager: true,
    import: 'default',
  }),
)
