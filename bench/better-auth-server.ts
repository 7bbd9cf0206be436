// Better Auth with its defaults on node:http, for comparison. Its rate limiter is off, which would refuse the fourth login in ten
// seconds; everything else is as it comes. Arguments: port, then the address of the database as JSON.
import { createServer } from 'node:http'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import pg from 'pg'

const port = Number(process.argv[2])
const address = JSON.parse(process.argv[3]!) as pg.PoolConfig

// Its options hold no class instances of ours, so the same object serves the server and its migrations.
const options = {
  database: new pg.Pool(address),
  baseURL: `http://localhost:${port}`,
  secret: crypto.randomUUID() + crypto.randomUUID(),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
}
await (await getMigrations(options)).runMigrations()
createServer(toNodeHandler(betterAuth(options))).listen(port, '127.0.0.1', () => process.stdout.write('{}\n'))
process.once('disconnect', () => process.exit())
