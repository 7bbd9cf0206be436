import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { describeBreachedPasswords } from '../authenticators/passwords/passwords.ts'
import type { Config } from '../config.ts'
import { findInstance } from '../instances/instances.ts'
import { testMail, tryMail } from '../outward/messages/messages.ts'
import { type DatabaseAddress, describeRole } from '../platform/database.ts'
import { openMailer } from '../platform/mail.ts'
import { describeLogin } from '../platform/serving-role.ts'
import type { Tables } from '../platform/tables.ts'
import { openTexts } from '../platform/text.ts'
import type { System } from '../system.ts'

export type Finding = { check: string; ok: boolean; says: string }

/**
 * Looks at everything that a node needs. What cannot be opened at all has been said before this runs.
 * @param testAddress where a test message is sent to; without one the mail server is only spoken to
 */
export async function diagnose({ database, serving }: System, config: Config, testAddress?: string): Promise<Finding[]> {
  const { version, skewSeconds } = await database.call(async (db) => {
    const asked = Date.now()
    const { rows } = await sql<{ version: string; clock: Date }>`
      select current_setting('server_version') as version, clock_timestamp() as clock`.execute(db)
    const { version, clock } = rows[0]!
    return { version, skewSeconds: Math.abs(Math.round(((asked + Date.now()) / 2 - clock.getTime()) / 1000)) }
  })
  const role = await database.call(describeRole)
  const unknownZones = await database.call(timeZonesUnknownToDatabase)
  const main = await database.call((db) => findInstance(db, config.publicUrl.hostname, undefined))
  return [
    { check: 'node', ok: Number(process.versions.node.split('.')[0]) >= 26, says: `Node ${process.versions.node}` },
    { check: 'database', ok: true, says: `PostgreSQL ${version}, migrated` },
    { check: 'isolation', ok: !role.passesPolicies, says: `requests run as the role ${role.name}` },
    { check: 'login role', ...(await loginFinding(serving)) },
    { check: 'clock', ok: skewSeconds <= 60, says: `${skewSeconds} s apart from the database's, which is the one that counts` },
    {
      check: 'time zones',
      ok: unknownZones.length === 0,
      says:
        unknownZones.length === 0
          ? 'Node and PostgreSQL know the same ones'
          : `PostgreSQL does not know ${unknownZones.join(', ')}: renew its tzdata, and give them to nobody before`,
    },
    { check: 'secret key', ...secretKeyFinding(config) },
    { check: 'breached passwords', ...(await breachedFinding(config)) },
    {
      check: 'main',
      ok: main?.name === 'main',
      says: main
        ? `the instance ${main.name} answers at ${config.publicUrl.origin}`
        : `no instance answers at ${config.publicUrl.hostname} yet; \`serve\` makes it`,
    },
    { check: 'mail', ...(await mailFinding(config)) },
    ...(testAddress === undefined ? [] : [{ check: 'test message', ...(await testFinding(config, testAddress)) }]),
  ]
}

/** What a statement that somebody has slipped in could become, beyond what it is. */
async function loginFinding(serving: DatabaseAddress): Promise<{ ok: boolean; says: string }> {
  const { name, isSuperuser, ownsTables, mayOperate } = await describeLogin(serving)
  if (isSuperuser) return { ok: false, says: `nodes log in as ${name}, whom no policy binds: take another role` }
  if (ownsTables || mayOperate)
    return {
      ok: true,
      says: `nodes log in as ${name}, who ${ownsTables ? 'owns the tables' : 'may act as the operator'}: a role of their own would be safer (docs/operating.md)`,
    }
  return { ok: true, says: `nodes log in as ${name}, who can become nobody else` }
}

async function timeZonesUnknownToDatabase(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select lower(name) as name from pg_timezone_names`.execute(db)
  const known = new Set(rows.map(({ name }) => name))
  return Intl.supportedValuesOf('timeZone').filter((zone) => !known.has(zone.toLowerCase()))
}

async function breachedFinding({ breachedPasswordsFile }: Config): Promise<{ ok: boolean; says: string }> {
  return breachedPasswordsFile === undefined
    ? { ok: true, says: 'no list of them is set; common passwords are refused in any case' }
    : describeBreachedPasswords(breachedPasswordsFile)
}

function secretKeyFinding(config: Config): { ok: boolean; says: string } {
  if (config.secretKey !== undefined) return { ok: true, says: 'from SECRET_KEY, and the one of this database' }
  const path = join(config.dataDir, 'secret-key')
  const open = (statSync(path).mode & 0o077) !== 0
  return open
    ? { ok: false, says: `${path} can be read by others: chmod 600` }
    : { ok: true, says: `in ${path}; keep a copy apart from the database` }
}

/** Speaks to the mail server as a message would, and logs in there, but sends nothing. */
async function mailFinding(config: Config): Promise<{ ok: boolean; says: string }> {
  const { smtpUrl, mailFrom, dataDir } = config
  if (smtpUrl === undefined) return { ok: true, says: `without SMTP_URL, messages are files in ${join(dataDir, 'outbox')}` }
  const server = `${smtpUrl.protocol}//${smtpUrl.host}`
  try {
    await openMailer(config).reach()
    return { ok: true, says: `${server} answers; messages are from ${mailFrom.address}` }
  } catch (error) {
    return { ok: false, says: `${server}: ${(error as Error).message}` }
  }
}

/** Sends a message to an address of the operator's, and repeats what the mail server says to it. */
async function testFinding(config: Config, address: string): Promise<{ ok: boolean; says: string }> {
  const { hostname, origin } = config.publicUrl
  const mail = testMail(address, 'en', openTexts()('en'), { instanceName: hostname, url: origin, by: 'gatehouse doctor' })
  const { outcome, said } = await tryMail(openMailer(config), mail)
  if (outcome === 'sent') return { ok: true, says: `the mail server took it for ${address}: ${said}` }
  if (outcome === 'file') return { ok: true, says: `without SMTP_URL, it is the file ${join(config.dataDir, 'outbox', said)}` }
  return { ok: false, says: `it did not leave: ${said}` }
}
