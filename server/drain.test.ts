// A node that stops: load balancers are told, what is under way is answered, and nobody is kept on a connection that is about to close.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { freePort } from '../cluster/cluster.ts'
import { closeTestPostgres, newDatabase } from '../test/postgres.ts'
import { openNode } from './app.ts'
import { readConfig } from './config.ts'
import { createInstance } from './operator/create-instance.ts'
import { openDatabase } from './platform/database.ts'
import { deriveKeys } from './platform/secret.ts'

after(closeTestPostgres)

test('fault-F05 a node that is stopping says so, answers whoever still comes, and lets each connection end with its answer', async (t) => {
  const address = await newDatabase({ migrated: true })
  const database = openDatabase(address, 10, () => {})
  const keys = deriveKeys(randomBytes(32))
  await createInstance({ database, keys }, { name: 'main', hostname: 'localhost' })
  const port = await freePort()
  const settings = { PORT: String(port), METRICS_PORT: '0', DRAIN_SECONDS: '3', LOG_LEVEL: 'fatal' }
  const node = await openNode(readConfig(settings), database, keys, process.stderr)
  t.after(() => database.close())
  await node.listen()
  const ask = async (path: string) => {
    const answer = await fetch(`http://localhost:${port}${path}`)
    return { status: answer.status, connection: answer.headers.get('connection'), body: await answer.text() }
  }
  const before = await ask('/readyz')
  assert.deepEqual([before.status, before.connection], [200, 'keep-alive'])
  const closed = node.close()
  const ready = await ask('/readyz')
  assert.deepEqual([ready.status, ready.connection, JSON.parse(ready.body)], [503, 'close', { status: 'stopping' }])
  const page = await ask('/login')
  assert.deepEqual([page.status, page.connection], [200, 'close'])
  assert.equal((await ask('/healthz')).status, 200, 'it lives')
  await closed
  await assert.rejects(ask('/healthz'))
})
