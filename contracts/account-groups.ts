// Groups of people that change by themselves: whoever has something in common at this moment that somebody may want to see, or to mend.

/** Why a login can be refused of which somebody at the desk should know. */
export const refusalCauses = [
  'wrong_password',
  'waiting',
  'no_password',
  'initial_password_expired',
  'already_logged_in',
  'outside_hours',
  'not_yet_valid',
  'no_longer_valid',
  'disabled',
  'no_seat',
] as const
export type RefusalCause = (typeof refusalCauses)[number]

/** Those that tell who was logged in, or tried to be; they are for whoever may see sessions. */
export const groupsOfSessions = [
  'in_now',
  'refused_wrong_password',
  'refused_waiting',
  'refused_no_password',
  'refused_initial_password_expired',
  'refused_already_logged_in',
  'refused_outside_hours',
  'refused_not_yet_valid',
  'refused_no_longer_valid',
  'refused_disabled',
  'refused_no_seat',
] as const satisfies readonly ('in_now' | `refused_${RefusalCause}`)[]

export const accountGroups = [...groupsOfSessions, 'expires_today', 'never_logged_in'] as const
export type AccountGroup = (typeof accountGroups)[number]

/** Those that new initial passwords mend, all at once. */
export const mendedBySlips: readonly AccountGroup[] = [
  'expires_today',
  'refused_wrong_password',
  'refused_waiting',
  'refused_no_password',
  'refused_initial_password_expired',
]
