// `npm run mutants` takes an hour; here is only looked whether each of its changes can still be made.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { cases } from './mutants/rooms.ts'

const all = cases()

test('each mutant finds its text exactly once, changes it, and has tests that are there', () => {
  assert.ok(all.length >= 120)
  for (const { room, breaks, file, find, replace, tests, named } of all) {
    const places = readFileSync(file, 'utf8').split(find).length - 1
    assert.equal(places, 1, `${room}: ${breaks}: in ${file} its text is there ${places} times`)
    assert.notEqual(find, replace, breaks)
    assert.ok(tests.length > 0, breaks)
    for (const path of tests) assert.ok(existsSync(path), `${room}: ${path}`)
    const names = tests.map((path) => readFileSync(path, 'utf8')).join('\n')
    assert.ok(named === undefined || new RegExp(named).test(names), `${room}: no test is named ${named}`)
  }
})

test('no two mutants are the same', () => {
  assert.equal(new Set(all.map(({ file, find, replace }) => JSON.stringify([file, find, replace]))).size, all.length)
  assert.equal(new Set(all.map(({ breaks }) => breaks)).size, all.length)
})
