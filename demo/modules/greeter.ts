// A module of our own, as small as one can be: it signs people in by OpenID Connect, shows what it was told of them, and falls silent
// when it hears that their session has ended. What a real module does the same way: docs/modules.md.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { html } from 'hono/html'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oidc from 'openid-client'

export type GreeterSettings = { name: string; issuer: string; clientId: string; secret: string; port: number }

/** Somebody who is signed in here, until we hear that their session has ended. */
type Visit = { sid: string; claims: Record<string, unknown>; watchers: Set<ServerResponse> }
type Pending = { verifier: string; state: string; nonce: string }

const endEvent = 'http://schemas.openid.net/event/backchannel-logout'

/** Starts the module on this machine. It knows people only for as long as it runs. */
export async function startGreeter({ name, issuer, clientId, secret, port }: GreeterSettings): Promise<Server> {
  const own = `http://127.0.0.1:${port}`
  const visits = new Map<string, Visit>()
  const pending = new Map<string, Pending>()
  const heard = new Set<string>()
  // The server it belongs to may only be starting.
  let known: Promise<oidc.Configuration> | undefined
  const client = () => {
    known ??= oidc
      .discovery(new URL(issuer), clientId, secret, oidc.ClientSecretBasic(secret), { execute: [oidc.allowInsecureRequests] })
      .catch((error) => {
        known = undefined
        throw error
      })
    return known
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
      response.end(`${error.message}\n`)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', own)
    const token = /(?:^|; )greeter=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
    const visit = visits.get(token)
    const route = `${request.method} ${url.pathname}`
    if (route === 'POST /logged-out') return hear(request, response)
    if (route === 'GET /callback') return comeBack(url, token, response)
    if (route === 'GET /still' && visit !== undefined) return watch(visit, response)
    if (route !== 'GET /') return void response.writeHead(404).end()
    if (visit === undefined) return send(response, token)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    response.end(String(page(name, visit.claims)))
  }

  /** Sends somebody off to Gatehouse. */
  async function send(response: ServerResponse, former: string): Promise<void> {
    const begun = { verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState(), nonce: oidc.randomNonce() }
    const token = randomBytes(24).toString('base64url')
    pending.delete(former)
    pending.set(token, begun)
    if (pending.size > 1000) pending.delete(pending.keys().next().value!)
    const to = oidc.buildAuthorizationUrl(await client(), {
      redirect_uri: `${own}/callback`,
      scope: 'openid profile email groups',
      code_challenge: await oidc.calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: 'S256',
      state: begun.state,
      nonce: begun.nonce,
    })
    response.writeHead(303, { location: to.href, 'set-cookie': cookie(token) }).end()
  }

  async function comeBack(url: URL, former: string, response: ServerResponse): Promise<void> {
    const begun = pending.get(former)
    pending.delete(former)
    if (begun === undefined) return void response.writeHead(303, { location: '/' }).end()
    const tokens = await oidc.authorizationCodeGrant(await client(), url, {
      pkceCodeVerifier: begun.verifier,
      expectedState: begun.state,
      expectedNonce: begun.nonce,
      idTokenExpected: true,
    })
    const claims = { ...tokens.claims()! } as Record<string, unknown>
    const token = randomBytes(24).toString('base64url')
    visits.set(token, { sid: String(claims.sid), claims, watchers: new Set() })
    response.writeHead(303, { location: '/', 'set-cookie': cookie(token) }).end()
  }

  /** A page that is open hears of the end by this. */
  function watch(visit: Visit, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': here\n\n')
    visit.watchers.add(response)
    response.on('close', () => visit.watchers.delete(response))
  }

  /** Gatehouse says that a session has ended. Source: OpenID Connect Back-Channel Logout 1.0, 2.6. */
  async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) {
      body += chunk
      if (body.length > 20_000) return void response.writeHead(413).end()
    }
    try {
      const { jwks_uri: jwks } = (await client()).serverMetadata()
      const options = { issuer, audience: clientId, typ: 'logout+jwt', requiredClaims: ['sid', 'jti', 'iat'] }
      const { payload } = await jwtVerify(
        new URLSearchParams(body).get('logout_token') ?? '',
        createRemoteJWKSet(new URL(jwks!)),
        options,
      )
      if ('nonce' in payload || !(endEvent in ((payload.events ?? {}) as object))) throw new Error('no logout token')
      if (heard.has(payload.jti!)) throw new Error('heard before')
      heard.add(payload.jti!)
      for (const [token, visit] of visits) {
        if (visit.sid !== payload.sid) continue
        visits.delete(token)
        for (const watcher of visit.watchers) watcher.end('event: ended\ndata: \n\n')
      }
      response.writeHead(200, { 'cache-control': 'no-store' }).end()
    } catch {
      response.writeHead(400, { 'cache-control': 'no-store' }).end()
    }
  }
}

const cookie = (token: string) => `greeter=${token}; Path=/; HttpOnly; SameSite=Lax`

function page(name: string, claims: Record<string, unknown>) {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${name}</title>
<style>
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
dt { opacity: 0.75; } dd { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
</style></head>
<body><main><h1>${name}</h1>
<div id="here"><p>Hello, ${String(claims.name ?? claims.sub)}.</p>
<dl>${Object.entries(claims).map(([claim, value]) => html`<dt>${claim}</dt><dd>${typeof value === 'string' ? value : JSON.stringify(value)}</dd>`)}</dl></div>
<p id="gone" role="status"></p></main>
<script>
const source = new EventSource('/still')
source.addEventListener('ended', () => {
  source.close()
  document.getElementById('here').remove()
  document.getElementById('gone').textContent = 'Your session has ended. What you did here is closed.'
})
</script></body></html>`
}
