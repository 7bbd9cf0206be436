// The leases of a large instance: what it costs that everybody who is logged in shows every half minute that they are still there.
import { sql } from 'kysely'
import pg from 'pg'
import { findInstanceByName } from '../server/instances/instances.ts'
import { openDatabase } from '../server/platform/database.ts'
import { renewChannels } from '../server/sessions/sessions.ts'
import { summary, timed } from './client.ts'
import type { CompareNeeds } from './compare-logins.ts'
import { addManyAccounts } from './gatehouse.ts'
import type { Row } from './report.ts'

/** As a node does it: all that it has in one statement, so often. */
const channelsOfNode = 10_000
const renewSeconds = 30
const rounds = 5

/** Renews the leases of so many live sessions again and again, one node after the other, on one connection. */
export async function measureLeases({ address, start, progress }: CompareNeeds, sessions: number): Promise<Row> {
  const gatehouse = await start()
  progress(`the leases of ${sessions} live sessions`)
  await addManyAccounts(address, sessions)
  await gatehouse.stop()
  const database = openDatabase(address, 1, () => {})
  const instance = (await database.asOperator(undefined, (tx) => findInstanceByName(tx, 'main')))!
  const channels = await database.in(instance, async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx)
    const { rows } = await sql<{ instanceId: string; sessionId: string; channelId: string }>`
      insert into session (account_id, token_hash, address, device, channel_id)
      select id, sha256(id::text::bytea), '127.0.0.1', '', gen_random_uuid() from account a
      where not exists (select from session s where s.account_id = a.id and s.ended_at is null)
      order by random() limit ${sessions}
      returning instance_id, id as session_id, channel_id`.execute(tx)
    return rows
  })

  // PostgreSQL does so by itself within a minute; what it takes until then is not what this is about.
  const owner = new pg.Client(address)
  await owner.connect()
  await owner.query('analyze session')
  await owner.end()

  const took: number[] = []
  for (let round = 0; round < rounds; round += 1)
    for (let from = 0; from < channels.length; from += channelsOfNode) {
      const ofNode = channels.slice(from, from + channelsOfNode)
      const { milliseconds, result } = await timed(() => renewChannels(database, ofNode))
      const alive = result.filter(({ standing }) => standing === 'lives').length
      if (alive !== ofNode.length) throw new Error(`${alive} of ${ofNode.length} sessions live`)
      took.push(milliseconds)
    }
  // Nobody else's part of the bench shall meet them.
  await database.in(instance, async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx)
    await sql`delete from session where channel_id is not null`.execute(tx)
  })
  await database.close()

  const seconds = took.reduce((sum, each) => sum + each, 0) / 1000
  const load = { ...summary({ took, seconds, errors: {} }), perSecond: (rounds * channels.length) / seconds }
  const busy = ((seconds / rounds / renewSeconds) * 100).toFixed(1)
  return {
    what: `leases of ${sessions} live sessions, ${channelsOfNode} a statement`,
    load,
    ratio: `each every ${renewSeconds} s: at most ${busy} % of a processor`,
  }
}
