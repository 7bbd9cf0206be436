// Usernames: which ones there can be, and which ones are the same.
// Sources: RFC 8265, 3.3 (UsernameCaseMapped); Unicode TR #31 (recommended scripts) and TR #39, 5.1 and 4 (mixed and look-alike scripts).

export type UsernameFault = 'empty' | 'too_long' | 'character' | 'mixed_scripts' | 'look_alike'

const longest = 100

/**
 * What usernames are compared by: two usernames with the same key are the same person's.
 * NFKC makes one of what is written in several ways (ﬁ and fi, full and half width), upper and then lower case folds case also where
 * one letter becomes two (ß and SS) or two become one (ı and i, σ and ς).
 * Undefined when no account can have this name, so that it need not be looked for.
 */
export function usernameKey(username: string): string | undefined {
  // Cut before it is normalised: a login can send anything.
  if (username.length > 4 * longest || !username.isWellFormed()) return undefined
  const key = fold(username.trim())
  return key === '' || key.length > 4 * longest || hasForbiddenCharacter(key) ? undefined : key
}

function fold(text: string): string {
  const once = text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC')
  return once === text ? once : fold(once)
}

/** Why nobody can be given this username; undefined when somebody can. Length is counted in code points. */
export function usernameFault(username: string): UsernameFault | undefined {
  const trimmed = username.trim()
  if (trimmed === '') return 'empty'
  if ([...trimmed].length > longest) return 'too_long'
  if (!username.isWellFormed()) return 'character'
  const key = fold(trimmed)
  if (hasForbiddenCharacter(key) || hasForbiddenCharacter(trimmed)) return 'character'
  const scripts = scriptsOf(key)
  if (scripts.includes('other')) return 'character'
  if (scripts.length > 1 && !allowedTogether.some((together) => scripts.every((script) => together.includes(script))))
    return 'mixed_scripts'
  if (isAllLookAlikes(key)) return 'look_alike'
  return undefined
}

// Letters, marks and digits, and the marks that names and addresses have. No space, no control or format character (which can
// reverse or hide text), nothing unassigned (a later Unicode could make it equal to something else), no emoji.
const allowed = /^[\p{L}\p{M}0-9._@+'’-]+$/u
// Latin letters that are made for phonetics and look like ordinary ones: ɑ, ɡ, ǃ and their like.
const phonetic = /[\u01c0-\u01c3\u0250-\u02ff\u1d00-\u1dbf\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f]/u
const leadingMark = /^\p{M}|[0-9._@+'’-]\p{M}/u

function hasForbiddenCharacter(text: string): boolean {
  return (
    !allowed.test(text) ||
    phonetic.test(text) ||
    leadingMark.test(text) ||
    /[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/.test(text)
  )
}

// The scripts of TR #31, table 5, that living languages are written in.
const recommendedScripts = [
  'Arabic',
  'Armenian',
  'Bengali',
  'Cyrillic',
  'Devanagari',
  'Ethiopic',
  'Georgian',
  'Greek',
  'Gujarati',
  'Gurmukhi',
  'Hangul',
  'Han',
  'Hebrew',
  'Hiragana',
  'Kannada',
  'Katakana',
  'Khmer',
  'Lao',
  'Latin',
  'Malayalam',
  'Myanmar',
  'Oriya',
  'Sinhala',
  'Tamil',
  'Telugu',
  'Thaana',
  'Thai',
  'Tibetan',
] as const
const scriptTests = recommendedScripts.map((script) => ({ script, test: new RegExp(`\\p{Script=${script}}`, 'u') }))
const commonTest = /\p{Script=Common}|\p{Script=Inherited}/u
// TR #39, 5.2, "highly restrictive": what is written together in Japanese, Chinese and Korean.
const allowedTogether = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Hangul'],
]

function scriptsOf(text: string): string[] {
  const found = new Set<string>()
  for (const character of text) {
    if (commonTest.test(character)) continue
    found.add(scriptTests.find(({ test }) => test.test(character))?.script ?? 'other')
  }
  return [...found]
}

// Small letters of other scripts that look like a Latin one (TR #39, confusables.txt, single characters).
// A name made only of these could pass for a Latin name: "аса" in Cyrillic for "aca".
const latinLookAlikes = /^[асеһіјӏорԛѕԝхуүɡνορυαѵօսոհցզᴏ0-9._@+'’-]+$/u

function isAllLookAlikes(key: string): boolean {
  return latinLookAlikes.test(key) && /[^\p{Script=Common}]/u.test(key)
}

/**
 * What usernames look like: two names with different keys and the same skeleton can be taken for each other, such as anna1 and annal.
 * Names of other scripts that look Latin are refused anyway; this is about what is left. Source: TR #39, 4 (confusable detection).
 */
export function usernameSkeleton(username: string): string {
  // A capital I among small letters is an l to the eye.
  const seen = username
    .trim()
    .normalize('NFKC')
    .replace(/(?<!\p{Lu})I(?!\p{Lu})/gu, 'l')
  return fold(seen).replaceAll('’', "'").replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('rn', 'm').replaceAll('vv', 'w')
}
