// What a dry run found, by its causes; and what running it would send.
import { sql } from 'kysely'
import type { ColumnField } from '../../../contracts/sheet-columns.ts'
import type { Transaction } from '../../platform/database.ts'
import type { Import } from './store.ts'

/** One thing that is to be said of many rows. */
export type Cause = {
  column: ColumnField | null
  code: string
  note: boolean
  rows: number
  /** What those cells say that name what is not there, the most frequent first; one of those that differ only by case. */
  values: { value: string; rows: number }[]
}
/** Codes of names that somebody could make, or write in another way. */
const ofNames = ['team_unknown', 'profile_unknown', 'not_a_language', 'not_a_time_zone']
const mostValues = 200

export async function listCauses(tx: Transaction, { id, headerRow }: Pick<Import, 'id' | 'headerRow'>): Promise<Cause[]> {
  const problems = sql`
    from import_row r cross join lateral jsonb_to_recordset(r.problems) as p ("column" text, code text, value text, note boolean)
    where r.import_id = ${id} and r.row_number > ${headerRow ?? 0}`
  const [causes, values] = await Promise.all([
    sql<Omit<Cause, 'values'>>`
      select p."column", p.code, coalesce(p.note, false) as note, count(distinct r.row_number)::int as rows ${problems}
      group by 1, 2, 3 order by note, rows desc, code`.execute(tx),
    sql<{ column: string; code: string; value: string; rows: number }>`
      select p."column", p.code, min(p.value) as value, count(distinct r.row_number)::int as rows ${problems}
      and p.code = any (${ofNames}) group by p."column", p.code, lower(p.value) order by rows desc, value limit ${mostValues}`.execute(
      tx,
    ),
  ])
  return causes.rows.map((cause) => ({
    ...cause,
    values: values.rows
      .filter(({ column, code }) => column === cause.column && code === cause.code)
      .map(({ value, rows }) => ({ value, rows })),
  }))
}

/** How many of the people to be created would get their initial password by mail, and how many would need a slip. */
export async function countCredentials(tx: Transaction, importId: string): Promise<{ messages: number; slips: number }> {
  const { rows } = await sql<{ messages: number; slips: number }>`
    select count(*) filter (where fields ? 'email')::int as messages, count(*) filter (where not fields ? 'email')::int as slips
    from import_row where import_id = ${importId} and verdict = 'create' and not fields ? 'password'`.execute(tx)
  return rows[0]!
}
