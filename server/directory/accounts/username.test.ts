import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type UsernameFault, usernameFault, usernameKey } from './username.ts'

const accepted = [
  'ana',
  'Ana.Pérez',
  'ana_perez-2',
  'ana@example.com',
  "o'neill",
  '4711',
  'İbrahim',
  'ışık',
  'мария',
  'Ελένη',
  '山田',
  'やまだ太郎',
  '김민준',
  'फ़ातिमा',
]
for (const username of accepted) test(`"${username}" can be a username`, () => assert.equal(usernameFault(username), undefined))

const refused: [username: string, fault: UsernameFault, why: string][] = [
  ['', 'empty', 'nothing'],
  ['   ', 'empty', 'spaces only'],
  ['a'.repeat(101), 'too_long', 'over 100 characters'],
  ['ana perez', 'character', 'a space'],
  ['ana\u200bperez', 'character', 'a zero-width space'],
  ['ana\u202eperez', 'character', 'a mark that turns the direction'],
  ['ana\u0000', 'character', 'a NUL'],
  ['ana\u0378', 'character', 'an unassigned code point'],
  ['ana\ue000', 'character', 'a private code point'],
  ['ana\ud800', 'character', 'half a surrogate pair'],
  ['ana😀', 'character', 'an emoji'],
  ['ɑna', 'character', 'a phonetic letter that looks like a'],
  ['ana<script>', 'character', 'angle brackets'],
  ['٤٧١١', 'character', 'digits of another system'],
  ['аna', 'mixed_scripts', 'a Cyrillic letter among Latin ones'],
  ['pαul', 'mixed_scripts', 'a Greek letter among Latin ones'],
  ['аса', 'look_alike', 'Cyrillic letters that all look Latin'],
  ['ᏚᎢ', 'character', 'a script that is not in use any more'],
]
for (const [username, fault, why] of refused) {
  test(`asvs-2.2.1 ${JSON.stringify(username).slice(0, 30)} cannot be a username: ${why}`, () => {
    const found = usernameFault(username)
    assert.ok(found === fault || (fault === 'mixed_scripts' && found === 'character'), `found ${found}`)
  })
}

const same: [string, string, string][] = [
  ['Ana', 'aNA', 'case'],
  ['ana', ' ana ', 'spaces around'],
  ['pérez', 'pe\u0301rez', 'one letter or letter and accent'],
  ['ana', 'ａｎａ', 'full width'],
  ['fin', 'ﬁn', 'a ligature'],
  ['kelvin', '\u212aelvin', 'the Kelvin sign'],
  ['strasse', 'straße', 'sharp s'],
  ['νικος', 'ΝΙΚΟΣ', 'final sigma'],
  ['isik', 'ısık', 'dotless i'],
]
for (const [one, other, why] of same) {
  test(`cve-C21 "${one}" and "${other}" are the same username: ${why}`, () => assert.equal(usernameKey(one), usernameKey(other)))
}

test('cve-C21 the key of a key is the key, for any text, and case never tells two usernames apart', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
      const key = usernameKey(text)
      if (key === undefined) return
      assert.equal(usernameKey(key), key)
      assert.equal(usernameKey(text.toUpperCase()), key)
      assert.equal(usernameKey(text.toLowerCase()), key)
    }),
    { numRuns: 5000 },
  )
})

test('a name of any length and content is answered quickly and without a throw', () => {
  assert.equal(usernameKey('a'.repeat(1_000_000)), undefined)
  assert.equal(usernameKey('\ufdfa'.repeat(100)), undefined, 'one character that becomes eighteen')
})
