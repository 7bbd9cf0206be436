import { sql } from 'kysely'
import type { Transaction } from '../platform/database.ts'

/** A table that holds something of accounts: the column that says whose, and the columns that are no secret. */
type PersonalTable = { name: string; whose: string[]; shown: string[]; through: string | null }

/**
 * The tables that say something of accounts, read from the catalogue so that none is forgotten: by their columns, and, one step further,
 * what hangs on a session or a factor. Bytes and hashes are left out: they are secrets, or sealed.
 */
async function personalTables(tx: Transaction): Promise<PersonalTable[]> {
  const { rows } = await sql<PersonalTable>`
    with columns as (
      select c.table_name as name, c.column_name as col, c.data_type as type from information_schema.columns c
      join pg_class k on k.relname = c.table_name and k.relnamespace = 'public'::regnamespace and k.relkind in ('r', 'p')
      where c.table_schema = 'public'),
    whose as (
      select name, array_agg(col::text) as whose, null as through from columns
      where type = 'uuid' and (col in ('account_id', 'actor_account_id') or col like '%\\_by' or (name = 'account' and col = 'id')) group by name
      union all
      select t.name, array[min(t.col)::text], case min(t.col) when 'session_id' then 'session' else 'factor' end from columns t
      where t.col in ('session_id', 'factor_id')
        and not exists (select from columns o where o.name = t.name and o.col in ('account_id', 'actor_account_id')) group by t.name)
    select w.name, w.whose, w.through, (
      select array_agg(c.col::text) from columns c where c.name = w.name and c.type <> 'bytea' and c.col not in ('instance_id', 'hash')) as shown
    from whose w order by w.name`.execute(tx)
  return rows
}

/** All that there is about an account, by table. */
export async function readPerson(tx: Transaction, accountId: string): Promise<Record<string, object[]>> {
  const found: Record<string, object[]> = {}
  for (const { name, whose, shown, through } of await personalTables(tx)) {
    const theirs =
      through === null
        ? sql.join(
            whose.map((column) => sql`t.${sql.ref(column)} = ${accountId}`),
            sql` or `,
          )
        : sql`t.${sql.ref(whose[0]!)} in (select id from ${sql.table(through)} where account_id = ${accountId})`
    const { rows } = await sql<{ row: Record<string, unknown> }>`
      select to_jsonb(t) as row from ${sql.table(name)} t where ${theirs}`.execute(tx)
    if (rows.length > 0)
      found[name] = rows.map(({ row }) =>
        Object.fromEntries(shown.map((column) => [column, row[column]]).filter(([, value]) => value !== null)),
      )
  }
  return found
}

/** The account of a username that was removed: the last one, as the audit knows it. */
export async function findRemovedAccount(tx: Transaction, username: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select account_id as id from audit_event where event = 'account_removed' and lower(detail ->> 'username') = lower(${username})
    order by id desc limit 1`.execute(tx)
  return rows[0]?.id
}
