// What is touched of the library and stands in no document of it: a new version that does otherwise fails here, with a word about what.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Provider } from 'oidc-provider'
import { type ModuleKind, signingAlgorithms } from '../../../contracts/modules.ts'
import { startFloor } from '../../../test/floor.ts'
import { addModule } from '../../../test/module.ts'
import { findRules } from '../../rules/rules.ts'
import { makeProvider, type ProviderNeeds } from './provider.ts'
import { readSigningKeys } from './signing-keys.ts'

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

test('every module that can be registered is a client that the library takes', async (t) => {
  const { system } = await startFloor(t)
  const needs = {
    ...system,
    limits: () => system.database.in(system.main, findRules),
    pages: {} as ProviderNeeds['pages'],
    onError: (error: unknown) => assert.fail(String(error)),
  }
  const provider = makeProvider(needs, system.main, issuer, await readSigningKeys(system, system.main))
  // What stands behind a proxy knows no protocol.
  const kinds: Record<Exclude<ModuleKind, 'proxy'>, string[]> = {
    web: ['https://crm.example.com/callback', 'http://localhost:3000/callback', 'https://crm.example.com'],
    page: ['https://crm.example.com/', 'http://crm.localhost/callback'],
    program: ['http://127.0.0.1/back', 'com.example.phone:/back', 'https://phone.example.com/back'],
    device: [],
    machine: [],
  }
  for (const [kind, redirectAddresses] of Object.entries(kinds) as [ModuleKind, string[]][]) {
    for (const signing of signingAlgorithms) {
      const module = await addModule(system, { redirectAddresses, afterLogoutAddresses: redirectAddresses, signing }, kind)
      const client = await provider.Client.find(module.clientId)
      assert.equal(client?.clientId, module.clientId, kind)
    }
  }
})
