// The only file that knows the library behind OpenID Connect, beside the adapter: what it is set to, and the one session in place of its
// own. What is not documented there and touched here is named in provider.test.ts, which tells when a new version does otherwise.
// Source: node-oidc-provider, docs/README.md
import {
  type ClientMetadata,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider'
import type { Database } from '../../platform/database.ts'
import { hashToken, sameBytes } from '../../platform/secret.ts'
import { findPerson, openModuleSession, secretHashes } from '../modules/modules.ts'
import { type AdapterNeeds, grantPayload, openAdapter } from './adapter.ts'
import { acrOf, acrValues, claimsOf, claimsOfScopes, scopes } from './claims.ts'
import { inProtocol } from './protocol-errors.ts'
import { knownInRequest } from './request.ts'
import { sidOf } from './sid.ts'
import type { SigningKey } from './signing-keys.ts'

export { errors, type Provider } from 'oidc-provider'

/** In seconds. Tokens live shorter than this when their session ends. */
const lives = {
  AccessToken: 300,
  AuthorizationCode: 60,
  ClientCredentials: 300,
  DeviceCode: 600,
  IdToken: 300,
  Interaction: 600,
  // No session is longer; it is the session that ends them.
  Grant: 30 * 24 * 3600,
  RefreshToken: 30 * 24 * 3600,
  Session: 24 * 3600,
}

/** Everything below it is the protocol's. */
export const prefix = '/oidc'
export const routes = {
  authorization: `${prefix}/auth`,
  token: `${prefix}/token`,
  jwks: `${prefix}/jwks`,
  userinfo: `${prefix}/userinfo`,
  introspection: `${prefix}/introspect`,
  revocation: `${prefix}/revoke`,
  pushed_authorization_request: `${prefix}/par`,
  device_authorization: `${prefix}/device-authorization`,
  code_verification: `${prefix}/device`,
  end_session: `${prefix}/logout`,
} as const

/** The cookies that remember, for as long as somebody logs in, which module they come from. */
export const cookieNames = { interaction: '__Secure-gatehouse-interaction', resume: '__Secure-gatehouse-resume' } as const
const sessionCookieName = 'never set'

export type ProviderNeeds = AdapterNeeds & {
  database: Database
  onError: (error: unknown) => void
  /** Pages in place of the library's, as whole texts. */
  pages: {
    refused(error: { error: string }): string
    enterCode(wrong: boolean): string
    confirmCode(module: string, userCode: string): string
    codeTaken(): string
  }
}

/**
 * The provider of one instance. Cheap to make, and made anew when its keys change.
 * @param issuer the instance's own address
 */
export function makeProvider(
  needs: ProviderNeeds,
  instance: { id: string; name: string },
  issuer: string,
  signingKeys: readonly SigningKey[],
): Provider {
  const { database, keys, pages } = needs
  const configuration: Configuration = {
    adapter: (model) => openAdapter(needs, instance, model),
    jwks: { keys: signingKeys.map(({ jwk }) => ({ ...jwk, use: 'sig' })) } as Configuration['jwks'],
    routes,
    cookies: {
      names: { session: sessionCookieName, ...cookieNames },
      // For a cookie that is never set. The library wants it so where it takes requests by POST; ours comes with none from another site, and
      // whoever sends one is led over the login page, which knows who is there.
      long: { httpOnly: true, sameSite: 'none', secure: true },
      short: { httpOnly: true, sameSite: 'lax', secure: true },
    },
    responseTypes: ['code'],
    scopes,
    claims: Object.fromEntries(Object.entries(claimsOfScopes).map(([scope, claims]) => [scope, [...claims]])),
    // Many modules look for them there and ask nowhere else.
    conformIdTokenClaims: false,
    acrValues: [...acrValues],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'], dPoPSigningAlgValues: ['ES256', 'EdDSA', 'RS256'] },
    pkce: { required: (_ctx, client) => client.without_pkce !== true },
    extraClientMetadata: { properties: ['without_pkce', 'module_id'] },
    allowOmittingSingleRegisteredRedirectUri: false,
    clockTolerance: 5,
    enableHttpPostMethods: true,
    ttl: lives,
    // A public client has nothing but the token: a stolen one is told by its second use. Whoever has a secret proves itself each time.
    rotateRefreshToken: (ctx) => ctx.oidc.client?.clientAuthMethod === 'none',
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // What belongs to a session is not found once that has ended, whoever looks: the adapter asks it of the database.
    expiresWithSession: async () => false,
    clientBasedCORS: (_ctx, origin, client) =>
      client.clientAuthMethod === 'none' && (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    fetch: () => {
      throw new TypeError('nothing is fetched for a module')
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        userCodeInputSource: async (ctx, _form, _out, error) => {
          ctx.body = pages.enterCode(error !== undefined)
        },
        userCodeConfirmSource: async (ctx, _form, client, _info, userCode) => {
          ctx.body = pages.confirmCode(client.clientName ?? client.clientId, userCode)
        },
        successSource: async (ctx) => {
          ctx.body = pages.codeTaken()
        },
      },
      dPoP: { enabled: true },
      introspection: {
        enabled: true,
        // A module sees its own tokens, and no other's.
        allowedPolicy: async (_ctx, client, token) => client.clientAuthMethod !== 'none' && token.clientId === client.clientId,
      },
      pushedAuthorizationRequests: { enabled: true },
      requestObjects: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
      // For what the discovery says; the route itself is end-session.ts.
      rpInitiatedLogout: { enabled: true },
      userinfo: { enabled: true },
    },
    renderError: async (ctx, out) => {
      ctx.type = 'html'
      ctx.body = pages.refused(out)
    },
    async findAccount(_ctx, accountId) {
      const person = await inProtocol(() => database.in(instance, (tx) => findPerson(tx, accountId)))
      return person && { accountId, claims: async () => claimsOf(person, instance) }
    },
    async loadExistingGrant(ctx) {
      const { session } = knownInRequest()
      const { client } = ctx.oidc
      if (session === undefined || client === undefined) return undefined
      const id = await inProtocol(async () =>
        openModuleSession(database, instance, session.id, client.clientId, await needs.limits()),
      )
      if (id === undefined) throw noAccess(ctx)
      return new ctx.oidc.provider.Grant(grantPayload(id, session.accountId, client.clientId))
    },
    interactions: { policy: policy(), url: (_ctx, { uid, prompt }) => `${loginOf(prompt.reasons)}${uid}` },
  }

  const provider = new Provider(issuer, configuration)
  // The library says nothing of them anywhere else.
  provider.on('server_error', (_ctx, error) => needs.onError(error))
  provider.on('authorization.error', tellRefusal)
  provider.on('grant.error', tellRefusal)
  provider.on('pushed_authorization_request.error', tellRefusal)
  bindSession(provider, (sessionId, clientId) => sidOf(keys, instance, sessionId, clientId))
  bindSecrets(provider, (clientId) => inProtocol(() => database.in(instance, (tx) => secretHashes(tx, clientId))))
  bindAddress(provider, issuer)
  return provider
}

/** Where somebody logs in who comes from a module, or proves again who they are, and from where they go on: the rest is the interaction. */
const resume = encodeURIComponent(`${routes.authorization}/`)
const loginOf = (reasons: readonly string[]) =>
  knownInRequest().session !== undefined && !reasons.includes('no_session')
    ? `/login?again=yes&next=${resume}`
    : `/login?next=${resume}`

/** A person who may not use the module is told so here, and not there; a question that nobody sees is answered as the standard says. */
function noAccess(ctx: KoaContextWithOIDC): Error {
  const error = new errors.AccessDenied('the person may not use this module')
  if (!ctx.oidc.prompts.has('none')) Object.assign(error, { allow_redirect: false })
  return error
}

/**
 * When somebody has to log in, or to prove again who they are. Nobody is asked for consent: who may use a module decides what it hears.
 * Whoever is asked for and is somebody else than who is logged in is never changed in silence: the module is told.
 */
function policy() {
  const prompts = interactionPolicy.base()
  prompts.remove('consent')
  const login = prompts.get('login')!
  login.details = () => ({ shownAt: knownInRequest().session?.authTime.getTime() ?? null })
  for (const reason of ['id_token_hint', 'claims_id_token_sub_value'] as const) {
    const check = login.checks.get(reason)!
    const { check: isOther } = check
    check.check = async (ctx) => {
      if (!(await isOther(ctx))) return false
      if (ctx.oidc.session?.accountId !== undefined) throw new errors.LoginRequired('somebody else is logged in')
      return true
    }
  }
  // The person of a session is asked for a second factor by their profile's rules, not by a module's wish.
  for (const reason of ['essential_acrs', 'essential_acr']) login.checks.remove(reason)
  return prompts
}

/** What is no mistake of the module: a person who is not logged in, or may not; a token that has had its time. */
const usual = [
  'login_required',
  'interaction_required',
  'access_denied',
  'invalid_grant',
  'authorization_pending',
  'slow_down',
  'expired_token',
]

function tellRefusal(ctx: KoaContextWithOIDC, error: Error): void {
  const { client, params } = ctx.oidc
  if (client === undefined || !(error instanceof errors.OIDCProviderError) || error.statusCode >= 500) return
  if (usual.includes(error.error)) return
  const offered = error instanceof errors.InvalidRedirectUri ? (params?.redirect_uri ?? ctx.query.redirect_uri) : undefined
  knownInRequest().onRefusal({
    moduleId: String(client.module_id),
    error: error.error,
    ...(typeof offered === 'string' && { offered }),
  })
}

/** The one session of Gatehouse in place of the library's, which keeps none. */
function bindSession(provider: Provider, sid: (sessionId: string, clientId: string) => string): void {
  const Base = provider.Session as unknown as new (payload?: object) => InstanceType<Provider['Session']>
  class BoundSession extends Base {
    // The library puts a proxy before this, which a private member would not let in.
    readonly modules = new Map<string, { sid?: string; grantId?: string }>()

    static async get(ctx: KoaContextWithOIDC) {
      const { session, formToken } = knownInRequest()
      const bound = new BoundSession(
        session && {
          uid: session.id,
          jti: session.id,
          accountId: session.accountId,
          loginTs: Math.floor(session.authTime.getTime() / 1000),
          amr: session.amr,
          acr: acrOf(session.amr),
          exp: Math.floor(Date.now() / 1000) + lives.Session,
          // Whose form a device's code comes with was proven before the library has it.
          ...(formToken !== undefined && { state: { secret: formToken } }),
        },
      )
      ctx.oidc.entity('Session', bound as never)
      return bound
    }

    override authorizationFor(clientId: string) {
      const known = this.modules.get(clientId) ?? { sid: sid(this.uid, clientId) }
      this.modules.set(clientId, known)
      return known
    }

    override sidFor(clientId: string): never {
      return sid(this.uid, clientId) as never
    }

    override ensureClientContainer() {}

    // Who is logged in is told by the one session, never by what a request had kept.
    override loginAccount() {}

    override async save() {
      return ''
    }

    override async persist() {
      return ''
    }

    override async destroy() {}

    override resetIdentifier() {}
  }
  Object.defineProperty(BoundSession, 'name', { value: 'Session' })
  Object.defineProperty(provider, 'Session', { value: BoundSession })
}

/** Secrets are compared with the hashes that are kept of them, and each ID token says to which session at the module it belongs. */
function bindSecrets(provider: Provider, hashesOf: (clientId: string) => Promise<Buffer[]>): void {
  Object.assign(provider.Client.prototype, {
    async compareClientSecret(this: { clientId: string }, actual: string) {
      const hash = hashToken(actual)
      return (await hashesOf(this.clientId)).some((kept) => sameBytes(kept, hash))
    },
    includeSid: () => true,
  })
}

/** Addresses are built from what is configured, never from a request; and a cookie is always one for https. */
function bindAddress(provider: Provider, issuer: string): void {
  const { host, protocol } = new URL(issuer)
  Object.defineProperties(provider.request, {
    host: { get: () => host },
    protocol: { get: () => protocol.slice(0, -1) },
    secure: { get: () => true },
    href: {
      get(this: { originalUrl: string }) {
        return issuer + this.originalUrl
      },
    },
  })
  const create = provider.createContext.bind(provider)
  provider.createContext = ((request, response) => {
    const ctx = create(request, response)
    const { cookies } = ctx
    cookies.secure = true
    const set = cookies.set.bind(cookies)
    cookies.set = ((name: string, ...rest: never[]) => (name === sessionCookieName ? cookies : set(name, ...rest))) as typeof set
    return ctx
  }) as typeof provider.createContext
}

export type { ClientMetadata, KoaContextWithOIDC }
