import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { RowFields } from './judge-rows.ts'

export type Places = {
  profiles: Map<string, { id: string; permissions: string[]; builtIn: boolean }>
  teams: Map<string, string>
}

/** Profiles and teams by their names in small letters. Where two differ only by case, neither is meant. */
export async function findPlaces(tx: Transaction): Promise<Places> {
  const [profiles, teams] = await Promise.all([
    tx.selectFrom('profile').select(['id', 'name', 'permissions', 'builtIn']).execute(),
    tx.selectFrom('team').select(['id', 'name']).execute(),
  ])
  return {
    profiles: new Map(unlike(profiles).map(({ name, ...profile }) => [name.toLowerCase(), profile])),
    teams: new Map(unlike(teams).map(({ name, id }) => [name.toLowerCase(), id])),
  }
}

/**
 * The same, but those that these rows name stay until the transaction ends: whoever wants to remove one of them waits, and then finds
 * accounts in it. They are changed as ever. Those that are built in stay anyway.
 */
export async function keepPlaces(tx: Transaction, named: readonly RowFields[]): Promise<Places> {
  const { profiles, teams } = await findPlaces(tx)
  const profileNames = new Set(named.map(({ profile }) => profile?.toLowerCase()))
  const teamNames = new Set(named.map(({ team }) => team?.toLowerCase()))
  const own = [...profiles].filter(([name, { builtIn }]) => profileNames.has(name) && !builtIn)
  const used = [...teams].filter(([name]) => teamNames.has(name))
  const keptProfiles = await keep(
    tx,
    'profile',
    own.map(([, { id }]) => id),
  )
  for (const [name, { id }] of own) if (!keptProfiles.has(id)) profiles.delete(name)
  const keptTeams = await keep(
    tx,
    'team',
    used.map(([, id]) => id),
  )
  for (const [name, id] of used) if (!keptTeams.has(id)) teams.delete(name)
  return { profiles, teams }
}

/** Keeps these from being removed, and returns those that are still there. */
async function keep(tx: Transaction, table: 'profile' | 'team', ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.table(table)} where id = any (${ids as string[]}::uuid[]) order by id for key share`.execute(tx)
  return new Set(rows.map(({ id }) => id))
}

function unlike<T extends { name: string }>(all: readonly T[]): T[] {
  const counts = Map.groupBy(all, ({ name }) => name.toLowerCase())
  return all.filter(({ name }) => counts.get(name.toLowerCase())!.length === 1)
}
