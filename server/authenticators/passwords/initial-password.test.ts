import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { deriveKeys } from '../../platform/secret.ts'
import { initialPasswordHash, isInitialPassword, newInitialPassword } from './initial-password.ts'

const keys = deriveKeys(randomBytes(32))

test('asvs-6.4.1 an initial password is four groups of four characters that nobody can mistake, and all of them occur', () => {
  const many = Array.from({ length: 2000 }, newInitialPassword)
  for (const one of many) assert.match(one, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
  assert.equal(new Set(many).size, many.length)
  for (const place of [0, 3, 5, 18])
    assert.equal(new Set(many.map((one) => one[place])).size, 32, `place ${place} takes every character`)
})

test('an initial password is read as people type it', () => {
  const stored = initialPasswordHash(keys, 'AB01-CD10-EFGH-JKMN')
  for (const typed of [
    'ab01-cd10-efgh-jkmn',
    'AB01CD10EFGHJKMN',
    ' ab01 cd10 efgh jkmn ',
    'ABO1-CDIO-EFGH-JKMN',
    'abol-cdlo-efgh-jkmn',
  ])
    assert.equal(isInitialPassword(keys, typed, stored), true, typed)
  assert.equal(isInitialPassword(keys, 'AB01-CD10-EFGH-JKMP', stored), false)
  assert.equal(isInitialPassword(keys, '', null), false)
})

// What word processors, chats and input methods make of a dash and put between letters: dashes and hyphens of every kind, the minus,
// spaces that are not the usual one, and what is not seen at all.
const everyDash = [...characters(/\p{Pd}/u), '\u2212', '']
const everySpace = [...characters(/\s/u), ...characters(/\p{Cf}/u)]

function characters(kind: RegExp): string[] {
  return Array.from({ length: 0x110000 }, (_, code) =>
    code >= 0xd800 && code < 0xe000 ? '' : String.fromCodePoint(code),
  ).filter((character) => kind.test(character))
}

test('an initial password is read with every dash that there is, or none, and with what stands between its letters unseen', () => {
  const stored = initialPasswordHash(keys, 'AB01-CD10-EFGH-JKMN')
  assert.ok(everyDash.length > 20 && everySpace.length > 150)
  for (const dash of everyDash) {
    const typed = ['ab01', 'cd10', 'EFGH', 'jkmn'].join(dash)
    assert.equal(isInitialPassword(keys, typed, stored), true, JSON.stringify(typed))
  }
  for (const space of everySpace) {
    const typed = `${space}AB01-C${space}D10-EFGH-JKMN${space}`
    assert.equal(isInitialPassword(keys, typed, stored), true, space.codePointAt(0)!.toString(16))
  }
  assert.equal(isInitialPassword(keys, 'ＡＢ０１－ＣＤ１０－ＥＦＧＨ－ＪＫＭＮ', stored), true, 'full width')
})

test('all of what is typed counts, however long it is', () => {
  const stored = initialPasswordHash(keys, 'AB01-CD10-EFGH-JKMN')
  for (const more of ['x', `${' '.repeat(100)}x`, `${'-'.repeat(4000)}x`, '0', '.'])
    for (const typed of [`AB01-CD10-EFGH-JKMN${more}`, `${more}AB01-CD10-EFGH-JKMN`])
      assert.equal(isInitialPassword(keys, typed, stored), false, typed)
  assert.equal(isInitialPassword(keys, `AB01-CD10-EFGH-JKMN${' '.repeat(1000)}`, stored), true, 'blanks are nothing')
})

test('asvs-13.3.1 what is stored of it is worth nothing without the key', () => {
  const other = deriveKeys(randomBytes(32))
  assert.equal(isInitialPassword(other, 'AB01-CD10-EFGH-JKMN', initialPasswordHash(keys, 'AB01-CD10-EFGH-JKMN')), false)
})
