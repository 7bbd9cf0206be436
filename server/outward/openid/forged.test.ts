// What somebody makes up, or takes from elsewhere, is of no use anywhere.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import { addModule, begin, follow, oidc, signIn } from '../../../test/module.ts'
import type { TestSystem } from '../../../test/nodes.ts'

/** Sends a form to an address of the protocol as a module does. */
async function send(
  system: TestSystem,
  url: string,
  fields: Record<string, string> | [string, string][],
  headers: Record<string, string> = {},
) {
  const answer = await system.nodes[0]!.inject({
    method: 'POST',
    url,
    headers: { host: 'localhost:8080', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
  })
  return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? {} : JSON.parse(answer.body) }
}

const basic = ({ clientId, secret }: { clientId: string; secret: string | undefined }) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
})

test('peer-P13 peer-P14 what was handed out for one thing is good for no other', async (t) => {
  const { system, ana } = await startFloor(t)
  const module = await addModule(system)
  const client = await module.client()
  const browser = await loggedIn(system, ana)
  const { access_token: access, refresh_token: refresh, id_token: id } = await signIn(browser, client)
  const begun = await begin(client)
  const code = (await follow(browser, begun.url)).at.searchParams.get('code')!
  const stranger = await system.browser().get((await begin(client)).url.href.replace('http://localhost:8080', ''))
  const interaction = /auth%2F([\w-]+)/.exec(stranger.location!)![1]!
  const device = await oidc.initiateDeviceAuthorization(await (await addModule(system, {}, 'device')).client(), {
    scope: 'openid',
  })
  const values = {
    access: access!,
    refresh: refresh!,
    id: id!,
    code,
    interaction,
    device: device.device_code,
    user: device.user_code,
  }
  const uses: Record<string, (value: string) => Promise<boolean>> = {
    access: async (value) =>
      (
        await system.nodes[0]!.inject({
          url: '/oidc/userinfo',
          headers: { host: 'localhost:8080', authorization: `Bearer ${value}` },
        })
      ).statusCode === 200,
    refresh: async (value) =>
      (await send(system, '/oidc/token', { grant_type: 'refresh_token', refresh_token: value }, basic(module))).status === 200,
    code: async (value) =>
      (
        await send(
          system,
          '/oidc/token',
          {
            grant_type: 'authorization_code',
            code: value,
            redirect_uri: 'https://crm.example.com/callback',
            code_verifier: begun.verifier,
          },
          basic(module),
        )
      ).status === 200,
    interaction: async (value) => (await browser.get(`/oidc/auth/${encodeURIComponent(value)}?now=yes`)).status < 400,
  }
  for (const [use, isGood] of Object.entries(uses))
    for (const [made, value] of Object.entries(values))
      if (made !== use) assert.equal(await isGood(value), false, `${made} as ${use}`)
  // And each for what it was made for, or this would prove nothing.
  for (const use of ['access', 'refresh', 'code'] as const) assert.equal(await uses[use]!(values[use]), true, use)
})

test('peer-P18 a token that was cut, made longer or written otherwise is none', async (t) => {
  const { system, ana } = await startFloor(t)
  const module = await addModule(system)
  const client = await module.client()
  const { access_token: token } = await signIn(await loggedIn(system, ana), client)
  const other = [...token]
    .map((letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()))
    .join('')
  for (const wrong of [
    token.slice(0, -1),
    token.slice(1),
    `${token}A`,
    `${token} `,
    `${token}\0`,
    ` ${token}`,
    other,
    `${token}=`,
    '',
    'null',
  ])
    assert.notEqual(
      (await send(system, '/oidc/introspect', { token: wrong }, basic(module))).body.active,
      true,
      JSON.stringify(wrong),
    )
  assert.equal((await send(system, '/oidc/introspect', { token }, basic(module))).body.active, true)
})

test('peer-P19 an ID token that somebody else has signed, or for somebody else, is no hint', async (t) => {
  const { system, ana } = await startFloor(t)
  const module = await addModule(system)
  const client = await module.client()
  const browser = await loggedIn(system, ana)
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const claims = { sub: ana.id, sid: 'x' }
  const forge = (alg: string, key: Parameters<SignJWT['sign']>[0], more: { iss?: string; aud?: string; exp?: string } = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg, kid: 'made-up' })
      .setIssuer(more.iss ?? 'http://localhost:8080')
      .setAudience(more.aud ?? module.clientId)
      .setIssuedAt()
      .setExpirationTime(more.exp ?? '5 minutes')
      .sign(key)
  const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey)).padEnd(64))
  for (const hint of [
    await forge('ES256', privateKey),
    await forge('ES256', privateKey, { iss: 'https://evil.example' }),
    await forge('HS256', secret),
    await forge('HS256', new TextEncoder().encode('kept as a hash'.padEnd(64, '\0'))),
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ ...claims, aud: module.clientId })).toString('base64url')}.`,
  ]) {
    const { url } = await begin(client, { id_token_hint: hint, prompt: 'none' })
    assert.equal((await follow(browser, url)).at.searchParams.get('error'), 'invalid_request', hint)
  }
  const own = await signIn(browser, client)
  const good = await begin(client, { id_token_hint: own.id_token!, prompt: 'none' })
  assert.ok((await follow(browser, good.url)).at.searchParams.has('code'))
})

test('id_token_hint of another person: the module is told, and nobody is changed in silence', async (t) => {
  const { system, ana, ben } = await startFloor(t)
  const client = await (await addModule(system)).client()
  const hint = (await signIn(await loggedIn(system, ana), client)).id_token!
  const browser = await loggedIn(system, ben)
  for (const prompt of ['none', undefined]) {
    const { url } = await begin(client, { id_token_hint: hint, ...(prompt && { prompt }) })
    assert.equal((await follow(browser, url)).at.searchParams.get('error'), 'login_required')
  }
  assert.equal((await signIn(browser, client)).claims()!.sub, ben.id)
})

test('peer-P32 only a page’s own origin may ask in a browser, and never for a code', async (t) => {
  const { system, ana } = await startFloor(t)
  const page = await addModule(system, {}, 'page')
  const tokens = await signIn(await loggedIn(system, ana), await page.client())
  const ask = (origin: string) =>
    system.nodes[0]!.inject({
      url: '/oidc/userinfo',
      headers: { host: 'localhost:8080', origin, authorization: `Bearer ${tokens.access_token}` },
    })
  const own = await ask('https://crm.example.com')
  assert.equal(own.statusCode, 200)
  assert.equal(own.headers['access-control-allow-origin'], 'https://crm.example.com')
  assert.equal(own.headers['access-control-allow-credentials'], undefined)
  for (const origin of ['https://evil.example', 'null', 'https://crm.example.com.evil.example', 'http://crm.example.com']) {
    const answer = await ask(origin)
    assert.notEqual(answer.statusCode, 200, origin)
    assert.equal(answer.headers['access-control-allow-origin'], undefined, origin)
  }
  const authorize = await system.nodes[0]!.inject({
    url: '/oidc/auth',
    headers: { host: 'localhost:8080', origin: 'https://crm.example.com' },
  })
  assert.equal(authorize.headers['access-control-allow-origin'], undefined)
})

test('peer-P22 peer-P36 no header of a request changes an address in a document', async (t) => {
  const { system } = await startFloor(t)
  for (const headers of [
    { 'x-forwarded-host': 'evil.example' },
    { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example, localhost:8080' },
    { forwarded: 'host=evil.example;proto=http' },
    { 'x-original-host': 'evil.example' },
    { host: 'localhost:9' },
  ]) {
    const answer = await system.nodes[0]!.inject({
      url: '/.well-known/openid-configuration',
      headers: { host: 'localhost:8080', ...headers },
    })
    assert.equal(answer.statusCode, 200)
    assert.ok(!answer.body.includes('evil') && !answer.body.includes(':9/'), JSON.stringify(headers))
  }
  const other = await system.nodes[0]!.inject({ url: '/.well-known/openid-configuration', headers: { host: 'evil.example' } })
  assert.equal(other.statusCode, 421)
})

test('what is too much, or stands there twice, is refused and leaves nothing behind', async (t) => {
  const { system } = await startFloor(t)
  const machine = await addModule(system, {}, 'machine')
  const much = await send(system, '/oidc/token', { grant_type: 'client_credentials', scope: 'x'.repeat(60_000) }, basic(machine))
  assert.ok(much.status >= 400 && much.status < 500, String(much.status))
  const twice = await send(
    system,
    '/oidc/token',
    [
      ['grant_type', 'client_credentials'],
      ['grant_type', 'client_credentials'],
    ],
    basic(machine),
  )
  assert.equal(twice.body.error, 'invalid_request')
  for (const grant of [
    'password',
    'implicit',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange',
    'authorization_code',
  ])
    assert.ok((await send(system, '/oidc/token', { grant_type: grant }, basic(machine))).status >= 400, grant)
  assert.equal((await system.sql('select * from openid_item')).length, 0)
})

test('peer-P30 no other response type is ever answered', async (t) => {
  const { system, ana } = await startFloor(t)
  const client = await (await addModule(system)).client()
  const browser = await loggedIn(system, ana)
  for (const type of ['token', 'id_token', 'id_token token', 'code token', 'code id_token', 'none', '', 'x']) {
    const { url } = await begin(client, { response_type: type })
    const { at, answer } = await follow(browser, url)
    const where = at.search + at.hash
    assert.ok(!/access_token=|id_token=|[?&#]code=/.test(where), `${type}: ${where}`)
    assert.ok(answer.status >= 300, type)
  }
})
