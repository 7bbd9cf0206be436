import type { Permission } from '../../contracts/permissions.ts'

/** The screens of the navigation, in its order: address, text, and the permissions without which it is not shown. */
const screens = [
  { to: '/', text: 'start', permissions: ['accounts.view', 'sessions.view'] },
  { to: '/desk', text: 'desk', permissions: ['accounts.new-password'] },
  { to: '/users', text: 'users.title', permissions: ['accounts.view'] },
  { to: '/requests', text: 'requests.title', permissions: ['requests.answer'] },
  { to: '/live', text: 'live.title', permissions: ['sessions.view'] },
  { to: '/imports', text: 'imports', permissions: ['accounts.import'] },
  { to: '/profiles', text: 'profiles.title', permissions: ['profiles.view'] },
  { to: '/teams', text: 'teams.title', permissions: ['teams.view'] },
  { to: '/modules', text: 'modules', permissions: ['modules.view'] },
  { to: '/password-rules', text: 'rules.passwords', permissions: ['rules.view'] },
  { to: '/login-rules', text: 'rules.login', permissions: ['rules.view'] },
  { to: '/factor-rules', text: 'rules.factors', permissions: ['rules.view'] },
  { to: '/audit', text: 'permissions:areas.audit', permissions: ['audit.view'] },
] as const satisfies readonly { to: string; text: string; permissions: readonly Permission[] }[]

/** Those that somebody may see. The desk comes before the users for whoever helps people, and after for whoever also changes what is said of them. */
export function screensFor(permissions: readonly string[]) {
  const seen = screens.filter((screen) => screen.permissions.every((each) => permissions.includes(each)))
  if (!permissions.includes('accounts.update')) return seen
  return seen.toSorted((one, other) => place(one.to) - place(other.to))
}

function place(to: string): number {
  const at = ['/', '/users', '/desk'].indexOf(to)
  return at < 0 ? 3 : at
}
