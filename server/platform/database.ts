// The database: one pool, and the only place that says which instance a statement may see.
import { CamelCasePlugin, Kysely, PostgresDialect, type RawBuilder, sql } from 'kysely'
import pg from 'pg'
import { type Problem, unavailable } from './problem.ts'
import type { Tables } from './tables.ts'

/** Statements inside one transaction that sees one instance, or, for the operator, all of them. */
export type Transaction = Kysely<Tables>

export type Database = Readonly<{
  /**
   * Runs `work` in one transaction that sees only this instance's rows.
   * A throw rolls back.
   * @throws database_unavailable
   */
  in<T>(instance: { id: string }, work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * Runs `work` as the operator, who sees and makes instances, and the rows of the one that is named.
   * @throws database_unavailable
   */
  asOperator<T>(instance: { id: string } | undefined, work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * Calls a database function that sets the instance itself, in one round trip and a transaction of its own: for what every login
   * and every request needs.
   * @throws database_unavailable
   */
  call<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  /** Where it is, for what keeps connections of its own. */
  address: DatabaseAddress
  close(): Promise<void>
}>

export type DatabaseAddress = { connectionString: string } | { host: string; user: string; database: string }

// Days stay text: a Date would move them by the server's time zone.
pg.types.setTypeParser(pg.types.builtins.DATE, (day) => day)

/** How every connection of a node begins: as a role that owns nothing, and with an end to all waiting. */
export const nodeOptions =
  '-c role=gatehouse_server -c timezone=UTC -c statement_timeout=4000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=5000'

/**
 * How long a node waits for any answer of the database, in milliseconds: longer than the database lets a statement run. One that is frozen,
 * or whose network swallows everything, keeps to no limit of its own. The connection is given up, and its place is free.
 */
export const longestSilence = 4500

// Far more than the stores have; what writes many rows at once has a text for each number of rows.
const mostPrepared = 500
const statementNames = new Map<string, string>()

/**
 * Prepares each statement once a connection, so that PostgreSQL parses and plans it once and not at every login.
 * The texts are those of the stores: a few dozen, and none holds a value.
 */
class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen overloads; this one passes all but one of them on.
  override query(...args: any[]): any {
    const [text, values] = args
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) return super.query(...(args as [string]))
    const name = statementNames.get(text) ?? (statementNames.size < mostPrepared ? `gatehouse_${statementNames.size}` : undefined)
    if (name === undefined) return super.query({ text, values })
    statementNames.set(text, name)
    return super.query({ name, text, values })
  }
}

/**
 * Opens the pool. Connects at the first use, as a role that owns nothing.
 * @param connections the most connections at once
 * @param pooler a pooler in front of the same database, which gives a connection away between two transactions. It sets the role and the
 *   limits of time by itself (deploy/pgbouncer.ini), and nothing can be prepared on what is somebody else's next.
 */
export function openDatabase(
  address: DatabaseAddress,
  connections: number,
  onLostConnection: (error: Error) => void,
  pooler?: DatabaseAddress,
): Database {
  const pool = new pg.Pool({
    ...(pooler ?? address),
    ...(pooler === undefined && { Client: PreparingClient, options: nodeOptions }),
    // Statements that do not wait for each other share a round trip.
    pipeline: true,
    max: connections,
    // A person waits this long for a free connection, in milliseconds, and then gets a clear 503.
    connectionTimeoutMillis: 2000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    query_timeout: longestSilence,
    application_name: 'gatehouse',
  })
  // Without a listener a lost idle connection would end the process. The pool makes a new one when it needs it.
  pool.on('error', onLostConnection)
  // And so would one that is lost while it is in use: its statement fails, which is all that its user needs to know.
  pool.on('connect', (client) => client.on('error', () => {}))
  const kysely = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })

  const transaction = <T>(opening: string, work: (tx: Transaction) => Promise<T>) =>
    orUnavailable(() =>
      kysely.connection().execute(async (tx) => {
        // Sent without waiting for its answer: the first statement follows in the same breath. The text holds no value from outside.
        const opened = sql.raw(`begin; ${opening}`).execute(tx)
        try {
          const [result] = await Promise.all([work(tx), opened])
          const { rows } = await sql<{ command: string }>`commit`.execute(tx)
          // PostgreSQL answers so, and without an error, when an earlier statement failed and somebody went on regardless.
          if (rows[0]?.command === 'ROLLBACK') throw new Error('the transaction was rolled back at its commit')
          return result
        } catch (error) {
          // When the connection is gone, so is the transaction.
          await sql`rollback`.execute(tx).catch(() => {})
          throw error
        }
      }),
    )

  return {
    in: (instance, work) => transaction(only(instance), work),
    asOperator: (instance, work) =>
      transaction(`set local role gatehouse_operator${instance ? `; ${only(instance)}` : ''}`, work),
    call: (work) => orUnavailable(() => work(kysely)),
    address,
    close: () => kysely.destroy(),
  }
}

/** Says which instance the rest of the transaction may see; the policies of migrations/ keep to it. */
function only(instance: { id: string }): string {
  return `select set_config('gatehouse.instance_id', '${uuid(instance.id)}', true)`
}

function uuid(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) throw new TypeError('an instance id must be a UUID')
  return text
}

/** A database that is away, full or too slow is no bug: people get a 503 and can try again. Fails closed. */
async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isUnavailable(error) ? (unavailable(error) satisfies Problem) : error
  }
}

// PostgreSQL's classes 08 connection, 53 resources, 57 operator intervention (also statement_timeout), 58 system; and locks.
// https://www.postgresql.org/docs/18/errcodes-appendix.html
const unavailableCodes = /^(08|53|57|58)...$|^(55P03|40P01|25P03)$|^E[A-Z]+$/

export function isUnavailable(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string' && unavailableCodes.test(error.code)) return true
  // PostgreSQL ended the connection, or did not let it begin, for whatever reason.
  if ('severity' in error && ['FATAL', 'PANIC'].includes(String(error.severity))) return true
  // pg and pg-pool give no code to these.
  return /^(Connection terminated|timeout expired|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/.test(
    error.message,
  )
}

/** What `work` answers, with all that it wrote undone and the rows that it locked let go: to find out what would happen. */
export async function rehearse<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
  await sql`savepoint rehearsal`.execute(tx)
  try {
    return await work()
  } finally {
    await sql`rollback to savepoint rehearsal`.execute(tx)
  }
}

/** Which kind of rule of the database a statement would have broken, if it was one of these. */
export function brokenConstraint(error: unknown): 'unique' | 'foreign_key' | undefined {
  const { code } = (error ?? {}) as { code?: unknown }
  // https://www.postgresql.org/docs/18/errcodes-appendix.html, class 23
  if (code === '23505') return 'unique'
  return code === '23503' ? 'foreign_key' : undefined
}

/** What to order names by, as people do and not by the numbers of their characters. */
export function inOrder(column: string): RawBuilder<string> {
  return sql<string>`sortable(${sql.ref(column)}) collate "C"`
}

/** Asks the database for nothing but an answer. */
export async function askForAnAnswer(db: Kysely<Tables>): Promise<void> {
  await sql`select 1`.execute(db)
}

/** The role that statements run as, and whether it is one whom row-level security does not bind. */
export async function describeRole(db: Kysely<Tables>): Promise<{ name: string; passesPolicies: boolean }> {
  const { rows } = await sql<{ name: string; passesPolicies: boolean }>`
    select current_user as name, rolsuper or rolbypassrls as passes_policies from pg_roles where rolname = current_user`.execute(
    db,
  )
  return rows[0]!
}
