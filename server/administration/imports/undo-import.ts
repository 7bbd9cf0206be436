import { record } from '../../audit/audit.ts'
import { changeAccounts, removeAccounts } from '../../credentials/credentials.ts'
import { type ActingAccount, hasAll, lockAccounts, reachesTeam, type StoredAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { accountsWithSessions } from '../../sessions/sessions.ts'
import { orLastAdministrator } from '../users/users.ts'
import { importer } from './check-import.ts'
import type { Account, Changes } from './judge-in-world.ts'
import { findPlaces } from './place-store.ts'
import { importBeyondReach, importInUse, importNotFound, importNotReady } from './problems.ts'
import { allowLong, beginUndo, findImport, touchedAccounts } from './store.ts'

/** Rows of one statement. */
const atOnce = 1000

/**
 * Takes an import back, all of it or nothing: removes the accounts that it created and gives the changed ones their former values,
 * except where somebody has changed them since. Only while none of the created accounts has logged in: logging in takes the same lock,
 * so it comes before and is seen, or after and finds no account.
 * @throws import_not_found, import_not_ready, import_in_use, import_beyond_reach, address_takes_new_password, not_permitted
 */
export async function undoImport(
  { database }: { database: Database },
  instance: { id: string },
  actorId: string,
  importId: string,
  caller: Caller,
): Promise<void> {
  await orLastAdministrator(() =>
    database.in(instance, async (tx) => {
      const found = await findImport(tx, await importer(tx, actorId, 'skip'), importId)
      if (found === undefined) throw importNotFound()
      // To give changed accounts their former values takes what it took to change them.
      const acting = await importer(tx, actorId, found.onExisting)
      if (!(await beginUndo(tx, importId))) throw importNotReady()
      await allowLong(tx)
      const touched = await touchedAccounts(tx, importId)
      const locked = await lockAccounts(
        tx,
        touched.map(({ accountId }) => accountId),
      )
      const stillThere = new Map(locked.map((account) => [account.id, account]))
      const present = touched.flatMap((row) => {
        const account = stillThere.get(row.accountId)
        return account === undefined ? [] : [{ ...row, account }]
      })
      const created = present.filter(({ outcome }) => outcome === 'created')
      const inUse = new Set(
        await accountsWithSessions(
          tx,
          created.map(({ accountId }) => accountId),
        ),
      )
      const loggedIn = created.filter(({ account }) => account.lastLoginAt !== null || inUse.has(account.id))
      if (loggedIn.length > 0) throw importInUse(loggedIn.length)
      const { profiles, teams } = await findPlaces(tx)
      const teamIds = new Set(teams.values())
      const isThere = (teamId: string | null) => reachesTeam(acting, teamId) && (teamId === null || teamIds.has(teamId))
      const mayGive = new Set([...profiles.values()].filter(({ permissions }) => hasAll(acting, permissions)).map(({ id }) => id))
      const beyond = present.filter(
        ({ account, changes }) =>
          !mayActOn(acting, account) ||
          (changes?.profileId && !mayGive.has(changes.profileId.from!)) ||
          (changes?.teamId && !isThere(changes.teamId.from)),
      )
      if (beyond.length > 0) throw importBeyondReach(beyond.length)

      const actor = { kind: 'account', accountId: actorId } as const
      for (const rows of chunks(created)) {
        await removeAccounts(
          tx,
          rows.map(({ accountId }) => accountId),
          actor,
          caller,
          { importId },
        )
      }
      const restored = present.flatMap(({ outcome, account, changes }) => {
        const fields = outcome === 'changed' ? former(account, changes ?? {}) : {}
        return Object.keys(fields).length === 0 ? [] : [{ accountId: account.id, fields, detail: { importId } }]
      })
      for (const rows of chunks(restored)) await changeAccounts(tx, acting, rows, caller)
      const detail = { importId, fileName: found.fileName, removed: created.length, restored: restored.length }
      await record(tx, { event: 'import_undone', actor, caller, detail })
    }),
  )
}

function mayActOn(acting: ActingAccount, { teamId, permissions }: StoredAccount): boolean {
  return reachesTeam(acting, teamId) && hasAll(acting, permissions)
}

/** The former values, where the account still has those that the import gave it. */
function former(account: StoredAccount, given: Changes): Partial<Account> {
  return Object.fromEntries(
    (Object.entries(given) as [keyof Account, { from: string | null; to: string | null }][])
      .filter(([field, { to }]) => account[field] === to)
      .map(([field, { from }]) => [field, from]),
  )
}

function chunks<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / atOnce) }, (_, index) => rows.slice(index * atOnce, (index + 1) * atOnce))
}
