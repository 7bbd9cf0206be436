// How modules that many people run sign in here: what is registered for each, and its settings in its own words. `{…}` is filled in:
// issuer, discovery, authorize, token, userinfo, jwks, logout, clientId, secret, address.
// Written from what is known of each; none of them was tried with the program itself.
import type { ModuleKind, SigningAlgorithm } from './modules.ts'

export type Recipe = {
  name: string
  /** `proxy`: it knows no protocol, and stands behind a proxy that asks here. */
  kind: ModuleKind | 'proxy'
  /** Behind the module's own address. */
  redirects: readonly string[]
  afterLogout?: readonly string[]
  logout?: string
  signing?: SigningAlgorithm
  withoutPkce?: true
  /** What one should know, by the keys of locales/*\/modules-console.json. */
  notes: readonly string[]
  settings: readonly (readonly [name: string, value: string])[]
}

export const recipes: Record<string, Recipe> = {
  grafana: {
    name: 'Grafana',
    kind: 'web',
    redirects: ['/login/generic_oauth'],
    afterLogout: ['/login'],
    notes: ['no_logout'],
    // Grafana 12, "Configure generic OAuth2 authentication": grafana.ini, [auth.generic_oauth]
    settings: [
      ['enabled', 'true'],
      ['name', 'Gatehouse'],
      ['client_id', '{clientId}'],
      ['client_secret', '{secret}'],
      ['scopes', 'openid profile email groups'],
      ['auth_url', '{authorize}'],
      ['token_url', '{token}'],
      ['api_url', '{userinfo}'],
      ['use_pkce', 'true'],
      ['use_refresh_token', 'true'],
      ['login_attribute_path', 'preferred_username'],
      ['name_attribute_path', 'name'],
      ['groups_attribute_path', 'groups'],
      ['role_attribute_path', "contains(groups[*], 'Administrator') && 'Admin' || 'Viewer'"],
      ['signout_redirect_url', '{logout}?client_id={clientId}&post_logout_redirect_uri={address}/login'],
    ],
  },
  roundcube: {
    name: 'Roundcube',
    kind: 'web',
    redirects: ['/index.php/login/oauth'],
    withoutPkce: true,
    notes: ['roundcube', 'no_logout'],
    // Roundcube 1.6, config/defaults.inc.php: config.inc.php
    settings: [
      ["$config['oauth_provider']", 'generic'],
      ["$config['oauth_provider_name']", 'Gatehouse'],
      ["$config['oauth_client_id']", '{clientId}'],
      ["$config['oauth_client_secret']", '{secret}'],
      ["$config['oauth_auth_uri']", '{authorize}'],
      ["$config['oauth_token_uri']", '{token}'],
      ["$config['oauth_identity_uri']", '{userinfo}'],
      ["$config['oauth_scope']", 'openid profile email'],
      ["$config['oauth_identity_fields']", "['email']"],
    ],
  },
  chatwoot: { name: 'Chatwoot', kind: 'proxy', redirects: [], notes: [], settings: [] },
  zammad: {
    name: 'Zammad',
    kind: 'page',
    redirects: ['/auth/openid_connect/callback'],
    notes: ['no_logout', 'email'],
    // Zammad 6.5, "OpenID Connect": Settings, Security, Third-party Applications
    settings: [
      ['Display name', 'Gatehouse'],
      ['Identifier', '{clientId}'],
      ['Issuer', '{issuer}'],
      ['UID Field', 'sub'],
      ['Scopes', 'openid email profile'],
      ['PKCE', 'yes'],
    ],
  },
  espocrm: {
    name: 'EspoCRM',
    kind: 'web',
    redirects: ['/oauth-callback.php'],
    logout: '/api/v1/Oidc/backchannelLogout',
    signing: 'RS256',
    withoutPkce: true,
    notes: [],
    // EspoCRM 9, "OpenID Connect (OIDC) Authentication": Administration, Authentication
    settings: [
      ['Authentication Method', 'Oidc'],
      ['OIDC Client ID', '{clientId}'],
      ['OIDC Client Secret', '{secret}'],
      ['OIDC Authorization Endpoint', '{authorize}'],
      ['OIDC Token Endpoint', '{token}'],
      ['OIDC JSON Web Key Set Endpoint', '{jwks}'],
      ['OIDC JWT Allowed Signature Algorithms', 'RS256'],
      ['OIDC Scopes', 'profile, email, phone, groups'],
      ['OIDC Group Claim', 'groups'],
      ['OIDC Username Claim', 'preferred_username'],
      ['OIDC Create User', 'yes'],
    ],
  },
  nextcloud: {
    name: 'Nextcloud',
    kind: 'web',
    redirects: ['/apps/user_oidc/code'],
    logout: '/apps/user_oidc/backchannel-logout/Gatehouse',
    notes: ['nextcloud'],
    // Nextcloud, app user_oidc 7, README: Administration settings, OpenID Connect
    settings: [
      ['Identifier', 'Gatehouse'],
      ['Client ID', '{clientId}'],
      ['Client secret', '{secret}'],
      ['Discovery endpoint', '{discovery}'],
      ['Scope', 'openid email profile groups'],
      ['User ID mapping', 'preferred_username'],
      ['Display name mapping', 'name'],
      ['Groups mapping', 'groups'],
    ],
  },
  odoo: {
    name: 'Odoo',
    kind: 'web',
    redirects: ['/auth_oauth/signin'],
    notes: ['odoo', 'no_logout'],
    // OCA server-auth 18.0, auth_oidc: Settings, OAuth Providers
    settings: [
      ['Provider name', 'Gatehouse'],
      ['Auth Flow', 'OpenID Connect (authorization code flow)'],
      ['Client ID', '{clientId}'],
      ['Client Secret', '{secret}'],
      ['Token Map', 'sub:user_id'],
      ['Scope', 'openid profile email'],
      ['Authorization URL', '{authorize}'],
      ['Token URL', '{token}'],
      ['UserInfo URL', '{userinfo}'],
      ['JWKS URL', '{jwks}'],
    ],
  },
  jitsi: {
    name: 'Jitsi',
    kind: 'web',
    redirects: ['/callback'],
    withoutPkce: true,
    notes: ['jitsi', 'no_logout'],
    // MarcelCoding/jitsi-openid 2, README: its environment
    settings: [
      ['JITSI_URL', 'https://meet.example.com'],
      ['BASE_URL', '{address}'],
      ['ISSUER_URL', '{issuer}'],
      ['CLIENT_ID', '{clientId}'],
      ['CLIENT_SECRET', '{secret}'],
    ],
  },
  'rocket-chat': {
    name: 'Rocket.Chat',
    kind: 'web',
    redirects: ['/_oauth/gatehouse'],
    withoutPkce: true,
    notes: ['no_logout', 'email'],
    // Rocket.Chat 7, "OpenID Connect (custom OAuth)": Workspace, Settings, OAuth, Add custom OAuth named Gatehouse
    settings: [
      ['URL', '{issuer}'],
      ['Token Path', '/oidc/token'],
      ['Token Sent Via', 'Header'],
      ['Identity Token Sent Via', 'Same as "Token Sent Via"'],
      ['Identity Path', '/oidc/userinfo'],
      ['Authorize Path', '/oidc/auth'],
      ['Scope', 'openid profile email'],
      ['Id', '{clientId}'],
      ['Secret', '{secret}'],
      ['Login Style', 'Redirect'],
      ['Key Field', 'Username'],
      ['Username field', 'preferred_username'],
      ['Email field', 'email'],
      ['Name field', 'name'],
    ],
  },
  freepbx: { name: 'FreePBX', kind: 'proxy', redirects: [], notes: [], settings: [] },
}

/** What any program that knows OpenID Connect asks for. */
export const plainSettings = {
  issuer: '{issuer}',
  discovery: '{discovery}',
  clientId: '{clientId}',
  secret: '{secret}',
} as const
