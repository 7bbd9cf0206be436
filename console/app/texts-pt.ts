import { bySubject } from './texts.ts'

export const texts = bySubject(
  import.meta.glob('../../locales/pt/{common,console,faults,home,problems,sign-in}.json', { eager: true, import: 'default' }),
)
