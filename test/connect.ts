import type { TestContext } from 'node:test'
import pg from 'pg'

/** A connection of its own to a database of the tests, until the end of the test; one that is cut ends nothing else. */
export async function connect(t: TestContext, address: object): Promise<pg.Client> {
  const client = new pg.Client(address)
  client.on('error', () => {})
  await client.connect()
  t.after(() => client.end().catch(() => {}))
  return client
}
