// Reach: on whom somebody may act. Nobody acts on an account that has, and nobody gives, a permission that they lack;
// and who does not reach every team reaches the teams that they supervise. Every write path leads through here.
// Sources: CVE-2026-94000 and CVE-2026-97177, which are this rule forgotten on one path each.
import type { Permission } from '../../../contracts/permissions.ts'
import type { Transaction } from '../../platform/database.ts'
import { notPermitted, Problem } from '../../platform/problem.ts'
import { findActor, findProfilePermissions, findTarget, type LockedAccount, lockAccount } from './store.ts'

/** Who acts, as the database knows them in this transaction. */
export type ActingAccount = {
  accountId: string
  permissions: readonly string[]
  /** Every team, or those that they supervise. */
  teams: 'all' | readonly string[]
}

export const accountNotFound = () => new Problem(404, 'account_not_found', 'There is no such account within reach.')
export const beyondYourPermissions = () =>
  new Problem(
    403,
    'beyond_your_permissions',
    'This would give, or act on, a permission that the profile of who asks does not have.',
  )
export const ownAccount = () => new Problem(409, 'own_account', 'Nobody does this to the own account.')

/**
 * Who acts, read anew: what their profile permitted when they logged in does not count.
 * @param needed the permissions that it takes, all of them
 * @throws not_permitted
 */
export async function actingAccount(
  tx: Transaction,
  accountId: string,
  ...needed: readonly [Permission, ...Permission[]]
): Promise<ActingAccount> {
  const actor = await findActor(tx, accountId)
  if (actor === undefined || !hasAll(actor, needed)) throw notPermitted()
  return {
    accountId,
    permissions: actor.permissions,
    teams: actor.permissions.includes('accounts.all-teams') ? 'all' : actor.teams,
  }
}

/**
 * Locks an account that the actor may act on.
 * @throws account_not_found when it is out of reach, as if it did not exist; beyond_your_permissions
 */
export async function lockReachableAccount(tx: Transaction, actor: ActingAccount, accountId: string): Promise<LockedAccount> {
  const { account, mayBeChanged } = await lockSeenAccount(tx, actor, accountId)
  if (!mayBeChanged) throw beyondYourPermissions()
  return account
}

/**
 * Locks an account that the actor may see, so that what is read of it belongs together.
 * @throws account_not_found when it is out of reach, as if it did not exist
 * @returns the account, and whether it has no permission that the actor lacks
 */
export async function lockSeenAccount(
  tx: Transaction,
  actor: ActingAccount,
  accountId: string,
): Promise<{ account: LockedAccount; mayBeChanged: boolean }> {
  const account = await lockAccount(tx, accountId)
  const target = account && (await findTarget(tx, accountId))
  if (account === undefined || target === undefined || !reachesTeam(actor, target.teamId)) throw accountNotFound()
  return { account, mayBeChanged: hasAll(actor, target.permissions) }
}

export function reachesTeam({ teams }: Pick<ActingAccount, 'teams'>, teamId: string | null): boolean {
  return teams === 'all' || (teamId !== null && teams.includes(teamId))
}

/** Whether somebody has at least these permissions. */
export function hasAll({ permissions }: Pick<ActingAccount, 'permissions'>, needed: readonly string[]): boolean {
  return needed.every((permission) => permissions.includes(permission))
}

/**
 * Refuses to give a profile that has more than the actor has.
 * @throws beyond_your_permissions
 * @returns whether there is such a profile
 */
export async function mayGiveProfile(tx: Transaction, actor: ActingAccount, profileId: string): Promise<boolean> {
  const permissions = await findProfilePermissions(tx, profileId)
  if (permissions === undefined) return false
  if (!hasAll(actor, permissions)) throw beyondYourPermissions()
  return true
}
