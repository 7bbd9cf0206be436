// Which tables a backup holds, read from the database so that none is forgotten.
import type pg from 'pg'

export type BackupTable = {
  /** With its schema, quoted where it has to be. */
  name: string
  /** All but those that the database computes. */
  columns: string[]
  /** Whether its rows belong to instances, so that row-level security shows one at a time. */
  ofInstances: boolean
  /** A condition, for a table of which only some rows are worth keeping. */
  where: string
  /** Tables that must be filled before it. */
  after: string[]
}

/** Made anew by every version at its start, or said in the head of the backup. */
const leftOut = ['public.migration', 'public.routine', 'public.installation']

/**
 * The tables in an order in which each can be filled, the jobs that are still to be done last.
 * @throws Error when two tables want each other first
 */
export async function listTables(client: pg.Client): Promise<BackupTable[]> {
  const { rows } = await client.query<BackupTable>(
    `select c.oid::regclass::text as name, 'true' as where,
       (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'instance_id' and not a.attisdropped) as "ofInstances",
       array(select k.confrelid::regclass::text from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as after
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all ($1)
     order by c.relname`,
    [leftOut.map((name) => name.slice('public.'.length))],
  )
  const ordered: BackupTable[] = []
  for (let left = rows; left.length > 0; ) {
    const ready = left.filter(({ after }) => after.every((name) => !left.some((other) => other.name === name)))
    if (ready.length === 0) throw new Error(`These tables want each other first: ${left.map(({ name }) => name).join(', ')}`)
    ordered.push(...ready)
    left = left.filter((table) => !ready.includes(table))
  }
  const { rows: columns } = await client.query<{ name: string }>(
    "select quote_ident(attname) as name from pg_attribute where attrelid = 'pgboss.job'::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum",
  )
  const jobs = {
    name: 'pgboss.job',
    columns: columns.map(({ name }) => name),
    ofInstances: false,
    where: "state in ('created', 'retry', 'active')",
    after: [],
  }
  return [...ordered, jobs]
}

/** What a database is at: every migration, and the version of the jobs. Two that say the same have the same tables. */
export async function describeSchema(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select name from migration union all select 'pgboss ' || version from pgboss.version order by 1",
  )
  return rows.map(({ name }) => name)
}

/** The instances: the owner of the tables sees none, the operator sees all. Call it in a transaction. */
export async function listInstanceIds(client: pg.Client): Promise<string[]> {
  await client.query('set local role gatehouse_operator')
  const { rows } = await client.query<{ id: string }>('select id from instance order by id')
  await client.query('reset role')
  return rows.map(({ id }) => id)
}
