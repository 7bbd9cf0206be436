// Claims: what a module is told of a person. Source: OpenID Connect Core 1.0, 5.1 and 5.4.
import type { Person } from '../modules/modules.ts'

/** Which claims a scope asks for. */
export const claimsOfScopes = {
  openid: ['sub', 'sid', 'auth_time', 'amr', 'acr', 'instance'],
  profile: ['name', 'preferred_username', 'locale', 'zoneinfo', 'gatehouse_profile'],
  email: ['email', 'email_verified'],
  phone: ['phone_number'],
  groups: ['groups'],
} as const
export const scopes = Object.keys(claimsOfScopes)

/** How sure it is who somebody is: by a password, or by more than one factor. */
export const acrValues = ['urn:gatehouse:1', 'urn:gatehouse:2'] as const

/** Source: RFC 8176, 2 (mfa). */
export function acrOf(amr: readonly string[]): (typeof acrValues)[number] {
  return amr.includes('mfa') ? 'urn:gatehouse:2' : 'urn:gatehouse:1'
}

/** All that there is to tell of a person; the library leaves out what was not asked for. */
export function claimsOf(person: Person, instance: { name: string }): { sub: string } & Record<string, unknown> {
  const { accountId, username, fullName, email, phone, language, timeZone, profile, team } = person
  return {
    sub: accountId,
    instance: instance.name,
    name: fullName,
    preferred_username: username,
    ...(language !== null && { locale: language }),
    zoneinfo: timeZone,
    gatehouse_profile: profile,
    // Nobody has proven that it is theirs, so no module may take it for who they are.
    ...(email !== null && { email, email_verified: false }),
    ...(phone !== null && { phone_number: phone }),
    groups: [...(team === null ? [] : [team]), profile],
  }
}
