/** The screens of the navigation, in its order: address, text, and the permission without which it is not shown. */
export const screens = [
  { to: '/users', text: 'users.title', permission: 'accounts.view' },
  { to: '/requests', text: 'requests.title', permission: 'requests.answer' },
] as const

export const firstScreen = '/users'
