import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { SigningAlgorithm } from '../../../contracts/modules.ts'
import type { SigningKey } from './signing-keys.ts'

/** For so long, in seconds, a module may take a logout token. */
const life = 120

/**
 * Tells a module that a session has ended, in a text that nobody else can write.
 * @param told `sid`: what the session is called at the module
 * Source: OpenID Connect Back-Channel Logout 1.0, 2.4
 */
export async function signLogoutToken(
  signingKeys: readonly SigningKey[],
  algorithm: SigningAlgorithm,
  issuer: string,
  told: { clientId: string; accountId: string; sid: string },
): Promise<string> {
  const key = signingKeys.find(({ jwk, state }) => jwk.alg === algorithm && state === 'current')
  if (key === undefined) throw new TypeError(`no key of ${algorithm} signs`)
  return new SignJWT({ sid: told.sid, events: { 'http://schemas.openid.net/event/backchannel-logout': {} } })
    .setProtectedHeader({ alg: algorithm, kid: key.jwk.kid, typ: 'logout+jwt' })
    .setIssuer(issuer)
    .setAudience(told.clientId)
    .setSubject(told.accountId)
    .setIssuedAt()
    .setExpirationTime(`${life} seconds`)
    .setJti(randomUUID())
    .sign(key.privateKey)
}
