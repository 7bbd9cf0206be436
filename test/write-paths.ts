// Every way in which the API changes an account, a profile or a team, as requests that can be sent at a chosen target.
import { defaultFactorRule } from '../contracts/factors.ts'
import type { Permission } from '../contracts/permissions.ts'
import { fields } from './floor.ts'

export type TargetAccount = { id: string; version: number; fullName: string; profileId: string; teamId: string | null }
export type TargetProfile = { id: string; version: number; name: string; permissions: string[] }
export type TargetTeam = { id: string; version: number; name: string; supervisors: string[] }

/** What a request can be about. What is not `self` is what somebody must not touch, or is harmless to touch. */
export type Target = {
  self: TargetAccount
  ownProfile: TargetProfile
  /** An account and a profile that have the permission in question, or are out of reach; and those that are neither. */
  account: TargetAccount
  profile: TargetProfile
  plainAccount: TargetAccount
  plainProfile: TargetProfile
  permission: Permission
  /** A message to the account, which has failed. */
  message: string
  /** A team to put accounts into; and one of the actor's own, which the account supervises too. */
  team: TargetTeam
  ownTeam: TargetTeam
}

export type WritePath = {
  route: string
  /** What of the target decides whether it may be done. */
  about: 'account' | 'profile' | 'permission' | 'team'
  /** What it says when the actor lacks the permission in question, where that is not `beyond_your_permissions`. */
  says?: string
  /** What it says of a target out of reach. */
  saysOutOfReach?: string
  url?: (target: Target) => string
  body: (target: Target) => unknown
}

const said = ({ fullName, profileId, teamId, version }: TargetAccount, change: Record<string, unknown>) => ({
  ...fields(profileId, { teamId }),
  fullName,
  version,
  ...change,
})
const newAccount = (profileId: string, teamId: string | null) => ({
  username: `made-${crypto.randomUUID()}`,
  enabled: true,
  credentials: 'none',
  ...fields(profileId, { teamId }),
})
const atAccount = ({ account }: Target) => `/api/accounts/${account.id}`
const atPlainAccount = ({ plainAccount }: Target) => `/api/accounts/${plainAccount.id}`
const atSelf = ({ self }: Target) => `/api/accounts/${self.id}`
const theAccount = ({ account }: Target) => ({ accountIds: [account.id] })
const newName = () => `Made ${crypto.randomUUID()}`.slice(0, 60)

export const writePaths: readonly WritePath[] = [
  {
    route: 'POST /api/accounts',
    about: 'profile',
    body: ({ profile, ownTeam }) => newAccount(profile.id, ownTeam.id),
  },
  {
    route: 'POST /api/accounts',
    about: 'team',
    saysOutOfReach: 'team_unknown',
    body: ({ plainProfile, team }) => newAccount(plainProfile.id, team.id),
  },
  {
    route: 'PUT /api/accounts/:id',
    about: 'account',
    url: atAccount,
    body: ({ account }) => said(account, { fullName: 'Somebody Else' }),
  },
  {
    route: 'PUT /api/accounts/:id',
    about: 'account',
    url: atAccount,
    body: ({ account, plainProfile }) => said(account, { profileId: plainProfile.id }),
  },
  {
    route: 'PUT /api/accounts/:id',
    about: 'profile',
    url: atPlainAccount,
    body: ({ plainAccount, profile }) => said(plainAccount, { profileId: profile.id }),
  },
  {
    route: 'PUT /api/accounts/:id',
    about: 'profile',
    url: atSelf,
    body: ({ self, profile }) => said(self, { profileId: profile.id }),
  },
  {
    route: 'PUT /api/accounts/:id',
    about: 'team',
    saysOutOfReach: 'team_unknown',
    url: atPlainAccount,
    body: ({ plainAccount, team }) => said(plainAccount, { teamId: team.id }),
  },
  { route: 'POST /api/accounts/enable', about: 'account', body: theAccount },
  { route: 'POST /api/accounts/disable', about: 'account', body: (target) => ({ ...theAccount(target), reason: '' }) },
  { route: 'POST /api/accounts/remove', about: 'account', body: theAccount },
  { route: 'POST /api/accounts/slips', about: 'account', body: theAccount },
  { route: 'POST /api/accounts/messages', about: 'account', body: theAccount },
  { route: 'POST /api/accounts/:id/unlock', about: 'account', url: (target) => `${atAccount(target)}/unlock`, body: () => ({}) },
  {
    route: 'POST /api/accounts/:id/extend-validity',
    about: 'account',
    url: (target) => `${atAccount(target)}/extend-validity`,
    body: () => ({ days: 1 }),
  },
  {
    route: 'POST /api/accounts/:id/code-sheet',
    about: 'account',
    url: (target) => `${atAccount(target)}/code-sheet`,
    body: () => ({}),
  },
  {
    route: 'POST /api/accounts/:id/reset-factors',
    about: 'account',
    url: (target) => `${atAccount(target)}/reset-factors`,
    body: () => ({}),
  },
  {
    route: 'PUT /api/factor-rules/:id',
    about: 'profile',
    url: ({ profile }) => `/api/factor-rules/${profile.id}`,
    body: () => ({ version: 0, ...defaultFactorRule }),
  },
  { route: 'POST /api/sessions/end', about: 'account', body: (target) => ({ ...theAccount(target), reason: '' }) },
  {
    route: 'POST /api/messages/:id/retry',
    about: 'account',
    url: ({ message }) => `/api/messages/${message}/retry`,
    body: () => ({}),
  },
  {
    route: 'POST /api/accounts/assign-team',
    about: 'account',
    body: (target) => ({ ...theAccount(target), teamId: target.ownTeam.id }),
  },
  {
    route: 'POST /api/accounts/assign-team',
    about: 'team',
    saysOutOfReach: 'fields_refused',
    body: ({ plainAccount, team }) => ({ accountIds: [plainAccount.id], teamId: team.id }),
  },
  {
    route: 'POST /api/accounts/assign-profile',
    about: 'account',
    body: (target) => ({ ...theAccount(target), profileId: target.plainProfile.id }),
  },
  {
    route: 'POST /api/accounts/assign-profile',
    about: 'profile',
    body: ({ plainAccount, profile }) => ({ accountIds: [plainAccount.id], profileId: profile.id }),
  },
  {
    route: 'POST /api/accounts/assign-profile',
    about: 'profile',
    says: 'own_account',
    body: ({ self, profile }) => ({ accountIds: [self.id], profileId: profile.id }),
  },
  {
    route: 'POST /api/profiles',
    about: 'permission',
    body: ({ permission }) => ({ name: newName(), permissions: [permission] }),
  },
  {
    route: 'PUT /api/profiles/:id',
    about: 'permission',
    url: ({ plainProfile }) => `/api/profiles/${plainProfile.id}`,
    body: ({ plainProfile: { name, version }, permission }) => ({ name, version, permissions: [permission] }),
  },
  {
    route: 'PUT /api/profiles/:id',
    about: 'profile',
    url: ({ profile }) => `/api/profiles/${profile.id}`,
    body: ({ profile: { version } }) => ({ name: newName(), version, permissions: [] }),
  },
  {
    route: 'PUT /api/profiles/:id',
    about: 'permission',
    says: 'own_profile',
    url: ({ ownProfile }) => `/api/profiles/${ownProfile.id}`,
    body: ({ ownProfile: { name, version, permissions }, permission }) => ({
      name,
      version,
      permissions: [...new Set([...permissions, permission])],
    }),
  },
  {
    route: 'DELETE /api/profiles/:id',
    about: 'profile',
    url: ({ profile }) => `/api/profiles/${profile.id}`,
    body: () => ({}),
  },
  {
    route: 'POST /api/teams',
    about: 'account',
    saysOutOfReach: 'supervisor_unknown',
    body: ({ account, self }) => ({ name: newName(), supervisors: [self.id, account.id] }),
  },
  {
    route: 'PUT /api/teams/:id',
    about: 'account',
    saysOutOfReach: 'supervisor_out_of_reach',
    url: ({ ownTeam }) => `/api/teams/${ownTeam.id}`,
    body: ({ ownTeam: { name, version }, self }) => ({ name, version, supervisors: [self.id] }),
  },
  {
    route: 'PUT /api/teams/:id',
    about: 'team',
    saysOutOfReach: 'team_not_found',
    url: ({ team }) => `/api/teams/${team.id}`,
    body: ({ team: { version }, self }) => ({ name: newName(), version, supervisors: [self.id] }),
  },
  {
    route: 'DELETE /api/teams/:id',
    about: 'team',
    saysOutOfReach: 'team_not_found',
    url: ({ team }) => `/api/teams/${team.id}`,
    body: () => ({}),
  },
]

/**
 * Routes of the API that change something, but no account, profile or team of somebody; those of the rules, which server/administration/rule-editor
 * goes through; and those of imports, which write
 * row by row, and which server/administration/imports/import-rights.test.ts goes through. Recovery requests have tests of
 * their own in server/recovery.
 */
export const elsewhere = [
  'POST /api/password-check',
  // Says something only where somebody waits; server/sign-in/second-factor/vouch.test.ts has whom one may not vouch for.
  'POST /api/accounts/:id/vouch',
  // What it writes is undone.
  'POST /api/accounts/:id/login-checks',
  // These write into the audit alone, and show what a list shows.
  'POST /api/accounts/export',
  'POST /api/audit/export',
  // Acts on no account: server/outward/messages/test-message.test.ts.
  'POST /api/mail/test',
  'POST /api/session/alive',
  // Goes through everybody; server/administration/live/live.test.ts has who stays.
  'POST /api/sessions/end-all',
  'POST /api/session/stay',
  // Acts on no account: server/administration/floor/floor.test.ts.
  'PUT /api/instance',
  'PUT /api/rules',
  'POST /api/rules/preview',
  'POST /api/rules/expire-passwords',
  'POST /api/imports',
  'PUT /api/imports/:id',
  'POST /api/imports/:id/run',
  'POST /api/imports/:id/undo',
  'POST /api/recovery/password-check',
  'POST /api/recovery-requests/:id/answer',
  'POST /api/recovery-requests/:id/refuse',
  // Modules are no accounts; who may manage them: server/outward/modules/modules.test.ts
  'POST /api/modules',
  'PUT /api/modules/:id',
  'DELETE /api/modules/:id',
  'POST /api/modules/:id/secrets',
  'DELETE /api/modules/:id/secrets/:secretId',
]
