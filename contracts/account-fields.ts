/** What a field holds, and so how it is asked for, judged, stored and shown. A `line` is a text that nobody has to give. */
export type FieldKind = 'name' | 'line' | 'email' | 'phone' | 'profile' | 'team' | 'language' | 'time_zone' | 'day' | 'hours'

/** All that is said of an account but its username, which never changes; in the order of the form. */
export const accountFields = {
  fullName: 'name',
  email: 'email',
  phone: 'phone',
  profileId: 'profile',
  teamId: 'team',
  language: 'language',
  timeZone: 'time_zone',
  validFrom: 'day',
  validUntil: 'day',
  loginHours: 'hours',
} as const satisfies Record<string, FieldKind>

export type AccountField = keyof typeof accountFields
export const accountFieldNames = Object.keys(accountFields) as AccountField[]

type Sayable = { name: string; profile: string; hours: LoginHours | null }
/** Null where nothing is said. Days are whole ones, as `YYYY-MM-DD`, in the person's time zone; the last one is included. No hours: always. */
export type AccountFields = {
  [Field in AccountField]: (typeof accountFields)[Field] extends keyof Sayable
    ? Sayable[(typeof accountFields)[Field]]
    : string | null
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
/** The hours of each weekday in which somebody may log in. */
export type LoginHours = Partial<Record<(typeof weekdays)[number], [from: string, to: string][]>>
