/** How an account stands, in the order in which the states hide each other. */
export const accountStates = [
  'disabled',
  'not_yet_valid',
  'no_longer_valid',
  'no_password',
  'initial_password_expired',
  'initial_password',
  'ready',
] as const

export type AccountState = (typeof accountStates)[number]
