// Who somebody is, as headers for a module that knows no protocol.

/** Who a request comes from. */
export type Identity = {
  username: string
  fullName: string
  email: string | null
  profile: string
  team: string | null
  /** What the session is called at this module. */
  sid: string
}

/** Every header that a module believes. A proxy takes all of them from here and none from outside. */
export const identityHeaders = [
  'gatehouse-user',
  'gatehouse-name',
  'gatehouse-email',
  'gatehouse-profile',
  'gatehouse-groups',
  'gatehouse-session',
] as const

/** All of them, always: one that was left out could come from the browser instead. Empty where nothing is known. */
export function headersOf(identity: Identity | undefined): Record<(typeof identityHeaders)[number], string> {
  const { username = '', fullName = '', email, profile = '', team, sid = '' } = identity ?? {}
  const groups = identity === undefined ? [] : [...(team ? [team] : []), profile]
  return {
    'gatehouse-user': plain(username),
    'gatehouse-name': encodeURIComponent(fullName.toWellFormed()),
    'gatehouse-email': plain(email ?? ''),
    'gatehouse-profile': encodeURIComponent(profile.toWellFormed()),
    'gatehouse-groups': groups.map((group) => encodeURIComponent(group.toWellFormed())).join(','),
    'gatehouse-session': sid,
  }
}

/** As it is where a header can hold it; percent-encoded where it cannot. Two that differ stay different. */
function plain(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x24\x26-\x7e]/gu, encodeURIComponent)
}
