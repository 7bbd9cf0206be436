// What each row of a spreadsheet says of an account, and everything that is wrong with it. Pure: the database is asked elsewhere.

import { type AccountField, accountFieldNames, accountFields } from '../../../contracts/account-fields.ts'
import type { ColumnField, ImportField } from '../../../contracts/sheet-columns.ts'
import { type BreachedPasswords, givenPasswordFault } from '../../authenticators/passwords/passwords.ts'
import { accountFaults, usernameKey, usernameSkeleton } from '../../directory/accounts/accounts.ts'
import { type Cell, cutText } from '../sheets/sheets.ts'
import type { Mapping, NameOrder } from './columns.ts'
import { isOffset, readDay, readLanguage, readTimeZone } from './read-values.ts'

/** One thing that is to be said of a row. `code` is a key of locales/*\/imports.json; the value of a password is never told. */
export type RowProblem = {
  column: ColumnField | null
  value: string
  code: string
  /** Said, and no reason to refuse. */
  note?: true
  /** The row that it is about, besides this one. */
  otherRow?: number
}

/** What a row says. Empty cells say nothing. Profile and team by their names; days as `YYYY-MM-DD`. */
export type RowFields = {
  username: string
  usernameKey: string
  fullName: string
  /** Whether there is a password; the password itself stays sealed in its row. */
  password?: true
} & { [Field in Exclude<ImportField, 'username' | 'fullName' | 'password'>]?: string }

export type JudgedRow = { row: number; fields: RowFields | null; problems: RowProblem[] }

/** Of the first row of a pair, what is found only at the second. */
export type LateProblem = { row: number; problem: RowProblem }

/** Judges row after row of one file, and remembers their usernames: none may be there twice, nor look like another. */
export function rowJudge({ mapping, nameOrder }: { mapping: Mapping; nameOrder: NameOrder }): {
  judge(row: number, cells: readonly Cell[]): JudgedRow
  late: LateProblem[]
} {
  const seen = new Map<string, { row: number; key: string; told: boolean }>()
  const late: LateProblem[] = []

  function judge(row: number, cells: readonly Cell[]): JudgedRow {
    const { texts, problems } = textsOf(mapping, cells)
    const fields = fieldsOf({ ...texts, fullName: fullNameOf(texts, nameOrder) }, problems)
    if (fields.usernameKey !== '') refuseDoubles(row, fields, problems)
    return { row, fields, problems }
  }

  function refuseDoubles(row: number, { username, usernameKey: key }: RowFields, problems: RowProblem[]): void {
    const skeleton = usernameSkeleton(username)
    const other = seen.get(skeleton)
    if (other === undefined) {
      seen.set(skeleton, { row, key, told: false })
      return
    }
    const code = other.key === key ? 'twice_in_file' : 'look_alike_in_file'
    problems.push({ column: 'username', value: username, code, otherRow: other.row })
    // Which of the two is meant is for people to say, so neither is taken.
    if (!other.told) late.push({ row: other.row, problem: { column: 'username', value: username, code, otherRow: row } })
    other.told = true
  }

  return { judge, late }
}

/** The password of a row, for the moment of writing it. */
export function passwordOf(mapping: Mapping, cells: readonly Cell[]): string | undefined {
  return textsOf(mapping, cells).texts.password
}

/**
 * Refuses the rows whose password has become known in a breach, by the operator's list. Apart from the rest, because it reads a file.
 * @param judged one for each of the rows, in their order
 */
export async function refuseBreached(
  breached: BreachedPasswords | undefined,
  mapping: Mapping,
  rows: readonly { cells: readonly Cell[] }[],
  judged: readonly JudgedRow[],
): Promise<void> {
  if (breached === undefined || !mapping.includes('password')) return
  for (const [index, { fields, problems }] of judged.entries()) {
    const password = fields?.password && passwordOf(mapping, rows[index]!.cells)
    if (password && (await breached.has(password.normalize('NFC'))))
      problems.push({ column: 'password', value: '', code: 'password_breached' })
  }
}

const days: ReadonlySet<ColumnField> = new Set(['validFrom', 'validUntil'])

type Texts = Partial<Record<ColumnField, string>>

function textsOf(mapping: Mapping, cells: readonly Cell[]): { texts: Texts; problems: RowProblem[] } {
  const texts: Texts = {}
  const problems: RowProblem[] = []
  for (const [index, column] of mapping.entries()) {
    const cell = cells[index]
    if (column === null || cell === undefined || cell === '') continue
    const { text, fault, merged }: Exclude<Cell, string> = typeof cell === 'string' ? { text: cell } : cell
    const value = column === 'password' ? '' : cutText(text, 100)
    // A day is one in whatever way the spreadsheet holds it; in any other column it was something else before.
    if (fault === undefined || (fault === 'date' && days.has(column))) texts[column] = text
    else problems.push({ column, value, code: `cell_${fault}` })
    if (merged) problems.push({ column, value, code: 'cell_merged', note: true })
  }
  if (cells.some((cell) => typeof cell !== 'string' && cell.hidden))
    problems.push({ column: null, value: '', code: 'row_hidden', note: true })
  return { texts, problems }
}

/** The full name, or what its halves are together. */
function fullNameOf({ fullName, firstName = '', lastName = '' }: Texts, order: NameOrder): string {
  return fullName ?? (order === 'first_last' ? [firstName, lastName] : [lastName, firstName]).filter(Boolean).join(' ')
}

function fieldsOf(texts: Texts, problems: RowProblem[]): RowFields {
  const refuse = (column: ColumnField, code: string, note?: true) => {
    // A cell that cannot be read is said once.
    if (problems.some((problem) => problem.column === column && !problem.note)) return
    problems.push({
      column,
      value: column === 'password' ? '' : cutText(texts[column] ?? '', 100),
      code,
      ...(note && { note }),
    })
  }
  const { username = '', fullName = '' } = texts
  const fields: RowFields = { username, usernameKey: usernameKey(username) ?? '', fullName: fullName.normalize('NFC') }
  const set = (column: ColumnField, value: string | undefined, code: string) => {
    if (texts[column] === undefined) return
    if (value === undefined) refuse(column, code)
    else Object.assign(fields, { [column]: value })
  }
  for (const column of days) {
    const day = readDay(texts[column] ?? '')
    set(column, day?.day, 'not_a_day')
    if (day?.ambiguous) refuse(column, 'day_before_month', true)
  }
  set('timeZone', readTimeZone(texts.timeZone ?? ''), isOffset(texts.timeZone ?? '') ? 'time_zone_is_offset' : 'not_a_time_zone')
  set('language', readLanguage(texts.language ?? ''), 'not_a_language')
  for (const column of asTheyStand) if (texts[column] !== undefined) fields[column] = texts[column]

  const judged = { ...nothing, ...fields }
  for (const { field, code } of accountFaults(judged)) refuse(field as ColumnField, code)
  if (texts.password !== undefined) {
    const fault = givenPasswordFault(texts.password, username)
    if (fault !== undefined) refuse('password', fault)
    else fields.password = true
  }
  return fields
}

/** What is taken as it was written. */
const asTheyStand = ['profile', 'team', ...accountFieldNames.filter(isAsItStands)] as const

function isAsItStands(field: AccountField): field is 'email' | 'phone' {
  return ['line', 'email', 'phone'].includes(accountFields[field])
}

const nothing = Object.fromEntries(accountFieldNames.map((field) => [field, null])) as { [Field in AccountField]: null }
