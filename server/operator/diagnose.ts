import { statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Config } from '../config.ts'
import { findInstance } from '../instances/instances.ts'
import type { System } from '../system.ts'

export type Finding = { check: string; ok: boolean; says: string }

/** Looks at everything that a node needs. What cannot be opened at all has been said before this runs. */
export async function diagnose({ database }: System, config: Config): Promise<Finding[]> {
  const server = await database.call(async (db) => {
    const asked = Date.now()
    const { rows } = await sql<{ version: string; role: string; superuser: boolean; bypass: boolean; clock: Date }>`
      select current_setting('server_version') as version, current_user as role, rolsuper as superuser, rolbypassrls as bypass, clock_timestamp() as clock
      from pg_roles where rolname = current_user`.execute(db)
    return { ...rows[0]!, skewSeconds: Math.round(((asked + Date.now()) / 2 - rows[0]!.clock.getTime()) / 1000) }
  })
  const main = await database.call((db) => findInstance(db, config.publicUrl.hostname, undefined))
  return [
    { check: 'node', ok: Number(process.versions.node.split('.')[0]) >= 26, says: `Node ${process.versions.node}` },
    { check: 'database', ok: true, says: `PostgreSQL ${server.version}, migrated` },
    {
      check: 'isolation',
      ok: server.role === 'gatehouse_server' && !server.superuser && !server.bypass,
      says: `requests run as the role ${server.role}${server.superuser || server.bypass ? ', which passes row-level security by' : ''}`,
    },
    {
      check: 'clock',
      ok: Math.abs(server.skewSeconds) <= 60,
      says: `${Math.abs(server.skewSeconds)} s apart from the database's, which is the one that counts`,
    },
    { check: 'secret key', ...secretKeyFinding(config) },
    {
      check: 'main',
      ok: main?.name === 'main',
      says: main
        ? `the instance ${main.name} answers at ${config.publicUrl.origin}`
        : `no instance answers at ${config.publicUrl.hostname} yet; \`serve\` makes it`,
    },
  ]
}

function secretKeyFinding(config: Config): { ok: boolean; says: string } {
  if (config.secretKey !== undefined) return { ok: true, says: 'from SECRET_KEY, and the one of this database' }
  const path = join(config.dataDir, 'secret-key')
  const open = (statSync(path).mode & 0o077) !== 0
  return open
    ? { ok: false, says: `${path} can be read by others: chmod 600` }
    : { ok: true, says: `in ${path}; keep a copy apart from the database` }
}
