import { bySubject } from './texts.ts'

export const texts = bySubject(import.meta.glob('../../locales/es/*.json', { eager: true, import: 'default' }))
