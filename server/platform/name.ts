// Names that people give to things: a profile, a team.

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
  return /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\ufffd]/u.test(name) ? 'name_unseen_character' : undefined
}

/** What names are compared by, as the unique indexes of migrations/ do. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
