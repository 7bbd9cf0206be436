import { bySubject } from './texts.ts'

export const texts = bySubject(
  import.meta.glob('../../locales/es/{common,console,faults,home,problems,sign-in}.json', { eager: true, import: 'default' }),
)
