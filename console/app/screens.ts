/** The screens of the navigation, in its order: address, text, and the permission without which it is not shown. */
export const screens = [
  { to: '/users', text: 'users.title', permission: 'accounts.view' },
  { to: '/requests', text: 'requests.title', permission: 'requests.answer' },
  { to: '/live', text: 'live.title', permission: 'sessions.view' },
  { to: '/imports', text: 'imports:title', permission: 'accounts.import' },
  { to: '/profiles', text: 'profiles.title', permission: 'profiles.view' },
  { to: '/teams', text: 'teams.title', permission: 'teams.view' },
  { to: '/password-rules', text: 'rules.passwords', permission: 'rules.view' },
  { to: '/login-rules', text: 'rules.login', permission: 'rules.view' },
  { to: '/audit', text: 'permissions:areas.audit', permission: 'audit.view' },
] as const
