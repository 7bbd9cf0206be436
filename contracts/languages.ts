/** The languages, each with its own name, and the region in whose order people read days and months. */
export const languages = {
  // Without the American order, which the rest of the world misreads.
  en: { name: 'English', region: 'en-GB' },
  es: { name: 'Español', region: 'es', alsoCalled: ['castellano'] },
  pt: { name: 'Português', region: 'pt' },
} as const satisfies Record<string, { name: string; region: string; alsoCalled?: readonly string[] }>

export type Language = keyof typeof languages
export const allLanguages = Object.keys(languages) as Language[]

/** For people whose language we do not have. */
export const fallbackLanguage: Language = 'en'
