import { Problem } from '../../platform/problem.ts'

export const profileNotFound = () => new Problem(404, 'profile_not_found', 'There is no such profile.')
export const builtInProfile = () => new Problem(409, 'built_in_profile', 'A built-in profile is neither changed nor removed.')
export const ownProfile = () =>
  new Problem(409, 'own_profile', 'Nobody changes or removes the profile that their own account has.')
/** @param accounts how many accounts have it */
export const profileInUse = (accounts: number) =>
  new Problem(409, 'profile_in_use', 'There are accounts that have this profile.', { values: { accounts } })
