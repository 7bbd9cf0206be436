import type { Permission } from '../../contracts/permissions.ts'

/** The screens of the navigation, in its order: address, text, and the permission without which it is not shown. */
const screens = [
  { to: '/desk', text: 'desk', permission: 'accounts.new-password' },
  { to: '/users', text: 'users.title', permission: 'accounts.view' },
  { to: '/requests', text: 'requests.title', permission: 'requests.answer' },
  { to: '/live', text: 'live.title', permission: 'sessions.view' },
  { to: '/imports', text: 'imports', permission: 'accounts.import' },
  { to: '/profiles', text: 'profiles.title', permission: 'profiles.view' },
  { to: '/teams', text: 'teams.title', permission: 'teams.view' },
  { to: '/modules', text: 'modules', permission: 'modules.view' },
  { to: '/password-rules', text: 'rules.passwords', permission: 'rules.view' },
  { to: '/login-rules', text: 'rules.login', permission: 'rules.view' },
  { to: '/factor-rules', text: 'rules.factors', permission: 'rules.view' },
  { to: '/audit', text: 'permissions:areas.audit', permission: 'audit.view' },
] as const satisfies readonly { to: string; text: string; permission: Permission }[]

/** Those that somebody may see. The desk comes first for whoever helps people, and second for whoever also changes what is said of them. */
export function screensFor(permissions: readonly string[]) {
  const seen = screens.filter(({ permission }) => permissions.includes(permission))
  if (!permissions.includes('accounts.update')) return seen
  return seen.toSorted((one, other) => place(one.to) - place(other.to))
}

function place(to: string): number {
  return to === '/users' ? 0 : to === '/desk' ? 1 : 2
}
