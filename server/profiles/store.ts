import type { Transaction } from '../platform/database.ts'
import { builtInProfiles } from './permissions.ts'

/** Gives a new instance its built-in profiles and returns their ids by name. */
export async function insertBuiltInProfiles(tx: Transaction): Promise<Map<string, string>> {
  const rows = await tx
    .insertInto('profile')
    .values(
      Object.entries(builtInProfiles).map(([name, permissions]) => ({ name, builtIn: true, permissions: [...permissions] })),
    )
    .returning(['id', 'name'])
    .execute()
  return new Map(rows.map(({ id, name }) => [name, id]))
}

export async function findProfileId(tx: Transaction, name: string): Promise<string | undefined> {
  const row = await tx.selectFrom('profile').select('id').where('name', '=', name).executeTakeFirst()
  return row?.id
}
