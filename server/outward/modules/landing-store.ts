// The module at which a profile lands after the login.
import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'
import { hashToken } from '../../platform/secret.ts'
import type { Tile } from './store.ts'

/** Where somebody lands who may use it and can open it; undefined for home. */
export async function findLanding(tx: Transaction, accountId: string): Promise<Tile | undefined> {
  const { rows } = await sql<Tile>`
    select m.id, m.name, m.address from account a
    join module_profile p on p.profile_id = a.profile_id and p.lands join module m on m.id = p.module_id
    where a.id = ${accountId} and m.address is not null and may_use_module(m, a)`.execute(tx)
  return rows[0]
}

/** For so long, in milliseconds, a node believes that nobody in an instance lands at a module: logins ask nothing then. */
const believedMilliseconds = 1000

/** Says of a session that has just started whether its person lands at a module. */
export function openLandings(database: Database): (instance: { id: string }, token: string) => Promise<boolean> {
  const none = new Map<string, number>()
  return async (instance, token) => {
    if ((none.get(instance.id) ?? 0) > performance.now()) return false
    const { rows } = await database.in(instance, (tx) =>
      sql<{ some: boolean; lands: boolean }>`
        select exists (select from module_profile where lands) as some,
          exists (select from session s join account a on a.id = s.account_id
            join module_profile p on p.profile_id = a.profile_id and p.lands join module m on m.id = p.module_id
            where s.token_hash = ${hashToken(token)} and m.address is not null and may_use_module(m, a)) as lands`.execute(tx),
    )
    const { some, lands } = rows[0]!
    if (some) none.delete(instance.id)
    else none.set(instance.id, performance.now() + believedMilliseconds)
    return lands
  }
}
