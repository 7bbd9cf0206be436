// What earlier runs have found out, so that a run that was broken off goes on where it was.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Case } from './rooms.ts'

/** `noticedBy`: the test that failed; null where none did. */
export type Verdict = { breaks: string; noticedBy: string | null }

const path = 'node_modules/.cache/gatehouse/mutants.json'

/** What a verdict is about: the change, the file that it is made in, and the tests. Of other files nothing is remembered. */
export function keyOf({ file, find, replace, tests, named }: Case): string {
  const texts = [file, ...tests].map((each) => readFileSync(each, 'utf8'))
  return createHash('sha256')
    .update(JSON.stringify([file, find, replace, tests, named, texts]))
    .digest('hex')
}

export function readKnown(): Map<string, Verdict> {
  return new Map(existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as [string, Verdict][]) : [])
}

export function keep(known: ReadonlyMap<string, Verdict>): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.new`, JSON.stringify([...known], null, 1))
  renameSync(`${path}.new`, path)
}
