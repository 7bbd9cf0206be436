// Which column of a spreadsheet holds what. uContact's own names and order are known, and what people call these things.

import { type ImportField, importFields, sheetColumns } from '../../../contracts/account-fields.ts'
import { readDay } from './read-values.ts'

/** For each column the field that it holds, or null for one that is left out. */
export type Mapping = (ImportField | null)[]

const fieldOfName = new Map(
  importFields.flatMap((field) => sheetColumns[field].called.split(', ').map((name) => [lettersOf(name), field] as const)),
)

function lettersOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

export type GuessedColumns = {
  mapping: Mapping
  hasHeader: boolean
  /** Whether somebody has to look: a column is unknown, or one that every account needs is missing. */
  isCertain: boolean
}

/** What the first row tells about the columns. */
export function guessColumns(firstRow: readonly string[]): GuessedColumns {
  const taken = new Set<ImportField>()
  const named = firstRow.map((name): ImportField | null => {
    const field = fieldOfName.get(lettersOf(name))
    if (field === undefined || taken.has(field)) return null
    taken.add(field)
    return field
  })
  if (taken.size > 0) {
    const isCertain = hasRequired(named) && named.every((field, index) => field !== null || firstRow[index] === '')
    return { mapping: named, hasHeader: true, isCertain }
  }
  // Without a header: uContact's own order. It is certain where an address or a day stands in its place; else it is only proposed.
  const mapping = firstRow.map((_, index) => importFields[index] ?? null)
  const isTold = firstRow[2]?.includes('@') || [firstRow[4], firstRow[5]].some((text) => readDay(text ?? '') !== undefined)
  const isCertain = hasRequired(mapping) && firstRow.length <= importFields.length && isTold === true
  return { mapping, hasHeader: false, isCertain }
}

/** Whether it says where the username and the name are. */
export function hasRequired(mapping: Mapping): boolean {
  return mapping.includes('username') && mapping.includes('fullName')
}
