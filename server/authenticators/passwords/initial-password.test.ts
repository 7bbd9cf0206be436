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

test('asvs-13.3.1 what is stored of it is worth nothing without the key', () => {
  const other = deriveKeys(randomBytes(32))
  assert.equal(isInitialPassword(other, 'AB01-CD10-EFGH-JKMN', initialPasswordHash(keys, 'AB01-CD10-EFGH-JKMN')), false)
})
