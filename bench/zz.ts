import { mkdtempSync, rmSync } from 'node:fs'
import { openEmbeddedPostgres } from '../server/platform/embedded-postgres.ts'
import { startGatehouse } from './gatehouse.ts'
import { measureLeases } from './leases.ts'

const dir = mkdtempSync('/tmp/zz-')
const postgres = await openEmbeddedPostgres(dir, () => {})
const node = await startGatehouse(dir)
await node.stop()
console.log(
  await measureLeases(postgres.address, dir, Number(process.argv[2]), {
    settleSeconds: Number(process.argv[3]),
    seconds: Number(process.argv[4]),
  }),
)
await postgres.close()
rmSync(dir, { recursive: true })
process.exit()
