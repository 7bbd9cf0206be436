// Password rules: what a new password must be. Length is counted in code points of the NFC form.
// Sources: NIST SP 800-63B-4, 3.1.1.2; ASVS 5.0, 6.2.1 to 6.2.12.
import { dictionary } from '@zxcvbn-ts/language-common'
import type { Rules } from '../../../contracts/rules.ts'
import { fitsPassword } from './hash-password.ts'

/** The rules that a new password itself is judged by. */
export type PasswordRules = Pick<
  Rules,
  'minimumLength' | 'minimumLowercase' | 'minimumUppercase' | 'minimumDigits' | 'minimumSymbols' | 'guessesPower'
>

/** What a judgement asks of others, because it costs more than a look. */
export type Judges = {
  /** See guess-estimate.ts. */
  estimate: (password: string, personal: readonly string[]) => Promise<number>
  /** Whether the password has become known in a breach; undefined where the operator has no list. */
  isBreached: ((password: string) => Promise<boolean>) | undefined
}

/** One broken rule. `passwords:rule.CODE` holds its texts. */
export type PasswordFault =
  | { code: 'too_long' }
  | { code: 'too_short'; count: number }
  | { code: 'lowercase' | 'uppercase' | 'digits' | 'symbols'; count: number }
  | { code: 'used_before'; count: number }
  | { code: 'common' | 'breached' | 'personal' | 'guessable' | 'unchanged' }

/** Whom the password is for: what an attacker would try first. */
export type PasswordOwner = { username: string; fullName: string; instanceName: string }

/**
 * Every rule that a new password breaks, in the order in which people read them; empty when it is accepted.
 * The costly judges are asked last, and not at all for what is refused as too long.
 */
export async function passwordFaults(
  password: string,
  owner: PasswordOwner,
  rules: PasswordRules,
  { estimate, isBreached }: Judges,
): Promise<PasswordFault[]> {
  if (!fitsPassword(password)) return [{ code: 'too_long' }]
  const normalised = password.normalize('NFC')
  const faults: PasswordFault[] = []
  const demand = (code: 'lowercase' | 'uppercase' | 'digits' | 'symbols', pattern: RegExp, count: number) => {
    if ((normalised.match(pattern)?.length ?? 0) < count) faults.push({ code, count })
  }

  if ([...normalised].length < rules.minimumLength) faults.push({ code: 'too_short', count: rules.minimumLength })
  demand('lowercase', /\p{Ll}/gu, rules.minimumLowercase)
  demand('uppercase', /\p{Lu}/gu, rules.minimumUppercase)
  demand('digits', /\p{Nd}/gu, rules.minimumDigits)
  demand('symbols', /[^\p{L}\p{M}\p{Nd}]/gu, rules.minimumSymbols)
  if (isCommon(normalised)) faults.push({ code: 'common' })
  else if (await isBreached?.(normalised)) faults.push({ code: 'breached' })
  if (isPersonal(normalised, owner)) faults.push({ code: 'personal' })
  // Most short or common passwords can also be guessed; said once is enough.
  if (faults.length === 0 && (await estimate(normalised, personalWords(owner))) < 10 ** rules.guessesPower)
    faults.push({ code: 'guessable' })
  return faults
}

const common = new Set<string>(
  (dictionary['passwords-common'] as readonly (string | number)[]).map((word) => String(word).toLowerCase()),
)

/** Whether the whole password stands in the list of common ones, whatever its case. */
export function isCommon(password: string): boolean {
  return common.has(password.toLowerCase())
}

/**
 * Whether the password is the username, the person's name or the instance's name with trimmings: other case, look-alike digits,
 * and digits or symbols around it. The whole password counts; a longer phrase that contains such a word is fine.
 */
function isPersonal(password: string, owner: PasswordOwner): boolean {
  const words = [...new Set(personalWords(owner).map(lettersOf))]
    .filter((word) => word !== '')
    .sort((one, other) => other.length - one.length)
  // A digit at an end is a trimming or a look-alike: "2026" or the 4 of "4na".
  const bare = password.normalize('NFKD')
  const forms = [
    bare,
    bare.replace(/^[^\p{L}]+/u, ''),
    bare.replace(/[^\p{L}]+$/u, ''),
    bare.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, ''),
  ].map(lettersOf)
  // Names in a row are still only names: "anaperezacme".
  return forms.some((form) => form !== '' && words.reduce((rest, word) => rest.replaceAll(word, ''), form) === '')
}

function personalWords({ username, fullName, instanceName }: PasswordOwner): string[] {
  return [username, fullName, instanceName, ...fullName.split(/\s+/), ...username.split(/[._@+-]/)].filter(
    (word) => word.length > 2,
  )
}

const lookAlikeDigits: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/** The letters alone, in small, with look-alike digits read as the letters that they stand for, and without accents. */
function lettersOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[0-9@$!]/g, (digit) => lookAlikeDigits[digit] ?? digit)
    .replace(/[^\p{L}]/gu, '')
}
