import { readFileSync } from 'node:fs'

/** Every column that server/platform/tables.ts declares, as `table.column`, with ` | null` where it may be null; sorted. */
export function tableColumns(): string[] {
  const text = readFileSync(new URL('../server/platform/tables.ts', import.meta.url), 'utf8').replace(/\/\*\*.*?\*\//gs, '')
  const body = /export type Tables = \{\n(.*)\n\}/s.exec(text)![1]!
  return [...body.matchAll(/^ {2}(\w+): \{(.*?)\}$/gms)]
    .flatMap(([, table, columns]) =>
      columns!
        .split(/[;\n]/)
        .map((line) => /^\s*(\w+): (.+)$/.exec(line))
        .filter((match) => match !== null)
        .map(([, column, type]) => `${table}.${column}${type!.includes('| null') ? ' | null' : ''}`),
    )
    .sort()
}
