import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'
import type { SessionLimits } from '../../sessions/sessions.ts'

/**
 * Keeps that a live session is used at a module, and returns the grant that the module's tokens hang on; undefined when the session does
 * not live, or its person may not use the module.
 */
export async function openModuleSession(
  database: Database,
  instance: { id: string },
  sessionId: string,
  clientId: string,
  { leaseSeconds, idleMinutes, longestHours }: SessionLimits,
): Promise<string | undefined> {
  const { rows } = await database.call((db) =>
    sql<{ grant: string | null }>`
      select open_module_session(${instance.id}, ${sessionId}, ${clientId}, ${leaseSeconds}, ${idleMinutes}, ${longestHours * 60}) as grant`.execute(
      db,
    ),
  )
  return rows[0]!.grant ?? undefined
}

/** Takes a grant back, with all that hangs on it. The module is told of the session's end all the same, when it ends. */
export async function closeGrant(tx: Transaction, id: string): Promise<void> {
  await tx.deleteFrom('moduleGrant').where('id', '=', id).execute()
}

/** Takes back all that was handed out to a module. */
export async function closeGrantsOf(tx: Transaction, moduleId: string): Promise<void> {
  await tx.deleteFrom('moduleGrant').where('moduleId', '=', moduleId).execute()
}
