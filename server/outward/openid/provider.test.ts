// What is touched of the library and stands in no document of it: a new version that does otherwise fails here, with a word about what.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Provider } from 'oidc-provider'
import { clientOf } from './client.ts'

const issuer = 'https://main.example.com'
const bare = () => new Provider(issuer, { features: { devInteractions: { enabled: false } } })

test('the library’s session can be put in place of, and has the methods that ours has', () => {
  const { Session } = bare()
  for (const name of [
    'authorizationFor',
    'sidFor',
    'grantIdFor',
    'ensureClientContainer',
    'save',
    'persist',
    'destroy',
    'resetIdentifier',
  ])
    assert.equal(typeof Session.prototype[name as 'save'], 'function', name)
  assert.equal(typeof (Session as unknown as { get: unknown }).get, 'function')
})

test('a client asks these two of its own, so that secrets can be kept as hashes and each ID token has its session', () => {
  const { Client } = bare()
  for (const name of ['compareClientSecret', 'includeSid'])
    assert.equal(typeof (Client.prototype as unknown as Record<string, unknown>)[name], 'function', name)
})

test('the addresses in documents come from the request, as Koa has it, and can be set', () => {
  const provider = bare()
  assert.ok('host' in provider.request && 'href' in provider.request && 'protocol' in provider.request)
  assert.equal(typeof provider.createContext, 'function')
})

test('every module that can be registered is a client that the library takes', async () => {
  const module = {
    id: '',
    clientId: 'm-0123456789abcdef',
    name: 'CRM',
    enabled: true,
    address: null,
    onHome: true,
    logoutAddress: null,
    signing: 'ES256' as const,
    withoutPkce: false,
    profiles: [],
    teams: [],
    version: 1,
    secrets: [],
    afterLogoutAddresses: ['https://crm.example.com/bye', 'http://localhost:3000/bye'],
  }
  const kinds = {
    web: ['https://crm.example.com/callback', 'http://localhost:3000/callback', 'https://crm.example.com'],
    page: ['https://crm.example.com/', 'http://crm.localhost/callback'],
    program: ['http://127.0.0.1/back', 'com.example.phone:/back', 'https://phone.example.com/back'],
    device: [],
    machine: [],
  } as const
  for (const [kind, redirectAddresses] of Object.entries(kinds)) {
    const after = kind === 'program' ? [] : module.afterLogoutAddresses
    const client = clientOf({
      ...module,
      kind: kind as 'web',
      redirectAddresses: [...redirectAddresses],
      afterLogoutAddresses: after,
    })
    const provider = new Provider(issuer, {
      clients: [client as never],
      issueRefreshToken: async () => true,
      extraClientMetadata: { properties: ['without_pkce'] },
      scopes: ['openid', 'profile', 'email', 'phone', 'groups'],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        deviceFlow: { enabled: true },
        rpInitiatedLogout: { enabled: true },
      },
    })
    assert.ok(await provider.Client.find(client.client_id), kind)
  }
})
