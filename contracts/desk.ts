import type { Permission } from './permissions.ts'

/** The states that a person can be in, in the order in which a login meets them. Somebody can be in several. */
export const personStates = [
  'attempts_used_up',
  'locked',
  'disabled',
  'no_password',
  'not_yet_valid',
  'no_longer_valid',
  'outside_hours',
  'initial_password_expired',
  'initial_password',
  'password_expired',
  'logged_in',
  'no_seat',
] as const
export type PersonState = (typeof personStates)[number]

/** What a supervisor can do about a check, and the permission that it takes. */
export const mends = {
  enable: 'accounts.update',
  change_account: 'accounts.update',
  new_password: 'accounts.new-password',
  unlock: 'accounts.unlock',
  extend: 'accounts.extend',
  end_session: 'sessions.end',
  second_factor: 'accounts.second-factor',
} as const satisfies Record<string, Permission>

export type Mend = keyof typeof mends
