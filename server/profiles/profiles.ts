// Profiles: named sets of permissions. Owns profile. Knows no other feature.
export { builtInProfiles, type Permission, permissions } from './permissions.ts'
export { findProfileId, insertBuiltInProfiles } from './store.ts'
