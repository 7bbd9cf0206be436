import { globSync, readFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { accountFieldNames, accountFields } from '../contracts/account-fields.ts'

/** The tables that the features declare, with their feature's folder below server/ and the text of their columns. */
export function declaredTables(): { table: string; feature: string; columns: string }[] {
  return globSync('server/**/tables.ts').flatMap((path) => {
    const text = readFileSync(path, 'utf8').replace(/\/\*\*.*?\*\//gs, '')
    const body = / interface Tables \{\n(.*)\n {2}\}/s.exec(text)?.[1] ?? ''
    return [...body.matchAll(/^ {4}(\w+): (?:[^\n]*& )?\{(.*?)\}$/gms)].map(([, table, columns]) => ({
      table: table!,
      feature: relative('server', dirname(path)),
      columns: columns!,
    }))
  })
}

/** Every declared column, as `table.column`, with ` | null` where it may be null; sorted. */
export function tableColumns(): string[] {
  return declaredTables()
    .flatMap(({ table, columns }) =>
      columns
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
