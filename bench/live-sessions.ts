// Sessions that live already, as many as an installation has, without the logins that would begin them.
import { sql } from 'kysely'
import { findInstanceByName } from '../server/instances/instances.ts'
import { type DatabaseAddress, openDatabase } from '../server/platform/database.ts'
import { hashToken, newToken } from '../server/platform/secret.ts'
import { newUsername } from './gatehouse.ts'

export type LiveSessions = {
  instance: { id: string }
  /** By the order of their tokens. */
  sessionIds: string[]
  /** What the cookies of their browsers hold. */
  tokens: string[]
}

/** Adds accounts of the instance `main` with a live session each, past the login. */
export async function addLiveSessions(address: DatabaseAddress, count: number): Promise<LiveSessions> {
  const database = openDatabase(address, 1, () => {})
  const instance = (await database.asOperator(undefined, (tx) => findInstanceByName(tx, 'main')))!
  const tokens = Array.from({ length: count }, newToken)
  const sessionIds: string[] = []
  for (let from = 0; from < count; from += 5000) {
    const hashes = tokens.slice(from, from + 5000).map(hashToken)
    const { rows } = await database.in(instance, (tx) =>
      sql<{ id: string }>`
        with person as (
          insert into account (username, username_key, full_name, profile_id)
          select ${newUsername()} || '-' || n, ${newUsername()} || '-' || n, 'Ana Souza', (select id from profile where name = 'Agent')
          from generate_series(1, ${hashes.length}::int) n
          returning id
        ), numbered as (select id, row_number() over () as place from person),
        started as (
          insert into session (account_id, token_hash, address, device)
          select numbered.id, token_hash, '127.0.0.1', 'Chrome on Windows'
          from unnest(${hashes}::bytea[]) with ordinality as given (token_hash, place) join numbered using (place)
          returning id, token_hash
        )
        select started.id from unnest(${hashes}::bytea[]) with ordinality as given (token_hash, place)
        join started using (token_hash) order by place`.execute(tx),
    )
    sessionIds.push(...rows.map(({ id }) => id))
  }
  await database.close()
  return { instance, sessionIds, tokens }
}

/** Nobody else's part of the bench shall meet them. */
export async function removeLiveSessions(address: DatabaseAddress, { instance, sessionIds }: LiveSessions): Promise<void> {
  const database = openDatabase(address, 1, () => {})
  await database.in(instance, async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx)
    await sql`delete from session where id = any (${sessionIds}::uuid[])`.execute(tx)
  })
  await database.close()
}
