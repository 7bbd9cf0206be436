// The system below a node or a command: the database of the settings, migrated, and the keys.
// Two login roles: the owner of the tables, who migrates and runs commands, and one that serves and can become nobody else.
import type { Config } from './config.ts'
import { findInstance, isKeyCheck, keepKeyCheck } from './instances/instances.ts'
import { messageQueue } from './outward/messages/queue.ts'
import { type Database, type DatabaseAddress, describeRole, openDatabase } from './platform/database.ts'
import { openEmbeddedPostgres } from './platform/embedded-postgres.ts'
import { migrate } from './platform/migrate.ts'
import { deriveKeys, type Keys, keptSecretKey, sameBytes } from './platform/secret.ts'
import { makeServingRole, mayMigrate, refuseUnmigrated } from './platform/serving-role.ts'
import { recoveryQueue } from './recovery/queue.ts'

/** Every queue that there is. */
export const jobQueues = [messageQueue, recoveryQueue]

export type System = Readonly<{
  database: Database
  address: DatabaseAddress
  /** What nodes serve with: another login role than the owner's, where the operator has made one. */
  serving: DatabaseAddress
  keys: Keys
  /** The names of the migrations that were applied now. */
  migrated: string[]
  close(): Promise<void>
}>

type Place = {
  /** As the owner of the tables. */
  owner: DatabaseAddress
  serving: DatabaseAddress
  /** Whether these are two login roles. */
  apart: boolean
  pooler: DatabaseAddress | undefined
  close(): Promise<void>
}

/**
 * Opens the database that the settings name as its owner, for a command, brings it up to this version and checks that the secret key
 * belongs to it.
 * @param report told of what an operator should know, such as a PostgreSQL that went away
 * @throws Error that says what to do
 */
export async function openSystem(config: Config, report: (message: string) => void): Promise<System> {
  const place = await openPlace(config, report)
  return orClosed(place, () => openAsOwner(config, place, report))
}

/**
 * Opens the database as what serves: a login role that owns nothing and cannot become who does. Where the owner's is known too, it is
 * migrated before, and `prepare` has all of it for a moment; where not, it must be ready.
 * @throws Error that says what to do
 */
export async function openServing<T>(
  config: Config,
  report: (message: string) => void,
  prepare: (system: System) => Promise<T>,
): Promise<System & { prepared: T | undefined }> {
  const place = await openPlace(config, report)
  return orClosed(place, async () => {
    if (!place.apart && (await mayMigrate(place.owner))) {
      const system = await openAsOwner(config, place, report)
      return orClosed(system.database, async () => ({ ...system, prepared: await prepare(system) }))
    }
    let prepared: T | undefined
    let migrated: string[] = []
    if (place.apart) {
      const whole = await openAsOwner(config, place, report)
      migrated = whole.migrated
      prepared = await prepare(whole).finally(whole.database.close)
    }
    const keys = keysOf(config)
    const database = openPool(config, place.serving, place.pooler, report)
    return orClosed(database, async () => {
      await refuseRoleThatSeesAll(database)
      if (!place.apart) await refuseUnready(config, database, keys)
      return { ...systemOf(place, database, keys, migrated), prepared }
    })
  })
}

async function openPlace(
  { databaseUrl, databaseDirectUrl, databaseOwnerUrl, dataDir }: Config,
  report: (message: string) => void,
): Promise<Place> {
  if (databaseUrl === undefined) {
    const embedded = await openEmbeddedPostgres(dataDir, report)
    const serving = { ...embedded.address, user: 'gatehouse_node' }
    return { owner: embedded.address, serving, apart: true, pooler: undefined, close: embedded.close }
  }
  const serving = { connectionString: databaseDirectUrl ?? databaseUrl }
  const owner = databaseOwnerUrl === undefined ? serving : { connectionString: databaseOwnerUrl }
  const pooler = databaseDirectUrl === undefined ? undefined : { connectionString: databaseUrl }
  return { owner, serving, apart: databaseOwnerUrl !== undefined, pooler, close: async () => {} }
}

async function openAsOwner(config: Config, place: Place, report: (message: string) => void): Promise<System> {
  const keys = keysOf(config)
  const migrated = await migrate(place.owner, jobQueues)
  if (config.databaseUrl === undefined) await makeServingRole(place.owner)
  const database = openPool(config, place.owner, place.apart ? undefined : place.pooler, report)
  return orClosed(database, async () => {
    await refuseRoleThatSeesAll(database)
    const kept = await database.asOperator(undefined, (tx) => keepKeyCheck(tx, keys.check))
    if (!sameBytes(kept, keys.check)) throw foreignKey()
    return systemOf(place, database, keys, migrated)
  })
}

function systemOf(place: Place, database: Database, keys: Keys, migrated: string[]): System {
  const close = async () => {
    await database.close()
    await place.close()
  }
  return { database, address: database.address, serving: place.serving, keys, migrated, close }
}

function openPool(
  { databaseConnections }: Config,
  address: DatabaseAddress,
  pooler: DatabaseAddress | undefined,
  report: (message: string) => void,
): Database {
  return openDatabase(address, databaseConnections, (error) => report(`A database connection was lost: ${error.message}`), pooler)
}

function keysOf(config: Config): Keys {
  return deriveKeys(config.secretKey ?? keptSecretKey(config.dataDir))
}

/** What `work` answers; when it fails, what it would have used is let go. */
async function orClosed<T>(open: { close(): Promise<void> }, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await open.close()
    throw error
  }
}

/** A node that cannot migrate finds the database as this version needs it, with its key and its first instance; or it does not start. */
async function refuseUnready({ publicUrl }: Config, database: Database, keys: Keys): Promise<void> {
  await refuseUnmigrated(database)
  const known = await database.call((db) => isKeyCheck(db, keys.check))
  if (known === null) throw new Error('The database knows no secret key yet. Run `gatehouse migrate` with DATABASE_OWNER_URL.')
  if (!known) throw foreignKey()
  const main = await database.call((db) => findInstance(db, publicUrl.hostname, undefined))
  if (main?.name !== 'main')
    throw new Error(
      `The instance "main" does not answer at ${publicUrl.hostname}, the host of PUBLIC_URL. With DATABASE_OWNER_URL, run ` +
        `\`gatehouse instance create main --hostname ${publicUrl.hostname}\`, or \`gatehouse instance change main --hostname …\`.`,
    )
}

/** A node with another key than the others would refuse every initial password, and make some that the others refuse. */
const foreignKey = () =>
  new Error(
    'SECRET_KEY is not the one that this database was used with. Give every node the same key; restore DATA_DIR/secret-key if it was lost.',
  )

/** Row-level security binds only a role that neither owns the tables nor passes it by: without it, instances could see each other. */
async function refuseRoleThatSeesAll(database: Database): Promise<void> {
  const role = await database.call(describeRole)
  if (role.name !== 'gatehouse_server' || role.passesPolicies)
    throw new Error(
      `Requests would run as the PostgreSQL role ${role.name}, which ${role.passesPolicies ? 'passes row-level security by' : 'is not gatehouse_server'}. ` +
        'Take "options" out of DATABASE_URL. A pooler needs DATABASE_DIRECT_URL beside it, and must set the role: deploy/pgbouncer.ini.',
    )
}
