import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountFields } from '../../../contracts/account-fields.ts'
import { holdsUnseen, isSeen, turnsReading } from '../../platform/name.ts'
import { accountFaults, isEmail } from './account-fields.ts'

const nothing: AccountFields = {
  fullName: 'Ana',
  email: null,
  phone: null,
  profileId: '',
  teamId: null,
  language: null,
  timeZone: null,
  validFrom: null,
  validUntil: null,
  loginHours: null,
}
const faultsOf = (fields: Partial<AccountFields>) =>
  accountFaults({ ...nothing, ...fields }).map(({ field, code }) => `${field} ${code}`)

/** Everything that is drawn as nothing, from the whole of Unicode, and each way to turn the reading. */
const characters = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
const drawnAsNothing = characters.filter((character) =>
  /[\p{Default_Ignorable_Code_Point}\p{Z}\u2800\u3164\uffa0]/u.test(character),
)
const controls = characters.filter((character) => /\p{Bidi_Control}/u.test(character))
const marks = ['\u200e', '\u200f', '\u061c']

test('a name of which nothing can be seen is none, whatever it is made of', () => {
  assert.ok(drawnAsNothing.length > 100)
  for (const character of drawnAsNothing)
    for (const name of [character, character.repeat(3), ` ${character} \u0301`]) {
      const faults = faultsOf({ fullName: name })
      assert.equal(faults.length, 1, JSON.stringify(name))
      assert.equal(isSeen(name), false, `${character.codePointAt(0)!.toString(16)}`)
    }
})

test('a name that turns the reading of itself or of what follows is refused, wherever the character stands; a mark of direction is none', () => {
  for (const character of controls)
    for (const name of [`${character}animdA`, `Ana${character}Souza`, `Ana${character}`]) {
      const expected = marks.includes(character) ? [] : ['fullName turns_reading']
      assert.deepEqual(faultsOf({ fullName: name }), expected, character.codePointAt(0)!.toString(16))
    }
  // Overrides that are no longer recommended, and tags, turn nothing or are unseen.
  assert.ok(turnsReading('\u206a'))
})

for (const name of [
  'Ana',
  'O’Brien-Smith, Jr.',
  '\u200fמשה כהן',
  'محمد علي',
  'محمد\u200cعلی',
  'क्\u200dषमा',
  'A\u0301',
  '😀 Ana',
  '❤\ufe0f Ana',
  '山田太郎',
  '3',
])
  test(`a name as people have it is taken: ${name}`, () => assert.deepEqual(faultsOf({ fullName: name }), []))

test('a name is one line, and is there', () => {
  assert.deepEqual(faultsOf({ fullName: ' ' }), ['fullName required'])
  for (const fullName of ['a\nb', 'a\u2028b', 'a\u2029b', 'a\tb', 'a\0b', '\ud800', 'a'.repeat(201)])
    assert.deepEqual(faultsOf({ fullName }), ['fullName not_one_line'], JSON.stringify(fullName))
  assert.deepEqual(faultsOf({ fullName: '😀'.repeat(200) }), [], 'counted in characters')
})

for (const [email, taken] of [
  ['ana@example.com', true],
  ['ana.b+c@mail.example.co', true],
  ['EM.F@EXAMPLE.COM', true],
  ['josé@example.com', true],
  ['ana@exämple.com', true],
  ['ana@xn--exmple-cua.com', true],
  ["o'brien_x%y@example.com", true],
  [`${'a'.repeat(64)}@example.com`, true],
  [`${'a'.repeat(65)}@example.com`, false],
  [`ana@${'a'.repeat(63)}.com`, true],
  [`ana@${'a'.repeat(64)}.com`, false],
  ['a..b@example.com', false],
  ['.a@example.com', false],
  ['a.@example.com', false],
  ['a@-example.com', false],
  ['a@example-.com', false],
  ['a@example.com.', false],
  ['a@.example.com', false],
  ['a@example..com', false],
  ['a@exam_ple.com', false],
  ['a@localhost', false],
  ['a@example.c', false],
  ['a@10.0.0.1', false],
  ['a@[10.0.0.1]', false],
  ['"ana b"@example.com', false],
  ['ana b@example.com', false],
  ['mailto:ana@example.com', false],
  ['Ana <ana@example.com>', false],
  ['ana@example.com; b@example.com', false],
  ['ana@b@example.com', false],
  ['', false],
] as const)
  test(`"${email.slice(0, 40)}" is ${taken ? 'an' : 'no'} email address`, () => assert.equal(isEmail(email), taken))

test('an email address holds nothing that nobody sees, wherever it stands', () => {
  for (const character of [...drawnAsNothing, ...controls])
    for (const email of [
      `ana@example.com${character}`,
      `ana${character}@example.com`,
      `ana@exam${character}ple.com`,
      `${character}ana@example.com`,
    ])
      assert.equal(isEmail(email), false, character.codePointAt(0)!.toString(16))
  assert.ok(holdsUnseen('\u200b'))
})

test('a name that people give to a thing is known by what is seen of it', async () => {
  const { nameFault } = await import('../../platform/name.ts')
  for (const character of drawnAsNothing.filter((each) => each !== ' '))
    assert.equal(nameFault(`North${character}East`), 'name_unseen_character', character.codePointAt(0)!.toString(16))
  for (const name of ['North', 'Ventas ⭐\ufe0f', 'Équipe 2']) assert.equal(nameFault(name), undefined, name)
})

test('dates and hours go forward', () => {
  assert.deepEqual(faultsOf({ validFrom: '2026-02-01', validUntil: '2026-01-31' }), ['validUntil ends_before_it_begins'])
  assert.deepEqual(faultsOf({ validFrom: '2026-02-01', validUntil: '2026-02-01' }), [])
  assert.deepEqual(faultsOf({ validFrom: '2026-02-30' }), ['validFrom not_a_day'])
  for (const span of [
    ['09:00', '09:00'],
    ['17:00', '09:00'],
    ['9:00', '10:00'],
    ['09:00', '24:01'],
    ['24:00', '24:00'],
  ] as [string, string][])
    assert.deepEqual(faultsOf({ loginHours: { mon: [span] } }), ['loginHours not_login_hours'], span.join())
  for (const span of [
    ['00:00', '24:00'],
    ['23:59', '24:00'],
  ] as [string, string][])
    assert.deepEqual(faultsOf({ loginHours: { mon: [span] } }), [])
})
