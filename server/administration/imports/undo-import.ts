import { record, recordMany } from '../../audit/audit.ts'
import {
  type ActingAccount,
  actingAccount,
  deleteAccounts,
  hasAll,
  lockAccounts,
  reachesTeam,
  type StoredAccount,
  updateAccounts,
} from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { accountsWithSessions } from '../../sessions/sessions.ts'
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
 * @throws import_not_found, import_not_ready, import_in_use, import_beyond_reach, not_permitted
 */
export async function undoImport(
  { database }: { database: Database },
  instance: { id: string },
  actorId: string,
  importId: string,
  caller: Caller,
): Promise<void> {
  await database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, actorId, 'accounts.import')
    const found = await findImport(tx, acting, importId)
    if (found === undefined) throw importNotFound()
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
    const { profiles } = await findPlaces(tx)
    const mayGive = new Set([...profiles.values()].filter(({ permissions }) => hasAll(acting, permissions)).map(({ id }) => id))
    const beyond = present.filter(
      ({ account, changes }) => !mayActOn(acting, account) || (changes?.profileId && !mayGive.has(changes.profileId.from!)),
    )
    if (beyond.length > 0) throw importBeyondReach(beyond.length)

    const actor = { kind: 'account', accountId: actorId } as const
    for (const rows of chunks(created)) {
      await deleteAccounts(
        tx,
        rows.map(({ accountId }) => accountId),
      )
      const removed = rows.map(({ accountId, account: { username, fullName } }) => ({
        accountId,
        detail: { importId, username, fullName },
      }))
      await recordMany(tx, 'account_removed', actor, removed, caller)
    }
    const restored = present.flatMap(({ outcome, account, changes }) =>
      outcome === 'changed' ? restore(account, changes ?? {}) : [],
    )
    for (const rows of chunks(restored)) {
      await updateAccounts(
        tx,
        rows.map(({ account }) => account),
      )
      const details = rows.map(({ account, changes }) => ({ accountId: account.id, detail: { importId, changes } }))
      await recordMany(tx, 'account_changed', actor, details, caller)
    }
    const detail = { importId, fileName: found.fileName, removed: created.length, restored: restored.length }
    await record(tx, { event: 'import_undone', actor, caller, detail })
  })
}

function mayActOn(acting: ActingAccount, { teamId, permissions }: StoredAccount): boolean {
  return reachesTeam(acting, teamId) && hasAll(acting, permissions)
}

/** The account with its former values, where it still has those that the import gave it; nothing when there is none. */
function restore(account: StoredAccount, given: Changes): { account: Account & { id: string }; changes: Changes }[] {
  const former: Record<string, unknown> = {}
  const changes: Changes = {}
  for (const [field, { from, to }] of Object.entries(given) as [keyof Account, { from: string | null; to: string | null }][]) {
    if (account[field] !== to) continue
    former[field] = from
    changes[field] = { from: to, to: from }
  }
  return Object.keys(changes).length === 0 ? [] : [{ account: { ...account, ...former }, changes }]
}

function chunks<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / atOnce) }, (_, index) => rows.slice(index * atOnce, (index + 1) * atOnce))
}
