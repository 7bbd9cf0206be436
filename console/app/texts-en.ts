import { bySubject } from './texts.ts'

export const texts = bySubject(import.meta.glob('../../locales/en/*.json', { eager: true, import: 'default' }))
