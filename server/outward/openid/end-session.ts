// A module asks that the person be logged out. Source: OpenID Connect RP-Initiated Logout 1.0, 2 to 4.
import type { LiveSession } from '../../sessions/sessions.ts'
import { errors, type Provider } from './provider.ts'

/** What a module may say with it; each once. */
export const endSessionParameters = [
  'id_token_hint',
  'client_id',
  'post_logout_redirect_uri',
  'state',
  'logout_hint',
  'ui_locales',
] as const
export type EndSessionRequest = Partial<Record<(typeof endSessionParameters)[number], string>>

export type EndSession = {
  /** What the module is called; undefined when none is known. */
  module: string | undefined
  /** Where the person goes once it is done, with what the module wants to find there. */
  goesTo: string | undefined
  /** Whether the module has shown that it speaks of the session of this browser: then nobody needs to be asked. */
  isCertain: boolean
}

/**
 * What a module's request to log the person out comes to.
 * @param sid what the session is called at a module
 * @throws errors.InvalidRequest, errors.InvalidClient
 */
export async function readEndSession(
  provider: Provider,
  request: EndSessionRequest,
  session: LiveSession | undefined,
  sid: (sessionId: string, clientId: string) => string,
): Promise<EndSession> {
  const { id_token_hint: hint, post_logout_redirect_uri: wanted, state } = request
  const claims = hint === undefined ? undefined : read(hint)
  const clientId = claims === undefined ? request.client_id : String(claims.aud ?? '')
  if (request.client_id !== undefined && request.client_id !== clientId)
    throw new errors.InvalidRequest('client_id is not that of id_token_hint')
  const client = clientId === undefined ? undefined : await provider.Client.find(clientId)
  if (clientId !== undefined && client === undefined) throw new errors.InvalidClient('client not found')
  if (hint !== undefined && client !== undefined) {
    try {
      // One that has expired is still a hint.
      await (provider.IdToken as unknown as { validate(token: string, client: object): Promise<unknown> }).validate(hint, client)
    } catch (cause) {
      throw new errors.InvalidRequest('id_token_hint cannot be verified', undefined, { cause } as never)
    }
  }
  // Without a module nobody has registered where to go.
  const goesTo = client === undefined ? undefined : wanted
  if (goesTo !== undefined && !client!.postLogoutRedirectUriAllowed(goesTo))
    throw new errors.InvalidRequest('post_logout_redirect_uri is not registered')
  return {
    module: client?.clientName ?? client?.clientId,
    goesTo: goesTo === undefined ? undefined : withState(goesTo, state),
    isCertain:
      session !== undefined && client !== undefined && claims !== undefined && claims.sid === sid(session.id, client.clientId),
  }
}

/** What a token says, before anybody knows whether it is true. */
function read(token: string): { aud?: unknown; sid?: unknown } {
  try {
    return { ...JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) }
  } catch (cause) {
    throw new errors.InvalidRequest('id_token_hint cannot be read', undefined, { cause } as never)
  }
}

function withState(address: string, state: string | undefined): string {
  if (state === undefined) return address
  const url = new URL(address)
  url.searchParams.set('state', state)
  return url.href
}
