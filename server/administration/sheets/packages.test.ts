// Every valid package is read, whatever wrote it; which of its sheets is meant; and what its cells say.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { ods, tableRows, type WorkbookKind, xlsx } from '../../../test/workbooks.ts'
import type { ZipKind } from '../../../test/zip.ts'
import { Problem } from '../../platform/problem.ts'
import type { Cell, SheetOrigin } from './cells.ts'
import { type ReadOptions, readSheet } from './read-sheet.ts'

async function read(file: Buffer, options: ReadOptions = {}): Promise<{ cells: Cell[][]; origin: SheetOrigin | undefined }> {
  let origin: SheetOrigin | undefined
  const cells: Cell[][] = []
  for await (const row of readSheet(Readable.from([file]), {
    ...options,
    onOrigin: (found) => {
      origin = found
    },
  }))
    cells.push(row.cells)
  return { cells, origin }
}
const input = (name: string) => readFileSync(new URL(`../../../test/inputs/${name}`, import.meta.url))
const refusedAs = (code: string) => (error: unknown) => error instanceof Problem && error.code === code
const people = [
  ['Username', 'Full Name'],
  ['ana', 'Ana Pérez'],
]
const sheets = [{ name: 'Users', rows: people }]

const packages: Record<string, WorkbookKind> = {
  'a main part with another name': { main: 'xl/workbook2.xml' },
  'parts at the root': { main: 'workbook.xml' },
  'parts in a folder of their own': { main: 'a b/c/book.xml' },
  'texts in a part with another name': { strings: 'strings.xml' },
  'names with backslashes': { rename: (name) => name.replaceAll('/', '\\') },
  'names in small letters': { rename: (name) => name.toLowerCase() },
  'the strict form of the standard': { isStrict: true },
  'prefixes for every element': { prefix: 'x' },
  'persons, comments, and parts that nobody knows': {
    more: {
      'xl/persons/person.xml': '<personList/>',
      'xl/threadedComments/threadedComment1.xml': 'no XML',
      'x/y.bin': '\0\u0001',
    },
  },
}
for (const [what, kind] of Object.entries(packages))
  test(`a package is read by its relationships: ${what}`, async () =>
    assert.deepEqual((await read(xlsx(sheets, kind))).cells, people))

const zips: Record<string, ZipKind> = {
  'sizes after the data': { descriptors: true },
  '64-bit fields': { zip64: true },
  '64-bit fields, and sizes after the data': { zip64: true, descriptors: true },
  'fields that nobody knows': { extra: true },
  'nothing packed': { stored: true },
  'a comment': { comment: 'made by a program' },
}
for (const [what, zip] of Object.entries(zips))
  test(`asvs-5.2.3 a zipped file is judged by what it unpacks to: ${what}`, async () => {
    assert.deepEqual((await read(xlsx(sheets, { zip }))).cells, people)
    assert.deepEqual((await read(ods([{ name: 'Users', xml: tableRows(people) }], { zip }))).cells, people)
  })

for (const name of [
  'no-styles.ods',
  'workbook2.xlsx',
  'persons.xlsx',
  'strings-other-name.xlsx',
  'hidden-first.xlsx',
  'first-empty.xlsx',
])
  test(`a file as people have it is read: ${name}`, async () => {
    const { cells, origin } = await read(input(name))
    assert.deepEqual((cells[0] as string[]).slice(0, 2), ['Username', 'Full Name'])
    assert.match(cells[1]![1] as string, /^Ana/)
    assert.deepEqual([origin!.sheet, origin!.sheets], ['Users', ['Users']])
  })

const old = [['old', 'list']]
for (const state of ['hidden', 'veryHidden'])
  test(`a sheet that cannot be seen is not read: ${state}`, async () => {
    const { cells, origin } = await read(xlsx([{ name: 'Old', state, rows: old }, { name: 'None', rows: [] }, ...sheets]))
    assert.deepEqual(cells, people)
    assert.deepEqual(origin, { sheets: ['Users'], sheet: 'Users', encoding: null })
    await assert.rejects(read(xlsx([{ name: 'Old', state, rows: old }])), refusedAs('sheet_empty'))
  })

test('a sheet of an ODS that cannot be seen is not read', async () => {
  const { cells, origin } = await read(
    ods([
      { name: 'Old', isHidden: true, xml: tableRows(old) },
      { name: 'None', xml: '<table:table-row><table:table-cell table:number-columns-repeated="9"/></table:table-row>' },
      { name: 'Users', xml: tableRows(people) },
    ]),
  )
  assert.deepEqual(cells, people)
  assert.deepEqual(origin, { sheets: ['Users'], sheet: 'Users', encoding: null })
})

test('of several sheets all are offered, and the one that opens is read unless another is chosen', async () => {
  const xml = (rows: string[][]) => tableRows(rows)
  const files = [
    xlsx([{ name: 'Read me', rows: old }, ...sheets], { activeTab: 1 }),
    ods(
      [
        { name: 'Read me', xml: xml(old) },
        { name: 'Users', xml: xml(people) },
      ],
      { active: 'Users' },
    ),
  ]
  for (const file of files) {
    const first = await read(file)
    assert.deepEqual(first.origin, { sheets: ['Read me', 'Users'], sheet: 'Users', encoding: null })
    assert.deepEqual(first.cells, people)
    assert.deepEqual((await read(file, { sheet: 'Read me' })).cells, old)
    await assert.rejects(read(file, { sheet: 'Other\0' }), refusedAs('sheet_not_found'))
  }
})

const styles =
  '<numFmts><numFmt numFmtId="164" formatCode="0000"/><numFmt numFmtId="165" formatCode="dd/mm/yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/></cellXfs>'
const day = (text: string) => ({ fault: 'date', text })

test('a cell that the spreadsheet holds as a date says so', async () => {
  const xml =
    '<sheetData><row><c s="1"><v>46085</v></c><c s="2"><v>12</v></c><c s="3"><v>46085.75</v></c><c s="4"><v>0.5</v></c><c t="d"><v>2026-03-04T10:00</v></c><c><v>59899123456</v></c></row></sheetData>'
  assert.deepEqual((await read(xlsx([{ name: 'S', xml }], { styles }))).cells, [
    [day('2026-03-04'), '0012', day('2026-03-04'), day('12:00'), day('2026-03-04'), '59899123456'],
  ])
  const row =
    '<table:table-row><table:table-cell office:value-type="date" office:date-value="2026-03-04T00:00:00"><text:p>4/3/26</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="12"><text:p>0012</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="59899123456"><text:p>5.99E+10</text:p></table:table-cell></table:table-row>'
  assert.deepEqual((await read(ods([{ name: 'S', xml: row }]))).cells, [[day('2026-03-04'), '0012', '59899123456']])
})

test('what stands in merged cells holds for each of their rows, and what they hide does not', async () => {
  const merged = { text: 'Ventas', merged: true }
  const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`
  const xml = `<sheetData><row r="1">${text('ana')}${text('Ventas')}${text('hidden')}</row><row r="2">${text('ben')}${text('hidden')}</row><row r="3"><c r="B3"/></row><row r="4">${text('carla')}</row><row r="5">${text('dan')}</row></sheetData><mergeCells><mergeCell ref="B1:C4"/></mergeCells>`
  const expected = [['ana', 'Ventas'], ['ben', merged], ['carla', merged], ['dan']]
  assert.deepEqual((await read(xlsx([{ name: 'S', xml }]))).cells, expected)
  const named = (name: string) => `<table:table-cell><text:p>${name}</text:p></table:table-cell>`
  const covered = '<table:covered-table-cell><text:p>hidden</text:p></table:covered-table-cell>'
  const row = (cells: string) => `<table:table-row>${cells}</table:table-row>`
  const table =
    row(
      `${named('ana')}<table:table-cell table:number-rows-spanned="4" table:number-columns-spanned="2"><text:p>Ventas</text:p></table:table-cell>${covered}`,
    ) +
    row(named('ben') + covered + covered) +
    row(`<table:table-cell/>${covered}${covered}`) +
    row(named('carla') + covered + covered) +
    row(named('dan'))
  assert.deepEqual((await read(ods([{ name: 'S', xml: table }]))).cells, expected)
})

test('comments and shapes are no text of a cell, and what is long between blanks is', async () => {
  const xml =
    '<table:shapes><text:p>no</text:p></table:shapes><table:table-row><table:table-cell office:value-type="string"><office:annotation><text:p>no</text:p></office:annotation><text:p>Ana <text:span>María</text:span><text:s text:c="2"/>P.</text:p><text:p>two</text:p></table:table-cell></table:table-row>'
  assert.deepEqual((await read(ods([{ name: 'S', xml }]))).cells, [['Ana María  P.\ntwo']])
  const rich =
    '<sheetData><row><c t="inlineStr"><is><r><t>Ana </t></r><r><t>P.</t></r><rPh><t>no</t></rPh></is></c></row></sheetData>'
  assert.deepEqual((await read(xlsx([{ name: 'S', xml: rich }]))).cells, [['Ana P.']])
})

const container = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2000)])
const refusals: [what: string, file: Buffer, code: string][] = [
  ['a web page', input('html.xls'), 'sheet_is_page'],
  ['JSON', Buffer.from('[{"username":"ana"}]'), 'sheet_is_data'],
  ['XML', Buffer.from('<?xml version="1.0"?><users/>'), 'sheet_is_data'],
  ['an old XLS', container, 'sheet_is_old'],
  ['an XLSX with a password', Buffer.concat([container, Buffer.from('EncryptedPackage', 'utf16le')]), 'sheet_protected'],
  [
    'an ODS with a password',
    ods([], {
      more: {
        'META-INF/manifest.xml': '<manifest><file-entry><encryption-data/></file-entry></manifest>',
        'content.xml': '\u0001',
      },
    }),
    'sheet_protected',
  ],
  ['a text document', xlsx(sheets, { more: { 'xl/workbook.xml': '<w:document xmlns:w="w"/>' } }), 'sheet_format_unknown'],
]
for (const [what, file, code] of refusals)
  test(`a file that is none of these is called what it is: ${what}`, async () => assert.rejects(read(file), refusedAs(code)))

const hiddenRows: [what: string, xml: string][] = [
  ['by a filter or by hand', '<row r="2" hidden="1">'],
  ['in the other way to say it', '<row r="2" hidden="true">'],
  ['without any height', '<row r="2" ht="0" customHeight="1">'],
]
for (const [what, row] of hiddenRows)
  test(`a row that the spreadsheet does not show is read, and says so: ${what}`, async () => {
    const cells = (...texts: string[]) => texts.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('')
    const xml = `<sheetData><row r="1">${cells('Username', 'Full Name')}</row>${row}${cells('old', 'Left')}</row><row r="3" hidden="0" ht="15">${cells('ana', 'Ana')}</row></sheetData>`
    assert.deepEqual((await read(xlsx([{ name: 'Users', xml }]))).cells, [
      ['Username', 'Full Name'],
      [
        { text: 'old', hidden: true },
        { text: 'Left', hidden: true },
      ],
      ['ana', 'Ana'],
    ])
  })

for (const visibility of ['filter', 'collapse', 'visible'])
  test(`a row of an ODS says whether it is shown: ${visibility}`, async () => {
    const rows = tableRows([['old', 'Left']]).replace('<table:table-row>', `<table:table-row table:visibility="${visibility}">`)
    const { cells } = await read(ods([{ name: 'Users', xml: tableRows(people) + rows }]))
    const isHidden = visibility !== 'visible'
    assert.deepEqual(
      cells[2],
      ['old', 'Left'].map((text) => (isHidden ? { text, hidden: true } : text)),
    )
  })

test('asvs-5.2.2 a part that is there twice is none: which of them is meant, programs do not agree about', async () => {
  const more = { 'XL\\Worksheets\\Sheet1.xml': '<worksheet><sheetData/></worksheet>' }
  await assert.rejects(read(xlsx(sheets, { more })), refusedAs('sheet_unreadable'))
})
