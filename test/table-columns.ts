import { readFileSync } from 'node:fs'
import { accountFieldNames, accountFields } from '../contracts/account-fields.ts'

/** Every column that server/platform/tables.ts declares, as `table.column`, with ` | null` where it may be null; sorted. */
export function tableColumns(): string[] {
  const text = readFileSync(new URL('../server/platform/tables.ts', import.meta.url), 'utf8').replace(/\/\*\*.*?\*\//gs, '')
  const body = /export type Tables = \{\n(.*)\n\}/s.exec(text)![1]!
  return [...body.matchAll(/^ {2}(\w+): (?:[^\n]*& )?\{(.*?)\}$/gms)]
    .flatMap(([, table, columns]) =>
      columns!
        .split(/[;\n]/)
        .map((line) => /^\s*(\w+): (.+)$/.exec(line))
        .filter((match) => match !== null)
        .map(([, column, type]) => `${table}.${column}${type!.includes('| null') ? ' | null' : ''}`),
    )
    .concat(fieldColumns)
    .sort()
}

/** What is said of an account is listed in the contracts; the hours are written in another form than they are read. */
const fieldColumns = accountFieldNames
  .filter((field) => field !== 'loginHours')
  .map((field) => `account.${field}${['name', 'profile'].includes(accountFields[field]) ? '' : ' | null'}`)
