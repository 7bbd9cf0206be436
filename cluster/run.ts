// npm run cluster: three nodes behind HAProxy, for trying. DATABASE_URL leads to a PostgreSQL of your own; else they share an embedded one.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { startCluster } from './cluster.ts'

const port = Number(process.env.PORT ?? 8080)
const dataDir = resolve(process.env.DATA_DIR ?? 'data/cluster')
mkdirSync(dataDir, { recursive: true })
const { DATABASE_URL, DATABASE_DIRECT_URL, DATABASE_OWNER_URL, SECRET_KEY } = process.env
const cluster = await startCluster({
  port,
  settings: {
    DATA_DIR: dataDir,
    ...(DATABASE_URL && { DATABASE_URL }),
    ...(DATABASE_DIRECT_URL && { DATABASE_DIRECT_URL }),
    ...(DATABASE_OWNER_URL && { DATABASE_OWNER_URL }),
    ...(SECRET_KEY && { SECRET_KEY }),
  },
})

const { url, admin, nodes } = cluster
process.stdout.write(`\nThree nodes are up behind HAProxy: ${url}\n`)
for (const node of nodes) process.stdout.write(`  a node at ${node.url}, process ${node.pid}\n`)
if (admin) process.stdout.write(`  Username          ${admin.username}\n  Initial password  ${admin.initialPassword}\n`)
else process.stdout.write('  Its accounts are those of the last time.\n')
process.stdout.write('\nKill a node (kill -9), and go on as if nothing were. Ctrl-C ends all.\n')

let ending = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (ending) return
    ending = true
    void cluster.close().then(() => process.exit(0))
  })
process.once('disconnect', () => void cluster.close().then(() => process.exit(0)))
