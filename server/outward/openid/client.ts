// A module as the protocol knows it: a client. Source: OpenID Connect Dynamic Client Registration 1.0, 2.
import { moduleKinds } from '../../../contracts/modules.ts'
import type { Module } from '../modules/modules.ts'
import { scopes } from './claims.ts'

/** What stands where the library keeps a secret. No secret is ever compared with it: they are kept as hashes. */
const keptElsewhere = 'kept as a hash'

export function clientOf(module: Module) {
  const { clientId, name, kind, redirectAddresses, afterLogoutAddresses, signing, withoutPkce } = module
  const { grants, keepsSecret } = moduleKinds[kind]
  const comesBack = grants.some((grant) => grant === 'authorization_code')
  return {
    client_id: clientId,
    client_name: name,
    application_type: kind === 'program' || kind === 'device' ? ('native' as const) : ('web' as const),
    redirect_uris: [...redirectAddresses],
    post_logout_redirect_uris: [...afterLogoutAddresses],
    grant_types: [...grants],
    response_types: comesBack ? ['code' as const] : [],
    token_endpoint_auth_method: keepsSecret ? ('client_secret_basic' as const) : ('none' as const),
    ...(keepsSecret && { client_secret: keptElsewhere }),
    id_token_signed_response_alg: signing,
    scope: scopes.join(' '),
    without_pkce: withoutPkce,
    module_id: module.id,
  }
}
