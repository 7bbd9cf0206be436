// The report of an import: every row and what became of it, in the reader's language.

import { type ImportField, importFields, sheetColumns } from '../../../contracts/sheet-columns.ts'
import type { Database } from '../../platform/database.ts'
import type { Translate } from '../../platform/text.ts'
import type { RowProblem } from './judge-rows.ts'
import { type Import, readRows, type StoredRow } from './store.ts'

const rowsAtOnce = 1000

/** The rows of the report, its header first. */
export async function* reportRows(
  database: Database,
  instance: { id: string },
  { id, headerRow }: Import,
  t: Translate,
): AsyncGenerator<string[]> {
  yield ['row', 'username', 'full_name', 'result', 'reasons'].map((column) => t(`imports:report.${column}`))
  for (let after = headerRow ?? 0; ; ) {
    const rows = await database.in(instance, (tx) => readRows(tx, id, after, rowsAtOnce))
    if (rows.length === 0) return
    after = rows.at(-1)!.row
    for (const { row, fields, problems, verdict, outcome } of rows) {
      const [username, fullName] = namesOf({ fields, problems })
      const result = outcome ?? (verdict === 'refused' || verdict === null ? (verdict ?? 'not_checked') : 'not_done')
      yield [String(row), username, fullName, t(`imports:result.${result}`), problems.map((each) => describe(each, t)).join(' ')]
    }
  }
}

/** What is known of a row's person, also when the row was refused for one of the two. */
export function namesOf({ fields, problems }: Pick<StoredRow, 'fields' | 'problems'>): [username: string, fullName: string] {
  const refused = problems.find(({ column }) => column === 'username')?.value
  return [fields?.username ?? refused ?? '', fields?.fullName ?? '']
}

function describe({ column, value, code, otherRow }: RowProblem, t: Translate): string {
  const reason = t(`imports:problem.${code}`, { otherRow })
  return column === null ? reason : `${t(`imports:field.${column}`)}${value === '' ? '' : ` "${value}"`}: ${reason}`
}

const samples: readonly Partial<Record<ImportField, string>>[] = [
  {
    username: 'ana.souza',
    fullName: 'Ana Souza',
    email: 'ana.souza@example.com',
    profile: 'Agent',
    validFrom: '2026-01-01',
    validUntil: '2026-12-31',
    timeZone: 'America/Montevideo',
    language: 'es',
    phone: '1001',
  },
  { username: 'ben.ortiz', fullName: 'Ben Ortiz', profile: 'Agent' },
]

/** The sample file: uContact's columns, and two people to show how each is written. */
export const templateRows: readonly (readonly string[])[] = [
  importFields.map((field) => sheetColumns[field].header),
  ...samples.map((sample) => importFields.map((field) => sample[field] ?? '')),
]
