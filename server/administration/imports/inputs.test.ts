// Files as people bring them, of test/inputs: each is imported, or refused, as it should be. A file that is not in the table fails.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { call, type Details, rowsOf, run, startFloor, upload } from '../../../test/import-floor.ts'

const folder = new URL('../../../test/inputs/', import.meta.url)
type Expected =
  | { refused: string }
  | {
      /** What somebody has to choose first. */
      choose?: { encoding?: string; mapping?: (string | null)[] }
      /** Who is created: username, name, address, team, phone. */
      people: (string | null)[][]
      /** What is said of rows: the row, the verdict, and the columns with what is said of them. */
      said?: [row: number, verdict: string, ...said: string[]][]
    }

const two = (prefix: string, more: (string | null)[] = [null, null]) => [
  [`${prefix}.ana`, 'Ana Pérez', `${prefix}.ana@example.com`, ...more],
  [`${prefix}.bruno`, 'Bruno Ñandú', `${prefix}.bruno@example.com`, ...more],
]

const expected: Record<string, Expected> = {
  'cp850.csv': { people: [['dos.ana', 'Ana Pérez Núñez', null, null, null]] },
  'date-in-phone-and-username.xlsx': {
    people: [],
    said: [
      [2, 'refused', 'phone cell_date'],
      [3, 'refused', 'username cell_date'],
    ],
  },
  'direction-mark.csv': {
    people: [],
    said: [
      [2, 'refused', 'username username_character'],
      [3, 'refused', 'username username_character'],
      [4, 'refused', 'email not_an_email'],
    ],
  },
  'email-forms.csv': {
    people: [
      ['em.d', 'D', 'josé@example.com', null, null],
      ['em.e', 'E', 'ana@exämple.com', null, null],
      ['em.f', 'F', 'EM.F@EXAMPLE.COM', null, null],
    ],
    said: [2, 3, 4, 8, 9, 10, 11, 12, 13, 14].map((row) => [row, 'refused', 'email not_an_email']),
  },
  'equals-quoted.csv': {
    people: [
      ['0412', 'Ana Equals', null, null, '0099123456'],
      ['eq.b', 'Bruno', null, null, '0099123457'],
    ],
  },
  'filtered-rows.xlsx': {
    people: [...two('flt'), ['flt.left', 'Left Company', 'flt.left@example.com', null, null]],
    said: [[4, 'create', 'null row_hidden']],
  },
  'first-empty.xlsx': { people: two('emp') },
  'formula-cached.xlsx': { people: [], said: [[2, 'refused', 'fullName cell_formula', 'email cell_formula']] },
  'hidden-first.xlsx': { people: two('hid') },
  'html.xls': { refused: 'sheet_is_page' },
  'macroman.csv': {
    people: [
      ['mac.ana', 'Ana Pérez', null, null, null],
      ['mac.b', 'Núñez', null, null, null],
    ],
  },
  'merged-team.xlsx': {
    people: [
      ['mrg.ana', 'Ana M', null, 'Ventas', null],
      ['mrg.bruno', 'Bruno M', null, 'Ventas', null],
      ['mrg.caro', 'Caro M', null, 'Ventas', null],
    ],
    said: [
      [3, 'create', 'team cell_merged'],
      [4, 'create', 'team cell_merged'],
      [5, 'refused', 'team team_unknown'],
    ],
  },
  'names.xlsx': {
    people: [
      ['inv.h', 'Á', null, null, null],
      ['inv.i', '😀 Ana', null, null, null],
      ['inv.j', 'محمد علي', null, null, null],
      ['inv.l', 'Ana', null, null, null],
      ['inv.m', 'a'.repeat(200), null, null, null],
    ],
    said: [
      [2, 'refused', 'fullName unseen'],
      [3, 'refused', 'fullName unseen'],
      [4, 'refused', 'fullName unseen'],
      [5, 'refused', 'fullName turns_reading'],
      [6, 'refused', 'fullName turns_reading'],
      [7, 'refused', 'fullName unseen'],
      [8, 'refused', 'fullName required'],
      [12, 'refused', 'fullName not_one_line'],
      [15, 'refused', 'fullName not_one_line'],
    ],
  },
  'no-styles.ods': { people: two('od2') },
  'persons.xlsx': { people: two('prs') },
  'sep.csv': {
    people: [
      ['sep.ana', 'Ana Sep', 'sep.ana@example.com', null, null],
      ['sep.bruno', 'Bruno Sep', 'sep.bruno@example.com', null, null],
    ],
  },
  'strings-other-name.xlsx': { people: [['str2.ana', 'Ana Strings', null, null, null]] },
  'title-above.xlsx': { people: two('ttl') },
  'title.csv': {
    people: [
      ['tic.ana', 'Ana T', 'tic.ana@example.com', null, null],
      ['tic.bruno', 'Bruno T', 'tic.bruno@example.com', null, null],
    ],
  },
  'utf16le-nobom.csv': { people: [['u16.ana', 'Ana Pérez', null, null, null]] },
  'workbook2.xlsx': { people: two('wb2') },
}

test('every file of test/inputs is expected to become something', () =>
  assert.deepEqual(Object.keys(expected).sort(), readdirSync(folder).sort()))

for (const [name, what] of Object.entries(expected))
  test(`a file as people bring it: ${name}`, async (t) => {
    const { system, browser } = await startFloor(t)
    const file = readFileSync(new URL(name, folder))
    await system.sql("insert into team (instance_id, name) values ($1, 'Ventas')", [system.main.id])
    if ('refused' in what) {
      const answer = await browser.send('POST', `/api/imports?name=${name}`, file, 'application/octet-stream', {
        'x-form-token': browser.formToken,
      })
      assert.deepEqual([answer.status, JSON.parse(answer.body).code], [422, what.refused])
      return
    }
    const { choose = {}, people, said = [] } = what
    const { encoding, mapping } = choose
    let checked = await upload(browser, file, name, 201, encoding === undefined ? '' : `&encoding=${encoding}`)
    if (mapping !== undefined)
      checked = await call<Details>(browser, 'PUT', `/api/imports/${checked.id}`, {
        mapping,
        hasHeader: true,
        onExisting: 'skip',
      })
    assert.equal(checked.state, 'checked')
    const rows = await rowsOf(browser, checked, 'problem=any')
    assert.deepEqual(
      rows.map(({ row, verdict, problems }) => [row, verdict, ...problems.map(({ column, code }) => `${column} ${code}`)]),
      said,
    )
    const done = await run(browser, checked)
    assert.equal(done.state, 'done')
    const made = await system.sql(
      `select a.username, a.full_name, a.email, t.name as team, a.phone from import_row r
       join account a on a.id = r.account_id left join team t on t.id = a.team_id order by r.row_number`,
    )
    assert.deepEqual(
      made.map((row) => Object.values(row)),
      people,
    )
  })
