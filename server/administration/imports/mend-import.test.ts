// What people bring, and how it is mended in the dry run: another sheet, encoding or file, cells, teams that are not there yet.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Browser } from '../../../test/browser.ts'
import { call, type Details, rowsOf, run, startFloor, upload } from '../../../test/import-floor.ts'
import { xlsx } from '../../../test/workbooks.ts'
import { beginCheck, finishCheck, holdCheck } from './store.ts'

const input = (name: string) => readFile(new URL(`../../../test/inputs/${name}`, import.meta.url))
const saidOf = async (browser: Browser, details: Details, query = '') =>
  (await rowsOf(browser, details, query)).map(({ row, verdict, problems }) => [
    row,
    verdict,
    ...problems.map(({ column, code }) => `${column} ${code}`),
  ])
type Causes = {
  causes: { column: string; code: string; note: boolean; rows: number; values: { value: string; rows: number }[] }[]
}
const check = (browser: Browser, { id, columns, hasHeader, onExisting }: Details, more: Record<string, unknown> = {}) =>
  call<Details>(browser, 'PUT', `/api/imports/${id}`, {
    mapping: columns.map(({ field }) => field),
    hasHeader,
    onExisting,
    ...more,
  })

for (const [name, people] of [
  [
    'title.csv',
    [
      ['tic.ana', 'Ana T'],
      ['tic.bruno', 'Bruno T'],
    ],
  ],
  [
    'title-above.xlsx',
    [
      ['ttl.ana', 'Ana Pérez'],
      ['ttl.bruno', 'Bruno Ñandú'],
    ],
  ],
  [
    'sep.csv',
    [
      ['sep.ana', 'Ana Sep'],
      ['sep.bruno', 'Bruno Sep'],
    ],
  ],
  [
    'equals-quoted.csv',
    [
      ['0412', 'Ana Equals'],
      ['eq.b', 'Bruno'],
    ],
  ],
  ['utf16le-nobom.csv', [['u16.ana', 'Ana Pérez']]],
  [
    'macroman.csv',
    [
      ['mac.ana', 'Ana Pérez'],
      ['mac.b', 'Núñez'],
    ],
  ],
  ['cp850.csv', [['dos.ana', 'Ana Pérez Núñez']]],
] as [string, string[][]][])
  test(`a file as people have it is imported: ${name}`, async (t) => {
    const { system, browser } = await startFloor(t)
    const checked = await upload(browser, await input(name))
    assert.deepEqual([checked.state, checked.rows, checked.verdicts.create], ['checked', people.length, people.length])
    await run(browser, checked)
    const names = people.map(([username]) => username)
    const accounts = await system.sql<{ username: string; full_name: string }>(
      'select username, full_name from account where username = any ($1) order by username',
      [names],
    )
    assert.deepEqual(
      accounts.map(({ username, full_name }) => [username, full_name]),
      people,
    )
  })

test('UTF-8 stays UTF-8 with one broken byte, and that row is told; with a mark too', async (t) => {
  const { browser } = await startFloor(t)
  const text = Buffer.from('Username,Full Name\nana,Ana Pérez\nzoe,Zoë Müller\nben,Ben \u00e1\n')
  const broken = Buffer.concat([text.subarray(0, -2), Buffer.from('\n')])
  for (const file of [broken, Buffer.concat([Buffer.from('\ufeff'), broken])]) {
    const checked = await upload(browser, file)
    assert.deepEqual([checked.state, checked.encoding], ['checked', 'utf-8'])
    assert.deepEqual(await saidOf(browser, checked), [
      [2, 'create'],
      [3, 'create'],
      [4, 'refused', 'fullName cell_damaged'],
    ])
    assert.deepEqual(checked.columns[1]!.samples.slice(0, 2), ['Ana Pérez', 'Zoë Müller'])
  }
})

test('the encoding is shown, and another can be chosen for the same file', async (t) => {
  const { system, browser } = await startFloor(t)
  const file = Buffer.concat([Buffer.from('Username,Full Name\nwal,'), Buffer.from([0xa3]), Buffer.from('ucja\n')])
  const first = await upload(browser, file)
  assert.notEqual(first.encoding, 'windows-1250')
  const second = await upload(browser, file, 'people.csv', 201, `&encoding=windows-1250&replaces=${first.id}`)
  assert.deepEqual([second.encoding, second.columns[1]!.samples], ['windows-1250', ['Łucja']])
  assert.deepEqual(await system.sql('select id from import'), [{ id: second.id }])
})

test('of several sheets nothing is run before somebody has said which', async (t) => {
  const { browser } = await startFloor(t)
  const file = xlsx([
    { name: 'Read me', rows: [['Lists of 2026'], ['Username', 'Full Name'], ['example', 'Example']] },
    {
      name: 'Users',
      rows: [
        ['Username', 'Full Name'],
        ['ana', 'Ana'],
      ],
    },
    {
      name: 'Old',
      state: 'hidden',
      rows: [
        ['Username', 'Full Name'],
        ['old', 'Old'],
      ],
    },
  ])
  const asked = await upload(browser, file, 'people.xlsx')
  assert.deepEqual([asked.state, asked.sheet, asked.sheets], ['mapping', 'Read me', ['Read me', 'Users']])
  await call(browser, 'POST', `/api/imports/${asked.id}/run`, {}, 409)
  const chosen = await upload(browser, file, 'people.xlsx', 201, `&sheet=Users&replaces=${asked.id}`)
  assert.deepEqual([chosen.state, chosen.sheet, chosen.rows, chosen.verdicts.create], ['checked', 'Users', 1, 1])
  assert.equal((await check(browser, await upload(browser, file, 'people.xlsx'))).state, 'checked', 'or that it is this one')
})

test('a first and a last name in two columns are one full name, in the order that somebody chooses', async (t) => {
  const { system, browser } = await startFloor(t)
  const checked = await upload(browser, 'username;lastname;firstname;course\nana;Souza;Ana;x\nben;;Ben;x\n')
  assert.deepEqual([checked.state, checked.nameOrder, checked.verdicts.create], ['checked', 'first_last', 2])
  const [first] = await rowsOf(browser, checked)
  assert.equal((first as unknown as { fullName: string }).fullName, 'Ana Souza')
  await run(browser, await check(browser, checked, { nameOrder: 'last_first' }))
  const accounts = await system.sql("select full_name from account where username in ('ana', 'ben') order by 1")
  assert.deepEqual(accounts, [{ full_name: 'Ben' }, { full_name: 'Souza Ana' }])
})

test('what is wrong is grouped by its cause, and mended there: teams are made, a profile is another, a cell is written anew', async (t) => {
  const { browser } = await startFloor(t)
  const checked = await upload(
    browser,
    'Username,Full Name,Team,Profile,Email\nana,Ana,Ventas,Agent,ana@example.com\nben,Ben,ventas,Agent,\ncarla,Carla,Soporte,Jefe,\ndan no,Dan,North,jefe,\n',
  )
  assert.equal(checked.verdicts.refused, 4)
  const causes = async () => (await call<Causes>(browser, 'GET', `/api/imports/${checked.id}/causes`)).causes
  assert.deepEqual(await causes(), [
    {
      column: 'team',
      code: 'team_unknown',
      note: false,
      rows: 3,
      values: [
        { value: 'Ventas', rows: 2 },
        { value: 'Soporte', rows: 1 },
      ],
    },
    { column: 'profile', code: 'profile_unknown', note: false, rows: 2, values: [{ value: 'Jefe', rows: 2 }] },
    { column: 'username', code: 'username_character', note: false, rows: 1, values: [] },
  ])
  assert.deepEqual(
    (await rowsOf(browser, checked, 'code=profile_unknown&column=profile')).map(({ row }) => row),
    [4, 5],
  )
  for (const name of ['Ventas', 'Soporte']) await call(browser, 'POST', '/api/teams', { name, supervisors: [] }, 201)
  const mended = await check(browser, checked, {
    mend: [
      { field: 'profile', from: 'JEFE', to: 'Supervisor' },
      { field: 'username', row: 5, to: 'dan' },
    ],
  })
  assert.deepEqual(mended.verdicts, { create: 4, change: 0, skip: 0, refused: 0 })
  assert.deepEqual(mended.credentials, { messages: 1, slips: 3 })
  assert.deepEqual(await causes(), [])
  assert.equal((await check(browser, mended)).verdicts.create, 4, 'what was mended stays')
  assert.equal((await run(browser, mended)).outcomes.created, 4)
})

test('a mended cell is judged like any other, with the whole file', async (t) => {
  const { browser } = await startFloor(t)
  const checked = await upload(browser, 'Username,Last name,First name\nana,Souza,Ana\nben,,\n')
  const again = await check(browser, checked, {
    mend: [
      { field: 'username', row: 3, to: 'ANA' },
      { field: 'fullName', row: 3, to: '=Ben \ufffd' },
    ],
  })
  assert.equal(again.verdicts.refused, 2)
  assert.deepEqual(await saidOf(browser, again), [
    [2, 'refused', 'username twice_in_file'],
    [3, 'refused', 'firstName cell_damaged', 'fullName required', 'username twice_in_file'],
  ])
})

test('another file takes the place of one that was sent, with what was decided; one that cannot be read takes none', async (t) => {
  const { system, browser } = await startFloor(t)
  const first = await upload(browser, 'Legajo;Quién\n7;Ana\n')
  const decided = await call<Details>(browser, 'PUT', `/api/imports/${first.id}`, {
    mapping: ['username', 'fullName'],
    hasHeader: true,
    onExisting: 'refuse',
  })
  const replaces = `&replaces=${first.id}`
  await upload(browser, '', 'empty.csv', 422, replaces)
  assert.equal((await call<Details>(browser, 'GET', `/api/imports/${first.id}`)).state, 'checked')
  const second = await upload(browser, 'Legajo;Quién\n7;Ana\n8;Ben\n', 'people.csv', 201, replaces)
  assert.deepEqual([second.state, second.onExisting, second.verdicts.create], ['checked', decided.onExisting, 2])
  assert.deepEqual(await system.sql('select id from import'), [{ id: second.id }])
  await upload(browser, 'a,b\n', 'people.csv', 404, replaces)
  await run(browser, second)
  await upload(browser, 'a,b\n', 'people.csv', 409, `&replaces=${second.id}`)
})

test('asvs-16.2.1 a cell that somebody mends stands in the audit: where, what for, and who did it; never a password', async (t) => {
  const { system, browser, boss } = await startFloor(t)
  const checked = await upload(
    browser,
    'Username,Full Name,Email,Password,Profile\nana,Ana,nowhere,short,Chief\nben,Ben,,,Chief\n',
  )
  await check(browser, checked, { mend: [{ field: 'email', row: 2, to: 'ana@example.com' }] })
  await check(browser, checked, { mend: [{ field: 'password', row: 2, to: 'tidal lantern 7' }] })
  await check(browser, checked, { mend: [{ field: 'profile', from: 'chief', to: 'Agent' }] })
  await check(browser, checked, { mend: [{ field: 'email', row: 99, to: 'nobody@example.com' }] })
  const rows = await system.sql<{ actor: string; detail: Record<string, unknown> }>(
    "select actor_account_id as actor, detail - 'device' as detail from audit_event where event = 'import_mended' order by id",
  )
  const of = { importId: checked.id, fileName: 'people.csv' }
  assert.deepEqual(
    rows.map(({ detail }) => detail),
    [
      { ...of, column: 'Email', row: 2, written: 'ana@example.com', cells: 1 },
      { ...of, column: 'Password', row: 2, cells: 1 },
      { ...of, column: 'Profile', formerly: 'chief', written: 'Agent', cells: 2 },
    ],
  )
  assert.ok(rows.every(({ actor }) => actor === boss.id))
})

test('a time zone that is none says so, and how one is written', async (t) => {
  const { browser } = await startFloor(t)
  const checked = await upload(
    browser,
    'Username,Full Name,Time Zone\na,A,GMT-3\nb,B,(UTC-03:00) Montevideo\nc,C,Montevideo Standard Time\nd,D,america/montevideo\n',
  )
  assert.deepEqual(await saidOf(browser, checked), [
    [2, 'refused', 'timeZone time_zone_is_offset'],
    [3, 'refused', 'timeZone time_zone_is_offset'],
    [4, 'refused', 'timeZone not_a_time_zone'],
    [5, 'create'],
  ])
})

test('a dry run that somebody has begun anew writes nothing any more, and does not end the later one', async (t) => {
  const { system, browser } = await startFloor(t)
  const { id } = await upload(browser, 'Username,Full Name\nana,Ana\n')
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()]
  const choices = {
    mapping: ['username', 'fullName'] as const,
    headerRow: 1,
    onExisting: 'skip',
    nameOrder: 'first_last',
  } as const
  const begin = (worker: string) =>
    system.database.in(system.main, (tx) => beginCheck(tx, id, worker, { ...choices, mapping: [...choices.mapping] }))
  const holds = (worker: string) => system.database.in(system.main, (tx) => holdCheck(tx, id, worker))
  const finish = (worker: string) => system.database.in(system.main, (tx) => finishCheck(tx, id, worker))
  assert.ok(await begin(first))
  assert.ok(await holds(first))
  assert.ok(await begin(second))
  assert.deepEqual([await holds(first), await finish(first)], [false, false])
  assert.deepEqual([await holds(second), await finish(second)], [true, true])
})
