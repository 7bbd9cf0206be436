// Names as people order and look for them: whatever form of Unicode, case, accents and signs they are written in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { get, loggedIn, startFloor } from '../../../test/floor.ts'

type List = { accounts: { fullName: string; username: string }[] }
const names = [
  'ana Álvarez',
  'Ana Pérez',
  'Ana-María',
  'Ábel Kiss',
  'Łukasz Żak',
  'Lyra Voss',
  'Nuñez Oro',
  'Nzinga Alta',
  'Ñandú Bruno',
  'Oba Ito',
  'Ólafur Þór',
  'Straße Weiß',
  'Zoë Müller',
  'Übel Tag',
]
/** By base letters, accents after none, ñ after n. Source: UTS #10 and the collation of Spanish in CLDR. */
const ordered = [
  'Ábel Kiss',
  'ana Álvarez',
  'Ana Pérez',
  'Ana-María',
  'Łukasz Żak',
  'Lyra Voss',
  'Nuñez Oro',
  'Nzinga Alta',
  'Ñandú Bruno',
  'Oba Ito',
  'Ólafur Þór',
  'Straße Weiß',
  'Übel Tag',
  'Zoë Müller',
]

test('names are ordered as people do and not by the numbers of their characters, in every list', async (t) => {
  const { system, admin } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  await system.sql("delete from account where username in ('ana', 'ben', 'super')")
  const { teams } = await get<{ teams: unknown[] }>(browser, '/api/teams')
  for (const [i, fullName] of names.entries()) {
    const { id } = await system.addAccount({ username: `p${i}`, fullName })
    await system.sql('insert into team (instance_id, name) values ($1, $2)', [system.main.id, fullName])
    await system.sql('insert into profile (instance_id, name, permissions) values ($1, $2, array[]::text[])', [
      system.main.id,
      fullName,
    ])
    if (i % 2 === 0) await system.sql('update account set email = $2 where id = $1', [id, `p${i}@example.com`])
  }
  const isOurs = (name: string) => names.includes(name)
  const collator = new Intl.Collator('es')
  assert.deepEqual([...names].sort(collator.compare), ordered, 'as the collation of Spanish has it')
  for (const query of ['', '&state=ready', '&search=p'])
    for (const descending of [false, true]) {
      const list = await get<List>(browser, `/api/accounts?sort=fullName${descending ? '&direction=desc' : ''}${query}`)
      const found = list.accounts.map(({ fullName }) => fullName).filter(isOurs)
      assert.deepEqual(found, descending ? ordered.toReversed() : ordered, query)
    }
  const named = async (url: string, key: 'teams' | 'profiles') =>
    (await get<Record<string, { name: string }[]>>(browser, url))[key]!.map(({ name }) => name).filter(isOurs)
  assert.deepEqual(await named('/api/teams', 'teams'), ordered)
  assert.deepEqual(await named('/api/profiles', 'profiles'), ordered)
  assert.deepEqual(await named('/api/accounts/choices', 'teams'), ordered)
  assert.deepEqual(await named('/api/accounts/choices', 'profiles'), ordered)
  assert.ok(teams)
})

test('usernames are ordered like names', async (t) => {
  const { system, admin } = await startFloor(t)
  for (const username of ['zoë', 'ábel', 'ñandú', 'nzinga', 'bruno']) await system.addAccount({ username, fullName: 'Of These' })
  const browser = await loggedIn(system, admin)
  const list = await get<List>(browser, '/api/accounts?sort=username&search=of these')
  assert.deepEqual(
    list.accounts.map(({ username }) => username),
    ['ábel', 'bruno', 'nzinga', 'ñandú', 'zoë'],
  )
})

const looked: [typed: string, found: string | undefined][] = [
  ['perez', 'Ana Pérez'],
  ['PÉREZ', 'Ana Pérez'],
  ['Pe\u0301rez', 'Ana Pérez'],
  ['ｐｅｒｅｚ', 'Ana Pérez'],
  ['strasse', 'Straße Weiß'],
  ['STRASSE', 'Straße Weiß'],
  ['lukasz', 'Łukasz Żak'],
  ['zak', 'Łukasz Żak'],
  ['thor', 'Ólafur Þór'],
  ['nandu', 'Ñandú Bruno'],
  ['ñandú', 'Ñandú Bruno'],
  ['ana‑maria', 'Ana-María'],
  ['muller zoe', 'Zoë Müller'],
  ['%', undefined],
  ['_', undefined],
  ['\\', undefined],
  ['％', undefined],
  ['p％z', undefined],
]
test('a name is found however it is typed, and no sign of a pattern finds anything', async (t) => {
  const { system, admin } = await startFloor(t)
  for (const [i, fullName] of names.entries()) await system.addAccount({ username: `q${i}`, fullName })
  const browser = await loggedIn(system, admin)
  for (const [typed, found] of looked) {
    const list = await get<List>(browser, `/api/accounts?search=${encodeURIComponent(typed)}`)
    const mine = list.accounts.map(({ fullName }) => fullName).filter((name) => names.includes(name))
    assert.deepEqual(mine, found === undefined ? [] : [found], typed)
  }
  for (const typed of ['Pe\u0301rez', 'lukasz']) {
    const { people } = await get<{ people: { fullName: string }[] }>(browser, `/api/desk?search=${encodeURIComponent(typed)}`)
    assert.equal(people.length, 1, typed)
  }
})

test('whatever a name holds, it is found by itself in any form of Unicode and case, and has its place', async (t) => {
  const { system } = await startFloor(t)
  const word = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
    .filter((text) => text.isWellFormed() && !text.includes('\0'))
  const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const
  await fc.assert(
    fc.asyncProperty(word, fc.constantFrom(...forms), async (name, form) => {
      const [row] = await system.sql<{ found: boolean; place: number }>(
        'select searchable($1) like search_pattern($2) as found, octet_length(sortable($1)) as place',
        [name, name.normalize(form)],
      )
      assert.ok(row!.found, JSON.stringify(name))
      assert.ok(row!.place < 2000, 'what an index can hold')
    }),
    { numRuns: 200 },
  )
  // What grows the most when it is taken apart.
  const longest = await system.addAccount({ username: 'longest', fullName: '\ufdfa'.repeat(200) })
  assert.ok(longest)
})
