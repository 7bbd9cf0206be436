// The system below a node or a command: the database of the settings, migrated, and the keys.
import type { Config } from './config.ts'
import { keepKeyCheck } from './instances/instances.ts'
import { type Database, type DatabaseAddress, describeRole, openDatabase } from './platform/database.ts'
import { openEmbeddedPostgres } from './platform/embedded-postgres.ts'
import { migrate } from './platform/migrate.ts'
import { deriveKeys, type Keys, keptSecretKey, sameBytes } from './platform/secret.ts'

export type System = Readonly<{
  database: Database
  address: DatabaseAddress
  keys: Keys
  /** The names of the migrations that were applied now. */
  migrated: string[]
  close(): Promise<void>
}>

/**
 * Opens the database that the settings name, brings it up to this version and checks that the secret key belongs to it.
 * @param report told of what an operator should know, such as a PostgreSQL that went away
 * @throws Error that says what to do
 */
export async function openSystem(config: Config, report: (message: string) => void): Promise<System> {
  const embedded = config.databaseUrl === undefined ? await openEmbeddedPostgres(config.dataDir, report) : undefined
  const { databaseUrl, databaseDirectUrl } = config
  const address = embedded?.address ?? { connectionString: databaseDirectUrl ?? databaseUrl! }
  const pooler = databaseDirectUrl === undefined ? undefined : { connectionString: databaseUrl! }
  try {
    const keys = deriveKeys(config.secretKey ?? keptSecretKey(config.dataDir))
    const migrated = await migrate(address)
    const database = openDatabase(
      address,
      config.databaseConnections,
      (error) => report(`A database connection was lost: ${error.message}`),
      pooler,
    )
    try {
      await refuseRoleThatSeesAll(database)
      await refuseForeignKey(database, keys)
    } catch (error) {
      await database.close()
      throw error
    }
    const close = async () => {
      await database.close()
      await embedded?.close()
    }
    return { database, address, keys, migrated, close }
  } catch (error) {
    await embedded?.close()
    throw error
  }
}

/** A node with another key than the others would refuse every initial password, and make some that the others refuse. */
async function refuseForeignKey(database: Database, keys: Keys): Promise<void> {
  const kept = await database.asOperator(undefined, (tx) => keepKeyCheck(tx, keys.check))
  if (!sameBytes(kept, keys.check))
    throw new Error(
      'SECRET_KEY is not the one that this database was used with. Give every node the same key; restore DATA_DIR/secret-key if it was lost.',
    )
}

/** Row-level security binds only a role that neither owns the tables nor passes it by: without it, instances could see each other. */
async function refuseRoleThatSeesAll(database: Database): Promise<void> {
  const role = await database.call(describeRole)
  if (role.name !== 'gatehouse_server' || role.passesPolicies)
    throw new Error(
      `Requests would run as the PostgreSQL role ${role.name}, which ${role.passesPolicies ? 'passes row-level security by' : 'is not gatehouse_server'}. ` +
        'Take "options" out of DATABASE_URL. A pooler needs DATABASE_DIRECT_URL beside it, and must set the role: deploy/pgbouncer.ini.',
    )
}
