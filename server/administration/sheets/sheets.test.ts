import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { test } from 'node:test'
import { CFB, read, utils, write } from '@e965/xlsx'
import fc from 'fast-check'
import { xlsx } from '../../../test/workbooks.ts'
import { type ZipKind, zipFile } from '../../../test/zip.ts'
import { Problem } from '../../platform/problem.ts'
import { SheetFault, type SheetRow } from './cells.ts'
import { withGuard, withoutGuard } from './formula.ts'
import { readSheet } from './read-sheet.ts'
import { readText } from './read-text.ts'
import { writeCsv } from './write-sheet.ts'
import { writeXlsx } from './write-xlsx.ts'

async function rowsOf(file: Buffer | string, limits?: { heapMegabytes: number; longestReading: number }) {
  const rows = []
  for await (const row of readSheet(Readable.from([Buffer.from(file as string)]), limits && { limits })) rows.push(row)
  return rows
}

const people = [
  ['Username', 'Full Name', 'Phone'],
  ['josé', 'José Peña "Pepe", hijo', '0012'],
  ['ana', 'Ana\nSouza', '+598 99'],
]
const expected = people.map((cells, index) => ({ row: index + 1, cells }))
const csv = (delimiter: string, lineEnd = '\r\n') =>
  people.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter)).join(lineEnd)
const latin1 = 'Username;Full Name;Phone\r\njosé;José Peña "Pepe", hijo;0012\r\n'

function book(rows: unknown[][], bookType: 'xlsx' | 'ods'): Buffer {
  const sheet = utils.aoa_to_sheet(rows, { UTC: true })
  return write(utils.book_new(sheet, 'People'), { type: 'buffer', bookType, compression: true })
}

const formats: [what: string, file: Buffer][] = [
  ['CSV with commas', Buffer.from(csv(','))],
  ['CSV with semicolons', Buffer.from(csv(';'))],
  ['text with tabs', Buffer.from(csv('\t'))],
  ['text with bars', Buffer.from(csv('|'))],
  ['line feeds only', Buffer.from(csv(',', '\n'))],
  ['carriage returns only', Buffer.from(csv(',', '\r'))],
  ['UTF-8 with its mark', Buffer.from(`\ufeff${csv(',')}`)],
  ['UTF-16 as Excel writes it', Buffer.from(`\ufeff${csv('\t')}`, 'utf16le')],
  ['UTF-16 the other way round', Buffer.from(`\ufeff${csv('\t')}`, 'utf16le').swap16()],
  ['XLSX', book(people, 'xlsx')],
  ['ODS', book(people, 'ods')],
]
for (const [what, file] of formats)
  test(`asvs-5.2.2 a file is read by its content: ${what}`, async () => assert.deepEqual(await rowsOf(file), expected))

test('Latin-1 is recognised, with quotation marks inside a cell', async () => {
  assert.deepEqual((await rowsOf(Buffer.from(latin1, 'latin1')))[1], {
    row: 2,
    cells: ['josé', 'José Peña "Pepe", hijo', '0012'],
  })
})

test('empty rows and columns are left out, and rows keep their numbers', async () => {
  for (const file of [
    'a,b\n\n,,\nc,,,\n',
    book([['a', 'b'], [], [null, null], ['c']], 'xlsx'),
    book([['a', 'b'], [], [], ['c']], 'ods'),
  ])
    assert.deepEqual(await rowsOf(file as Buffer), [
      { row: 1, cells: ['a', 'b'] },
      { row: 4, cells: ['c'] },
    ])
})

test('days come as days, numbers with all their digits or as they are shown', async () => {
  const day = new Date(Date.UTC(2026, 2, 4))
  for (const type of ['xlsx', 'ods'] as const)
    assert.deepEqual((await rowsOf(book([['a'], [day, 59899123456, true, 'x']], type)))[1]!.cells, [
      { fault: 'date', text: '2026-03-04' },
      '59899123456',
      'TRUE',
      'x',
    ])
  const sheet = utils.aoa_to_sheet([[12]])
  sheet.A1!.z = '0000'
  assert.deepEqual((await rowsOf(write(utils.book_new(sheet, 'S'), { type: 'buffer', bookType: 'xlsx' })))[0]!.cells, ['0012'])
})

test('asvs-1.2.10 cve-C33 a formula is never computed nor taken for its last value', async () => {
  const sheet = utils.aoa_to_sheet([['ana', 'x']])
  sheet.B1 = { t: 's', v: 'Ana', f: 'HYPERLINK("https://evil.example")' }
  for (const bookType of ['xlsx', 'ods'] as const) {
    const [row] = await rowsOf(write(utils.book_new(sheet, 'S'), { type: 'buffer', bookType }))
    assert.equal((row!.cells[1] as { fault: string }).fault, 'formula')
  }
  assert.deepEqual((await rowsOf('ana,=1+1\n'))[0]!.cells, ['ana', { fault: 'formula', text: '=1+1' }])
})

test('asvs-1.2.10 cve-C33 what is exported is never a formula, and comes back as it was', async () => {
  const nasty = ['=1+1', '+598', '-1', '@SUM(A1)', "'=x", "''@", '＝1', 'a,b', 'a"b', 'a\nb', "o'neill", '', 'x']
  const written = await text(writeCsv([['h', ...nasty]]))
  for (const cell of written.replace(/^\ufeffh,/, '').match(/"(?:[^"]|"")*"|[^,\r\n]+/g)!)
    assert.ok(!/^"?[=+\-@＝]/.test(cell), `${cell} begins like a formula`)
  assert.deepEqual((await rowsOf(written))[0]!.cells, ['h', ...nasty])
  for (const cell of [' =1+1', '\u00a0@sum', ' \t-1', "' =1"]) assert.equal(withGuard(cell), `'${cell}`, 'blanks are no guard')
  const pieces = fc.string({ unit: fc.constantFrom("'", ' ', '=', '\t', '@', 'a') })
  fc.assert(fc.property(fc.oneof(fc.string(), pieces), (cell) => assert.equal(withoutGuard(withGuard(cell)), cell)))
})

test('cve-C33 an exported XLSX holds text only', async () => {
  const file = await buffer(writeXlsx([['Username'], ['=1+1'], ['+598']]))
  assert.deepEqual(
    (await rowsOf(file)).map(({ cells }) => cells[0]),
    ['Username', '=1+1', '+598'],
  )
  const sheet = read(file).Sheets.Gatehouse!
  assert.equal(sheet.A2!.t, 's')
  assert.equal(sheet.A2!.f, undefined)
})

const entriesOf = (file: Buffer): [string, Buffer][] => {
  const container = CFB.read(file, { type: 'buffer' })
  return container.FullPaths.flatMap((path: string, index: number): [string, Buffer][] => {
    const entry = container.FileIndex[index]!
    return entry.size === 0 || path.endsWith('/')
      ? []
      : [[path.replace('Root Entry/', ''), Buffer.from(entry.content as Uint8Array)]]
  })
}

const odsWith = (rows: string) => {
  const content = entriesOf(book([['a']], 'ods')).map(([name, bytes]): [string, Buffer] => [
    name,
    name === 'content.xml' ? Buffer.from(bytes.toString().replace(/<table:table-row.*<\/table:table-row>/s, rows)) : bytes,
  ])
  return zipFile(content)
}
const cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
const bombOf = (zip: ZipKind) => xlsx([{ name: 'S', xml: ' '.repeat(300 * 1024 * 1024) }], { zip })
const tooMuchText = () =>
  `<sst>${Array.from({ length: 1_200_000 }, (_, i) => `<si><t>a text of its own ${i}</t></si>`).join('')}</sst>`
const million = (line: string) => Buffer.from(line.repeat(1_000_001))
const tooWide = Array.from({ length: 101 }, () => 'x').join(',')

const hostile: [what: string, file: () => Buffer, code: string][] = [
  ['nothing', () => Buffer.from(''), 'sheet_empty'],
  ['only blanks', () => Buffer.from(' , ,\n\n'), 'sheet_empty'],
  ['a picture', () => Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'sheet_format_unknown'],
  [
    'an old XLS',
    () => write(utils.book_new(utils.aoa_to_sheet([['a']]), 'S'), { type: 'buffer', bookType: 'xls' }),
    'sheet_is_old',
  ],
  ['a zip of something else', () => zipFile([['readme.txt', Buffer.from('hello')]]), 'sheet_format_unknown'],
  ['half a file', () => book(people, 'xlsx').subarray(0, 2000), 'sheet_unreadable'],
  ['a quotation mark that never closes', () => Buffer.from(`a,"b\n${'x,y\n'.repeat(200_000)}`), 'sheet_unreadable'],
  ['1,000,001 rows of text', () => million('a,b\n'), 'sheet_too_many_rows'],
  ['1,048,577 empty rows', () => Buffer.from('\n'.repeat(1_100_000)), 'sheet_too_many_rows'],
  ['101 columns', () => Buffer.from(tooWide), 'sheet_too_many_columns'],
  ['a cell far to the right', () => book([[...Array.from({ length: 200 }, () => null), 'x']], 'xlsx'), 'sheet_too_many_columns'],
  ['more than 50 MB', () => Buffer.alloc(50 * 1024 * 1024 + 1, 'a,b\n'), 'sheet_too_large'],
  ['a zip bomb that says so', () => bombOf({}), 'sheet_bomb'],
  ['a zip bomb that lies', () => bombOf({ lie: () => 10 }), 'sheet_bomb'],
  [
    'many parts that are a bomb together',
    () => xlsx(Array.from({ length: 30 }, (_, i) => ({ name: `s${i}`, xml: ' '.repeat(10 * 1024 * 1024) }))),
    'sheet_bomb',
  ],
  [
    'texts that would have to be kept',
    () => xlsx([{ name: 'S', rows: [['a']] }], { more: { 'xl/sharedStrings.xml': tooMuchText() } }),
    'sheet_bomb',
  ],
  [
    'parts that say what they do not hold',
    () =>
      xlsx([{ name: 'S', rows: [['a']] }], {
        more: { 'xl/workbook.xml': '<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>' },
      }),
    'sheet_unreadable',
  ],
  [
    '1,000,001 rows of XLSX',
    () => {
      const entries = entriesOf(book([['a']], 'xlsx'))
      const row = '<row><c t="inlineStr"><is><t>a</t></is></c></row>'
      return zipFile(
        entries.map(([name, bytes]) => [
          name,
          name.startsWith('xl/worksheets')
            ? Buffer.from(
                bytes.toString().replace(/<sheetData>.*<\/sheetData>/s, `<sheetData>${row.repeat(1_000_001)}</sheetData>`),
              )
            : bytes,
        ]),
      )
    },
    'sheet_too_many_rows',
  ],
  [
    'one row that says it is a million',
    () => odsWith(`<table:table-row table:number-rows-repeated="1048576">${cell}</table:table-row>`),
    'sheet_too_many_rows',
  ],
  [
    'one cell that says it is 16 thousand million',
    () =>
      odsWith(
        `<table:table-row table:number-rows-repeated="1048576">${cell.replace('office:', 'table:number-columns-repeated="16384" office:')}</table:table-row>`,
      ),
    'sheet_too_many_columns',
  ],
]
for (const [what, file, code] of hostile)
  test(`asvs-5.2.1 asvs-5.2.3 cve-C33 a hostile file is refused clearly: ${what}`, async () => {
    const bytes = file()
    const before = process.memoryUsage().rss
    await assert.rejects(rowsOf(bytes), (error) => error instanceof Problem && error.code === code)
    // Another process reads it, and it alone takes memory.
    const grown = process.memoryUsage().rss - before
    assert.ok(grown < 100 * 1024 * 1024, `${grown} bytes`)
  })

test('a million empty rows with a format are no rows', async () => {
  const rows = `<table:table-row>${cell}</table:table-row><table:table-row table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`
  assert.deepEqual(await rowsOf(odsWith(rows)), [{ row: 1, cells: ['x'] }])
})

test('memory and time of reading are bounded: what would take more is refused', async () => {
  const file = xlsx([
    { name: 'S', xml: `<sheetData><row><c t="inlineStr"><is><t>${'€'.repeat(20 * 1024 * 1024)}</t></is></c></row></sheetData>` },
  ])
  const isBomb = (error: unknown) => error instanceof Problem && error.code === 'sheet_bomb'
  await assert.rejects(rowsOf(file, { heapMegabytes: 16, longestReading: 60_000 }), isBomb)
  await assert.rejects(rowsOf(file, { heapMegabytes: 320, longestReading: 1 }), isBomb)
})

test('files that trickle in keep neither other files nor exports away', async () => {
  const slow = Array.from({ length: 3 }, () => new PassThrough())
  const reading = slow.map(async (file) => {
    file.write('a,b\n')
    for await (const _ of readSheet(file)) {
      // Never: it has no end.
    }
  })
  assert.deepEqual((await rowsOf('x,y\n'))[0]!.cells, ['x', 'y'])
  assert.equal((await buffer(writeXlsx([['x']]))).toString('latin1', 0, 2), 'PK')
  for (const file of slow) file.destroy(new Error('gone'))
  for (const each of reading) await assert.rejects(each, /gone/)
})

test('whatever the bytes, text gives rows or a clear refusal', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .string({ unit: fc.constantFrom('a', ',', ';', '\t', '"', '\n', '\r', "'", '=', 'é', ' ', '\ufeff', '\u0000') })
      .map((s) => Buffer.from(s)),
  )
  fc.assert(
    fc.property(bytes, (file) => {
      try {
        const row = ({ row, cells }: SheetRow) => assert.ok(row > 0 && cells.length > 0 && cells.length <= 100)
        readText(file, undefined, { origin: () => {}, row })
      } catch (error) {
        if (!(error instanceof SheetFault)) throw error
      }
    }),
    { numRuns: 2000 },
  )
})
