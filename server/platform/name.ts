// Names that people give to things and to each other: a profile, a team, a person.

const longest = 60

/** A name as it is kept: in NFC, without blanks around it, and with one blank where several were typed. */
export function tidyName(typed: string): string {
  return typed.toWellFormed().normalize('NFC').replace(/\s+/gu, ' ').trim()
}

/**
 * What is wrong with a tidy name; undefined when nothing is.
 * Characters that cannot be seen are refused: with them, two names could look the same.
 */
export function nameFault(name: string): 'required' | 'name_too_long' | 'name_unseen_character' | undefined {
  if (name === '') return 'required'
  if ([...name].length > longest) return 'name_too_long'
  return /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\ufffd]/u.test(name) || holdsUnseen(name) ? 'name_unseen_character' : undefined
}

// What is drawn as nothing: blanks, what controls other characters, fillers, the blank of Braille and the empty head of a musical note.
// Source: Unicode 17, DerivedCoreProperties (Default_Ignorable_Code_Point).
const unseen = '\\p{Cc}\\p{Cf}\\p{Z}\\p{Default_Ignorable_Code_Point}\\u2800\\u{1d159}'
// The form of an emoji is chosen by a character after it.
const anyUnseen = new RegExp(`(?! |(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f])[${unseen}]`, 'u')
// A mark by itself is no letter; what nobody has assigned may be drawn as nothing.
const anySeen = new RegExp(`[^${unseen}\\p{M}\\p{Cn}\\p{Co}]`, 'u')

/** Whether there is a character, other than a blank, that nobody sees. */
export function holdsUnseen(text: string): boolean {
  return anyUnseen.test(text)
}

/** Whether there is anything that people can see, and so point at. */
export function isSeen(text: string): boolean {
  return anySeen.test(text)
}

/**
 * Whether it holds what turns the direction in which text is read, of itself and of what stands after it. Names in Arabic and Hebrew need
 * none: their letters have a direction, and the marks U+200E, U+200F and U+061C turn nothing. Sources: UAX #9, 2; UTR #36, 2.5.
 */
export function turnsReading(text: string): boolean {
  return /[\u202a-\u202e\u2066-\u2069\u206a-\u206f]/u.test(text)
}

/** What names are compared by, as the unique indexes of migrations/ do. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
