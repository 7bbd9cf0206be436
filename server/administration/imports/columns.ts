// Which column of a spreadsheet holds what. uContact's own names and order are known, and what people call these things.

import { type ColumnField, importFields, nameHalves, sheetColumns } from '../../../contracts/sheet-columns.ts'
import { readDay } from './read-values.ts'

/** How a first and a last name in two columns become a full name. */
export type NameOrder = 'first_last' | 'last_first'

/** For each column the field that it holds, or null for one that is left out. */
export type Mapping = (ColumnField | null)[]

/** A name by itself is a full one, unless a last name stands beside it. */
const shortNames = new Set(['name', 'nombre', 'nome'])
/** So many rows may stand above the header: a title, a date, an empty line. */
export const mostRowsAbove = 10

const fieldOfName = new Map<string, ColumnField>([
  ...importFields.flatMap((field) => sheetColumns[field].called.split(', ').map((name) => [lettersOf(name), field] as const)),
  ...(['firstName', 'lastName'] as const).flatMap((field) =>
    nameHalves[field].split(', ').map((name) => [lettersOf(name), field] as const),
  ),
])

function lettersOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

export type GuessedColumns = {
  mapping: Mapping
  /** Which of the rows names the columns, from 0; -1 when none does. */
  header: number
  /** Whether somebody has to look, because a column that every account needs is missing, or nothing tells what they hold. */
  isCertain: boolean
}

/**
 * What the first rows tell about the columns. The header is the one that names the most, with only a title above it. Columns that
 * nobody knows are left out.
 */
export function guessColumns(rows: readonly (readonly string[])[]): GuessedColumns {
  const guesses = rows.slice(0, mostRowsAbove).map(namedColumns)
  const counts = guesses.map((mapping) => mapping.filter((field) => field !== null).length)
  const most = Math.max(0, ...counts)
  const header = counts.indexOf(most)
  // One name alone is one by chance, unless it is the first row.
  if (most > 1 || (counts[0] ?? 0) > 0) {
    const mapping = guesses[header]!
    return { mapping, header, isCertain: hasRequired(mapping) }
  }
  // Without a header: uContact's own order. It is certain where an address or a day stands in its place; else it is only proposed.
  const [first = []] = rows
  const mapping = first.map((_, index) => importFields[index] ?? null)
  const isTold = first[2]?.includes('@') || [first[4], first[5]].some((text) => readDay(text ?? '') !== undefined)
  return { mapping, header: -1, isCertain: hasRequired(mapping) && first.length <= importFields.length && isTold === true }
}

function namedColumns(row: readonly string[]): Mapping {
  const taken = new Set<ColumnField>()
  const named = row.map((name): ColumnField | null => {
    const field = fieldOfName.get(lettersOf(name))
    if (field === undefined || taken.has(field)) return null
    taken.add(field)
    return field
  })
  if (!taken.has('firstName') && !taken.has('lastName')) return named
  const full = named.indexOf('fullName')
  if (taken.has('firstName') || full === -1 || !shortNames.has(lettersOf(row[full]!)))
    // Where there is a full name, its halves say nothing more.
    return full === -1 ? named : named.map((field) => (field === 'firstName' || field === 'lastName' ? null : field))
  return named.map((field) => (field === 'fullName' ? 'firstName' : field))
}

/** Whether it says where the username and the name are. */
export function hasRequired(mapping: Mapping): boolean {
  return (
    mapping.includes('username') && ['fullName', 'firstName', 'lastName'].some((field) => mapping.includes(field as ColumnField))
  )
}
