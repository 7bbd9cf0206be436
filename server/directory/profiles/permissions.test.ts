import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Language, languages } from '../../../contracts/languages.ts'
import { builtInProfiles, type Permission, permissions } from '../../../contracts/permissions.ts'
import { readTexts } from '../../platform/text.ts'
import { areaOf, shownProfileName } from './profiles.ts'

type Labels = Record<string, Record<string, string>>

for (const language of Object.keys(languages) as Language[]) {
  test(`every permission, every area and every built-in profile has its name in ${languages[language].name}, and nothing else has`, () => {
    const { areas, ...labels } = readTexts(language).permissions as Labels
    const keys = Object.entries(labels).flatMap(([area, actions]) => Object.keys(actions).map((action) => `${area}.${action}`))
    assert.deepEqual(keys.sort(), Object.keys(permissions).sort())
    assert.deepEqual(Object.keys(areas!).sort(), [...new Set((Object.keys(permissions) as Permission[]).map(areaOf))].sort())
    const names = readTexts(language).profiles as Record<string, string>
    assert.deepEqual(
      Object.keys(names).sort(),
      Object.keys(builtInProfiles)
        .map((name) => name.toLowerCase())
        .sort(),
    )
    for (const name of Object.keys(builtInProfiles))
      assert.equal(
        shownProfileName((key) => names[key.replace('profiles:', '')]!, name),
        names[name.toLowerCase()],
      )
  })
}

test('the screens say of a permission what the catalogue says', () => {
  const labels = readTexts('en').permissions as Labels
  for (const [key, allows] of Object.entries(permissions)) {
    const [area, action] = key.split('.') as [string, string]
    assert.equal(labels[area]![action], allows, key)
  }
})

test('a profile that is not built in is shown by its own name, whatever it is', () => {
  for (const name of ['constructor', '__proto__', 'Night shift'])
    assert.equal(
      shownProfileName((key) => key, name),
      name,
    )
})
