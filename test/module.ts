// A module for tests: registered at a running system, and signing people in with a library that others have written.
import * as oidc from 'openid-client'
import type { ModuleKind } from '../contracts/modules.ts'
import { createModule, type ModuleFields, plainModule } from '../server/outward/modules/modules.ts'
import type { App } from '../server/platform/app.ts'
import type { Answer, Browser } from './browser.ts'
import type { TestSystem } from './nodes.ts'

export const callback = 'https://crm.example.com/callback'

export type TestModule = {
  id: string
  clientId: string
  secret: string | undefined
  /** The module as a program, whose questions go to one of the nodes. */
  client(node?: number): Promise<oidc.Configuration>
}

/** Asks a node over no network, as `fetch` does. */
export function fetchFrom(app: App): typeof fetch {
  return async (input, options = {}) => {
    const url = new URL(String(input))
    const body = options.body === undefined || options.body === null ? undefined : String(options.body)
    const answer = await app.inject({
      method: (options.method ?? 'GET') as 'GET',
      url: url.pathname + url.search,
      headers: { host: url.host, ...Object.fromEntries(new Headers(options.headers)) },
      ...(body !== undefined && { payload: body }),
    })
    const headers = new Headers()
    for (const [name, value] of Object.entries(answer.headers)) headers.set(name, String(value))
    return new Response(answer.statusCode === 204 ? null : answer.rawPayload, { status: answer.statusCode, headers })
  }
}

/** Registers a module that everybody with the profile Agent or Administrator may use. */
export async function addModule(
  system: TestSystem,
  fields: Partial<ModuleFields> = {},
  kind: ModuleKind = 'web',
  instance = system.main,
): Promise<TestModule> {
  const made = await system.database.in(instance, async (tx) => {
    const profiles = await tx.selectFrom('profile').select('id').where('name', 'in', ['Agent', 'Administrator']).execute()
    return createModule(tx, { kind: 'operator' }, kind, {
      ...plainModule,
      name: `Module ${crypto.randomUUID().slice(0, 8)}`,
      redirectAddresses: ['device', 'machine', 'proxy'].includes(kind) ? [] : [callback],
      profiles: profiles.map(({ id }) => id),
      ...fields,
    })
  })
  const issuer = new URL(`http://${instance.hostname}:8080`)
  return {
    ...made,
    client(node = 0) {
      return oidc.discovery(
        issuer,
        made.clientId,
        made.secret,
        made.secret === undefined ? oidc.None() : oidc.ClientSecretBasic(made.secret),
        { execute: [oidc.allowInsecureRequests], [oidc.customFetch]: fetchFrom(system.nodes[node]!) as oidc.CustomFetch },
      )
    },
  }
}

export type Begun = { url: URL; verifier: string; nonce: string; state: string }

/** What a module sends a person off with. */
export async function begin(client: oidc.Configuration, more: Record<string, string> = {}): Promise<Begun> {
  const verifier = oidc.randomPKCECodeVerifier()
  const nonce = oidc.randomNonce()
  const state = oidc.randomState()
  const url = oidc.buildAuthorizationUrl(client, {
    redirect_uri: callback,
    scope: 'openid profile email groups',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
    ...more,
  })
  return { url, verifier, nonce, state }
}

/** Follows where a browser is led, up to the first place that is not Gatehouse's or does not lead on. */
export async function follow(browser: Browser, url: URL): Promise<{ answer: Answer; at: URL }> {
  let at = url
  for (let steps = 0; steps < 10; steps += 1) {
    const answer = await browser.get(at.pathname + at.search)
    const onwards =
      answer.location ?? /<meta http-equiv="refresh" content="0;url=([^"]+)"/.exec(answer.body)?.[1]?.replaceAll('&amp;', '&')
    if (onwards === undefined) return { answer, at }
    at = new URL(onwards, at)
    if (at.host !== url.host) return { answer, at }
  }
  throw new Error(`led in a circle: ${at}`)
}

/** Somebody who is logged in opens the module, and it gets its tokens. */
export async function signIn(browser: Browser, client: oidc.Configuration, more: Record<string, string> = {}) {
  const begun = await begin(client, more)
  const { at } = await follow(browser, begun.url)
  return finish(client, begun, at)
}

export function finish(client: oidc.Configuration, { verifier, nonce, state }: Begun, at: URL) {
  return oidc.authorizationCodeGrant(client, at, {
    pkceCodeVerifier: verifier,
    expectedNonce: nonce,
    expectedState: state,
    idTokenExpected: true,
  })
}

export { oidc }
