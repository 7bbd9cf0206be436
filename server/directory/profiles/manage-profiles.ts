// Creating, changing and removing profiles. A profile holds for the whole instance, so changing one acts on whoever has it:
// that takes the reach of every team beside the permission, and every permission that the profile has, before and after.
// Nobody changes the profile that they have themselves: it would be the short way to lock everybody out who has it.

import { permissions as catalogue, type Permission } from '../../../contracts/permissions.ts'
import { record } from '../../audit/audit.ts'
import type { Caller } from '../../platform/caller.ts'
import { brokenConstraint, type Database, type Transaction } from '../../platform/database.ts'
import { tidyName } from '../../platform/name.ts'
import { changedMeanwhile, fieldsRefused, notPermitted } from '../../platform/problem.ts'
import { type ActingAccount, actingAccount, beyondYourPermissions, hasAll } from '../accounts/accounts.ts'
import { builtInProfile, ownProfile, profileInUse, profileNotFound } from './problems.ts'
import { profileNameFault } from './profile-name.ts'
import { countAccountsOf, deleteProfile, findProfile, insertProfile, type Profile, updateProfile } from './store.ts'

export type ProfileFields = { name: string; permissions: readonly Permission[] }

const nameTaken = () => fieldsRefused([{ field: 'name', code: 'name_taken' }])

/**
 * Creates a profile with permissions that one has oneself.
 * @throws fields_refused, not_permitted, beyond_your_permissions
 */
export async function createProfile(
  database: Database,
  instance: { id: string },
  actorId: string,
  said: ProfileFields,
  caller: Caller,
): Promise<string> {
  const fields = tidy(said)
  return database.in(instance, async (tx) => {
    const acting = await actingOnProfiles(tx, actorId)
    if (!hasAll(acting, fields.permissions)) throw beyondYourPermissions()
    refuseFaults(fields)
    const profileId = await insertProfile(tx, fields)
    if (profileId === undefined) throw nameTaken()
    const actor = { kind: 'account', accountId: actorId } as const
    await record(tx, { event: 'profile_created', actor, caller, detail: { profileId, ...fields } })
    return profileId
  })
}

/**
 * Changes an own profile, which holds from the next request of whoever has it.
 * @param version of the profile that the change was made on
 * @throws profile_not_found, built_in_profile, own_profile, beyond_your_permissions, fields_refused, changed_meanwhile, not_permitted
 */
export async function changeProfile(
  database: Database,
  instance: { id: string },
  actorId: string,
  profileId: string,
  { version, ...said }: ProfileFields & { version: number },
  caller: Caller,
): Promise<void> {
  const fields = tidy(said)
  try {
    await database.in(instance, async (tx) => {
      const before = await changeableProfile(tx, actorId, profileId, fields.permissions)
      refuseFaults(fields)
      if (before.version !== version || !(await updateProfile(tx, profileId, version, fields))) throw changedMeanwhile()
      const added = fields.permissions.filter((permission) => !before.permissions.includes(permission))
      const removed = before.permissions.filter((permission) => !fields.permissions.includes(permission as Permission))
      const actor = { kind: 'account', accountId: actorId } as const
      const renamed = before.name !== fields.name && { name: { from: before.name, to: fields.name } }
      await record(tx, { event: 'profile_changed', actor, caller, detail: { profileId, ...renamed, added, removed } })
    })
  } catch (error) {
    throw brokenConstraint(error) === 'unique' ? nameTaken() : error
  }
}

/**
 * Removes an own profile that no account has.
 * @throws profile_not_found, built_in_profile, own_profile, beyond_your_permissions, profile_in_use, changed_meanwhile, not_permitted
 */
export async function removeProfile(
  database: Database,
  instance: { id: string },
  actorId: string,
  profileId: string,
  caller: Caller,
): Promise<void> {
  try {
    await database.in(instance, async (tx) => {
      const { name, permissions, version } = await changeableProfile(tx, actorId, profileId, [])
      if (!(await deleteProfile(tx, profileId, version))) throw changedMeanwhile()
      const actor = { kind: 'account', accountId: actorId } as const
      await record(tx, { event: 'profile_removed', actor, caller, detail: { profileId, name, permissions } })
    })
  } catch (error) {
    // The foreign key decides: an account can get the profile between any look and the removal.
    if (brokenConstraint(error) !== 'foreign_key') throw error
    throw profileInUse(await database.in(instance, (tx) => countAccountsOf(tx, profileId)))
  }
}

/** Whether somebody may change a profile, and remove it when no account has it. */
export function mayChangeProfile(acting: ActingAccount, { builtIn, own, permissions }: Profile): boolean {
  return mayManageProfiles(acting) && !builtIn && !own && hasAll(acting, permissions)
}

export function mayManageProfiles({ permissions, teams }: ActingAccount): boolean {
  return permissions.includes('profiles.manage') && teams === 'all'
}

async function actingOnProfiles(tx: Transaction, actorId: string): Promise<ActingAccount> {
  const acting = await actingAccount(tx, actorId, 'profiles.manage')
  if (!mayManageProfiles(acting)) throw notPermitted()
  return acting
}

async function changeableProfile(
  tx: Transaction,
  actorId: string,
  profileId: string,
  after: readonly string[],
): Promise<Profile> {
  const acting = await actingOnProfiles(tx, actorId)
  const before = await findProfile(tx, actorId, profileId)
  if (before === undefined) throw profileNotFound()
  if (before.builtIn) throw builtInProfile()
  if (before.own) throw ownProfile()
  if (!hasAll(acting, before.permissions) || !hasAll(acting, after)) throw beyondYourPermissions()
  return before
}

/** The permissions in the order of the catalogue, so that the same set is always the same value. */
function tidy({ name, permissions }: ProfileFields): { name: string; permissions: Permission[] } {
  const ordered = (Object.keys(catalogue) as Permission[]).filter((permission) => permissions.includes(permission))
  return { name: tidyName(name), permissions: ordered }
}

function refuseFaults({ name }: { name: string }): void {
  const fault = profileNameFault(name)
  if (fault !== undefined) throw fieldsRefused([{ field: 'name', code: fault }])
}
