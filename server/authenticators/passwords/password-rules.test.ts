import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { defaultRules } from '../../rules/rules.ts'
import { openGuessEstimator } from './guess-estimate.ts'
import { passwordFaults } from './password-rules.ts'

const guesses = openGuessEstimator()
after(() => guesses.close())
// More cases than one person has estimates.
let persons = 0
const estimate = (password: string, personal: readonly string[]) => guesses.estimate(`person ${++persons}`, password, personal)
const owner = { username: 'ana.perez', fullName: 'Ana Pérez', instanceName: 'acme' }
const faultsOf = async (password: string, rules = defaultRules) =>
  (await passwordFaults(password, owner, rules, { estimate, isBreached: undefined })).map(({ code }) => code)

const fourteen = 'gk2 wq9 zt4 hm'
const emoji = '😀🐙🌵🎻🚲🧭🪁🦊🍋🎲🧩🛶🌙🦉'
const cases: [id: string, what: string, password: string, faults: string[]][] = [
  ['asvs-6.2.1', '14 characters', fourteen, ['too_short']],
  ['asvs-6.2.1', '15 characters', `${fourteen}7`, []],
  ['asvs-6.2.1', '14 emoji, which are 28 UTF-16 units', emoji, ['too_short']],
  ['asvs-6.2.1', '15 emoji', `${emoji}🪵`, []],
  [
    'nist-3.1.1.2',
    '14 letters, each with a combining accent that NFC joins',
    'e\u0301x\u0308'.repeat(7).slice(0, 28),
    ['too_short'],
  ],
  ['asvs-6.2.9', '64 characters', 'walnut drifts over copper rails and nine lamps burn in the attic', []],
  ['asvs-6.2.9', '1024 characters', 'walnut drifts over copper rails, '.repeat(32).slice(0, 1024), []],
  ['asvs-6.2.9', '1025 characters', `${'walnut drifts over copper rails, '.repeat(32).slice(0, 1024)}x`, ['too_long']],
  ['asvs-6.2.9', '1024 characters of 4 bytes', '😀🐙🌵🎻'.repeat(256), []],
  ['asvs-6.2.5', 'small letters only', 'walnutdriftsovercopper', []],
  ['asvs-6.2.5', 'spaces count', 'w l n t d r f s', []],
  ['asvs-6.2.4', 'the most common one', '123456', ['too_short', 'common']],
  ['asvs-6.2.4', 'a common one in another case', 'PassWord', ['too_short', 'common']],
  ['asvs-6.2.12', 'a long common one', 'Q1w2e3r4t5y6u7i8o9p0', ['common']],
  ['asvs-6.1.2', 'the username with trimmings', '..Ana.Perez.2026..', ['personal']],
  ['asvs-6.1.2', "the person's name in look-alike digits", '4n4 p3r3z 2026 !', ['personal']],
  ['asvs-6.1.2', 'names in a row', 'AcmeAnaPerezAcme!!', ['personal']],
  ['asvs-6.1.2', 'a longer phrase that holds a name', 'ana perez walks seven wet goats home', []],
  ['asvs-6.2.4', 'a long one that is quickly guessed', 'aaaaaaaaaaaaaaaaaaaa', ['guessable']],
  ['asvs-6.2.4', 'a walk over the keyboard', 'qwertyuiopasdfghjkl', ['guessable']],
]
for (const [id, what, password, faults] of cases) {
  test(`${id} a new password: ${what} → ${faults.join(', ') || 'accepted'}`, async () =>
    assert.deepEqual(await faultsOf(password), faults))
}

test('asvs-6.2.5 rules about kinds of characters hold once an Administrator sets them, and name every one that is broken', async () => {
  const rules = { ...defaultRules, minimumLowercase: 2, minimumUppercase: 2, minimumDigits: 2, minimumSymbols: 2 }
  assert.deepEqual(await faultsOf('ñandúgriseslejos', rules), ['uppercase', 'digits', 'symbols'])
  assert.deepEqual(await faultsOf('ÑANDÚgrises 42 lejos', rules), [])
})

test('nist-3.1.1.2 the rules of every common password of at least 15 characters refuse it', async () => {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  const long = (dictionary['passwords-common'] as (string | number)[]).map(String).filter((word) => [...word].length >= 15)
  assert.ok(long.length > 30)
  for (const word of long) assert.ok((await faultsOf(word)).includes('common'), word)
})
