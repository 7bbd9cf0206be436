import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guessColumns } from './columns.ts'
import { isOffset, readDay, readLanguage, readTimeZone } from './read-values.ts'

const days: [text: string, day: string | undefined, ambiguous?: boolean][] = [
  ['2026-12-31', '2026-12-31', false],
  ['2026/3/4', '2026-03-04', false],
  ['2026-03-04T00:00:00Z', '2026-03-04', false],
  ['31/12/2026', '2026-12-31', false],
  ['4.3.2026', '2026-03-04', true],
  ['03-03-2026', '2026-03-03', false],
  ['12/31/2026', undefined],
  ['31/02/2026', undefined],
  ['31/12/26', undefined],
  ['46116', undefined],
  ['', undefined],
]
for (const [text, day, ambiguous] of days)
  test(`"${text}" is ${day ?? 'no day'}`, () => assert.deepEqual(readDay(text), day && { day, ambiguous }))

test('languages come by tag, region or name, and time zones in any case, with a blank for an underscore', () => {
  for (const [text, language] of [
    ['es', 'es'],
    ['pt-BR', 'pt'],
    ['EN_us', 'en'],
    ['Español', 'es'],
    ['inglês', 'en'],
    ['xx', undefined],
    ['castellano', 'es'],
    ['PORTUGUÉS', 'pt'],
    ['constructor', undefined],
  ] as const)
    assert.equal(readLanguage(text), language, text)
  for (const [text, zone] of [
    ['america/montevideo', 'America/Montevideo'],
    ['America/New York', 'America/New_York'],
    ['utc', 'UTC'],
    ['+03:00', undefined],
    ['Mars/Base', undefined],
  ] as const)
    assert.equal(readTimeZone(text), zone, text)
})

test('what is so many hours from UTC is no time zone, and is told from a name that nobody knows', () => {
  for (const text of [
    'GMT-3',
    'gmt -3',
    'UTC+5:30',
    'UTC-03:00',
    '-03:00',
    '+0530',
    'UTC−3',
    '(UTC-03:00) Montevideo',
    '(GMT+01:00)',
  ])
    assert.deepEqual([readTimeZone(text), isOffset(text)], [undefined, true], text)
  for (const text of ['Montevideo Standard Time', 'Mars/Base', 'UTC', 'GMT', '3', 'Etc/GMT+3', 'EST5EDT', ''])
    assert.equal(isOffset(text), false, text)
})

const title = ['Staff list, November 2026']
const headers: [rows: string[][], mapping: (string | null)[], header: number, isCertain: boolean][] = [
  [[['Username', 'Full Name', 'Valid Date']], ['username', 'fullName', 'validFrom'], 0, true],
  [[['FULL_NAME', 'user name']], ['fullName', 'username'], 0, true],
  [[['Usuario', 'Nombre completo', 'Correo electrónico', 'Contraseña']], ['username', 'fullName', 'email', 'password'], 0, true],
  [
    [['Nome de usuário', 'Nome completo', 'Fuso horário', 'Data de expiração']],
    ['username', 'fullName', 'timeZone', 'validUntil'],
    0,
    true,
  ],
  [[['Username', 'Legajo', 'Full Name']], ['username', null, 'fullName'], 0, true],
  [[['Username', 'Username', 'Full Name']], ['username', null, 'fullName'], 0, true],
  [[['Email', 'Phone']], ['email', 'phone'], 0, false],
  [[['Usuario', 'Apellidos', 'Nombre']], ['username', 'lastName', 'firstName'], 0, true],
  [[['username', 'firstname', 'lastname']], ['username', 'firstName', 'lastName'], 0, true],
  [[['Username', 'Full Name', 'First Name']], ['username', 'fullName', null], 0, true],
  [[title, ['', '2026-11-01'], ['Username', 'Full Name'], ['ana', 'Ana']], ['username', 'fullName'], 2, true],
  [[['Name'], ['x', 'y'], ['Username', 'Full Name']], ['username', 'fullName'], 2, true],
  [[['ana', 'Ana', 'ana@example.com']], ['username', 'fullName', 'email'], -1, true],
  [[['ana', 'Ana', '', '', '2026-01-01']], ['username', 'fullName', 'email', 'profile', 'validFrom'], -1, true],
  [[['ana', 'Ana']], ['username', 'fullName'], -1, false],
]
for (const [rows, mapping, header, isCertain] of headers)
  test(`the first rows ${rows.join(' / ')}`, () => assert.deepEqual(guessColumns(rows), { mapping, header, isCertain }))
