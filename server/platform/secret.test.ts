import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declareCookie } from './cookie.ts'
import { declareKey, deriveKeys, hashToken, keyedHash, newToken, sameBytes, seal, unseal } from './secret.ts'

const keys = deriveKeys(Buffer.alloc(32, 7))

test('asvs-7.2.3 asvs-11.5.1 a token is 256 random bits, and none comes twice', () => {
  const tokens = Array.from({ length: 1000 }, newToken)
  for (const token of tokens) assert.equal(Buffer.from(token, 'base64url').length, 32)
  assert.equal(new Set(tokens).size, tokens.length)
  assert.equal(hashToken(tokens[0]!).length, 32)
})

test('two features share neither a key nor a cookie', () => {
  const one = declareKey('test: one')
  const other = declareKey('test: other')
  assert.throws(() => declareKey('test: one'), /two keys/)
  assert.notDeepEqual(keys.of(one), keys.of(other))
  assert.notDeepEqual(deriveKeys(Buffer.alloc(32, 8)).of(one), keys.of(one))
  assert.notDeepEqual(keyedHash(keys.of(one), 'text'), keyedHash(keys.of(other), 'text'))
  assert.equal(declareCookie('test').name, '__Host-gatehouse-test')
  assert.throws(() => declareCookie('test'), /two cookies/)
})

test('what is sealed is read with its key, for what it was sealed for, and unchanged', () => {
  const key = keys.of(declareKey('test: sealing'))
  const sealed = seal(key, 'a secret', 'one purpose', 100)
  assert.equal(unseal(key, sealed, 'one purpose'), 'a secret')
  assert.equal(sealed.length, seal(key, '', 'one purpose', 100).length, 'its length says nothing')
  assert.notDeepEqual(seal(key, 'a secret', 'one purpose', 100), sealed, 'nor does seeing it twice')
  assert.throws(() => unseal(key, sealed, 'another purpose'))
  assert.throws(() => unseal(keys.of(declareKey('test: another')), sealed, 'one purpose'))
  for (const at of [0, 12, sealed.length - 1]) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    assert.throws(() => unseal(key, changed, 'one purpose'), `byte ${at}`)
  }
})

test('bytes are the same when all of them are', () => {
  assert.ok(sameBytes(Buffer.from('ab'), Buffer.from('ab')))
  for (const other of ['aa', 'a', 'abc', '']) assert.ok(!sameBytes(Buffer.from('ab'), Buffer.from(other)), other)
})
