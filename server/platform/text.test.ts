import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { allLanguages, languages } from '../../contracts/languages.ts'
import { preferredLanguage, readTexts } from './text.ts'

/** Every key of one language, with its placeholders. Plural forms of one text are one key. */
function keysOf(texts: object, prefix = ''): Map<string, string> {
  const keys = new Map<string, string>()
  for (const [name, value] of Object.entries(texts)) {
    const path = `${prefix}${name}`
    if (typeof value === 'object') for (const [key, text] of keysOf(value, `${path}.`)) keys.set(key, text)
    else keys.set(path, String(value))
  }
  return keys
}

const english = keysOf(readTexts('en'))
for (const language of allLanguages.filter((each) => each !== 'en')) {
  test(`every English text stands in ${languages[language].name} too, with the same placeholders, and is translated`, () => {
    const other = keysOf(readTexts(language))
    assert.deepEqual([...other.keys()].sort(), [...english.keys()].sort())
    const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort()
    for (const [key, text] of english) {
      assert.deepEqual(placeholders(other.get(key)!), placeholders(text), key)
      if (text.split(' ').length > 2) assert.notEqual(other.get(key), text, `${key} is still English`)
    }
  })
}

test('every refusal has its title and its next step in every language', () => {
  const codes = new Set(
    globSync('server/**/*.ts', { exclude: ['**/*.test.ts'] }).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/(?:new Problem\(|super\()\s*\w+,\s*'([a-z_]+)'/g)].map((match) => match[1]!),
    ),
  )
  assert.ok(codes.size > 10, [...codes].join())
  for (const code of codes)
    for (const part of ['title', 'next']) assert.ok(english.has(`problems.${code}.${part}`), `problems:${code}.${part}`)
})

test('no page asks for a text that is not there', () => {
  for (const path of globSync('server/**/*.ts', { exclude: ['**/*.test.ts'] })) {
    for (const [, asked] of readFileSync(path, 'utf8').matchAll(/\bt\('([a-z-]+:[\w.]+)'/g)) {
      const key = asked!.replace(':', '.')
      assert.ok(english.has(key) || english.has(`${key}_other`), `${path} asks for ${asked}`)
    }
  }
})

const headers: [header: string | undefined, language: string | undefined][] = [
  [undefined, undefined],
  ['', undefined],
  ['es', 'es'],
  ['pt-BR,pt;q=0.9,en;q=0.8', 'pt'],
  ['de-DE,de;q=0.9,es;q=0.5', 'es'],
  ['en;q=0.1, es;q=0.9', 'es'],
  ['es;q=0, en', 'en'],
  ['*', undefined],
  ['de', undefined],
  ['__proto__, constructor, en', 'en'],
  [`${'x,'.repeat(100_000)}`, undefined],
]
for (const [header, language] of headers) {
  test(`a browser that asks for "${String(header).slice(0, 30)}" is answered in ${language ?? 'the default'}`, () =>
    assert.equal(preferredLanguage(header), language))
}
