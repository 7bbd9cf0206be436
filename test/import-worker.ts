// A node that does nothing but work on one import, for a test to kill.
import { runImport } from '../server/administration/imports/run-import.ts'
import { openHashQueue } from '../server/authenticators/passwords/passwords.ts'
import { type DatabaseAddress, openDatabase } from '../server/platform/database.ts'
import { deriveKeys } from '../server/platform/secret.ts'

const [address, instanceId, importId] = process.argv.slice(2)
const database = openDatabase(JSON.parse(address!) as DatabaseAddress, 2, () => {})
// No cell is opened in this import, so any key will do.
const needs = { database, keys: deriveKeys(Buffer.alloc(32)), hashQueue: openHashQueue(1, 10) }
await runImport(needs, { id: instanceId! }, importId!)
await database.close()
