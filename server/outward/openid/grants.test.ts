// The ways to a token beside the browser's: a device, a machine, a program, a pushed request, a key that proves possession.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../../test/browser.ts'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import { addModule, begin, fetchFrom, finish, follow, oidc, signIn } from '../../../test/module.ts'
import { until } from '../../../test/nodes.ts'
import { giveSecret, takeSecretBack } from '../modules/modules.ts'

test('peer-P24 a device shows a code, its person types it, and it is signed in until their session ends', async (t) => {
  const { system, ana } = await startFloor(t)
  const client = await (await addModule(system, { name: 'Wallboard' }, 'device')).client()
  const waiting = await oidc.initiateDeviceAuthorization(client, { scope: 'openid profile' })
  assert.equal(waiting.verification_uri, 'http://localhost:8080/oidc/device')
  const poll = () =>
    oidc.genericGrantRequest(client, 'urn:ietf:params:oauth:grant-type:device_code', { device_code: waiting.device_code })
  await assert.rejects(poll(), { error: 'authorization_pending' })
  // Whoever is not logged in logs in first, and comes back with the code.
  const stranger = await system.browser().get(`/oidc/device?user_code=${waiting.user_code}`)
  assert.equal(stranger.location, `/login?next=${encodeURIComponent(`/oidc/device?user_code=${waiting.user_code}`)}`)
  const browser = await loggedIn(system, ana)
  assert.match(
    (await browser.get(`/oidc/device?user_code=${waiting.user_code}`)).body,
    new RegExp(`value="${waiting.user_code}"`),
  )
  assert.match((await browser.post('/oidc/device', { user_code: 'BBBB-BBBB' })).body, /No device waits/)
  const asked = await browser.post('/oidc/device', { user_code: waiting.user_code })
  assert.match(asked.body, /Sign Wallboard in\?/)
  assert.match(asked.body, /Ana Souza/)
  // Without the value of the form nothing happens.
  const forged = new URLSearchParams({ user_code: waiting.user_code, confirm: 'yes' }).toString()
  assert.equal((await browser.send('POST', '/oidc/device', forged, 'application/x-www-form-urlencoded')).status, 403)
  await assert.rejects(poll(), { error: 'authorization_pending' })
  const done = await browser.post('/oidc/device', { user_code: waiting.user_code, confirm: 'yes' })
  assert.match(done.body, /The device is signed in/)
  const tokens = await poll()
  assert.equal((await oidc.fetchUserInfo(client, tokens.access_token, ana.id)).name, 'Ana Souza')
  await assert.rejects(poll(), { error: 'invalid_grant' })
  const used = await browser.post('/oidc/device', { user_code: waiting.user_code })
  assert.match(used.body, /No device waits/)
  await browser.post('/log-out')
  await assert.rejects(oidc.refreshTokenGrant(client, tokens.refresh_token!), { error: 'invalid_grant' })
  await assert.rejects(oidc.fetchUserInfo(client, tokens.access_token, ana.id))
})

test('a device that its person refuses is told so', async (t) => {
  const { system, ana } = await startFloor(t)
  const client = await (await addModule(system, {}, 'device')).client()
  const waiting = await oidc.initiateDeviceAuthorization(client, { scope: 'openid' })
  const browser = await loggedIn(system, ana)
  await browser.get('/oidc/device')
  await browser.post('/oidc/device', { user_code: waiting.user_code, abort: 'yes' })
  await assert.rejects(
    oidc.genericGrantRequest(client, 'urn:ietf:params:oauth:grant-type:device_code', { device_code: waiting.device_code }),
    { error: 'access_denied' },
  )
})

test('a machine gets a token of its own, of which nobody makes a person; and without its secret nothing', async (t) => {
  const { system } = await startFloor(t)
  const machine = await addModule(system, {}, 'machine')
  const client = await machine.client()
  const tokens = await oidc.clientCredentialsGrant(client)
  assert.equal(tokens.refresh_token, undefined)
  assert.equal((await oidc.tokenIntrospection(client, tokens.access_token)).active, true)
  assert.equal((await oidc.tokenIntrospection(client, tokens.access_token)).sub, undefined)
  await assert.rejects(oidc.fetchUserInfo(client, tokens.access_token, oidc.skipSubjectCheck))
  const wrong = { ...machine, secret: 'x'.repeat(43) }
  const stranger = await oidc.discovery(
    new URL('http://localhost:8080'),
    machine.clientId,
    wrong.secret,
    oidc.ClientSecretPost(wrong.secret),
    { execute: [oidc.allowInsecureRequests], [oidc.customFetch]: fetchFrom(system.nodes[0]!) as oidc.CustomFetch },
  )
  await assert.rejects(oidc.clientCredentialsGrant(stranger), { error: 'invalid_client' })
  // What the library keeps in a secret's place is no secret.
  for (const secret of ['kept as a hash', '', ' ']) {
    const answer = await system.nodes[0]!.inject({
      method: 'POST',
      url: '/oidc/token',
      headers: { host: 'localhost:8080', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: machine.clientId,
        client_secret: secret,
      }).toString(),
    })
    assert.notEqual(answer.statusCode, 200, secret)
  }
})

test('a secret is exchanged without a pause: two are valid, and one that is taken back takes with it what was handed out', async (t) => {
  const { system, ana } = await startFloor(t)
  const module = await addModule(system)
  const before = await module.client()
  const actor = { kind: 'operator' } as const
  const second = await system.database.in(system.main, (tx) => giveSecret(tx, actor, module.id))
  await assert.rejects(
    system.database.in(system.main, (tx) => giveSecret(tx, actor, module.id)),
    { code: 'too_many_secrets' },
  )
  const after = await oidc.discovery(new URL('http://localhost:8080'), module.clientId, second, oidc.ClientSecretPost(second), {
    execute: [oidc.allowInsecureRequests],
    [oidc.customFetch]: fetchFrom(system.nodes[0]!) as oidc.CustomFetch,
  })
  const browser = await loggedIn(system, ana)
  const tokens = await signIn(browser, before)
  assert.ok((await signIn(browser, after)).access_token)
  const [first] = await system.sql<{ id: string }>('select id from module_secret order by created_at')
  await system.database.in(system.main, (tx) => takeSecretBack(tx, actor, module.id, first!.id))
  await assert.rejects(signIn(browser, before), { code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE' })
  await assert.rejects(oidc.refreshTokenGrant(after, tokens.refresh_token!), { error: 'invalid_grant' })
  assert.ok((await signIn(browser, after)).access_token)
})

test('a program on a desktop is come back to at whatever port is free, and its refresh token is good once', async (t) => {
  const { system, ana } = await startFloor(t)
  const client = await (
    await addModule(system, { redirectAddresses: ['http://127.0.0.1/back', 'com.example.phone:/back'] }, 'program')
  ).client()
  const browser = await loggedIn(system, ana)
  for (const address of ['http://127.0.0.1:49152/back', 'com.example.phone:/back']) {
    const begun = await begin(client, { redirect_uri: address })
    const { location } = await browser.get(begun.url.pathname + begun.url.search)
    assert.ok(location?.startsWith(address), `${address}: ${location}`)
    assert.ok((await finish(client, begun, new URL(location!))).access_token)
  }
  const begun = await begin(client, { redirect_uri: 'http://127.0.0.1:1/back' })
  const tokens = await finish(client, begun, new URL((await browser.get(begun.url.pathname + begun.url.search)).location!))
  const next = await oidc.refreshTokenGrant(client, tokens.refresh_token!)
  assert.notEqual(next.refresh_token, tokens.refresh_token)
  await assert.rejects(oidc.refreshTokenGrant(client, tokens.refresh_token!), { error: 'invalid_grant' })
  // It was stolen or lost, and nobody knows which of the two is the program.
  await assert.rejects(oidc.refreshTokenGrant(client, next.refresh_token!), { error: 'invalid_grant' })
})

test('peer-P07 PKCE is demanded, and nobody is talked out of it', async (t) => {
  const { system, ana } = await startFloor(t)
  const module = await addModule(system)
  const client = await module.client()
  const browser = await loggedIn(system, ana)
  const without = await begin(client)
  without.url.searchParams.delete('code_challenge')
  without.url.searchParams.delete('code_challenge_method')
  assert.equal((await follow(browser, without.url)).at.searchParams.get('error'), 'invalid_request')
  const plain = await begin(client, { code_challenge_method: 'plain' })
  assert.equal((await follow(browser, plain.url)).at.searchParams.get('error'), 'invalid_request')
  const begun = await begin(client)
  const { at } = await follow(browser, begun.url)
  await assert.rejects(finish(client, { ...begun, verifier: oidc.randomPKCECodeVerifier() }, at), { error: 'invalid_grant' })
  const old = await (await addModule(system, { withoutPkce: true })).client()
  const plainly = await begin(old)
  plainly.url.searchParams.delete('code_challenge')
  plainly.url.searchParams.delete('code_challenge_method')
  const { at: back } = await follow(browser, plainly.url)
  assert.ok(
    (await oidc.authorizationCodeGrant(old, back, { expectedNonce: plainly.nonce, expectedState: plainly.state })).id_token,
  )
})

test('a pushed request is good once, and a token that is bound to a key is of no use without it', async (t) => {
  const { system, ana } = await startFloor(t)
  const client = await (await addModule(system)).client()
  const browser = await loggedIn(system, ana)
  const verifier = oidc.randomPKCECodeVerifier()
  const pushed = await oidc.buildAuthorizationUrlWithPAR(client, {
    redirect_uri: 'https://crm.example.com/callback',
    scope: 'openid',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const { at } = await follow(browser, pushed)
  const DPoP = oidc.getDPoPHandle(client, await oidc.randomDPoPKeyPair())
  const tokens = await oidc.authorizationCodeGrant(client, at, { pkceCodeVerifier: verifier }, undefined, { DPoP })
  assert.equal(tokens.token_type, 'dpop')
  assert.equal((await oidc.fetchUserInfo(client, tokens.access_token, ana.id, { DPoP })).sub, ana.id)
  await assert.rejects(oidc.fetchUserInfo(client, tokens.access_token, ana.id))
  const again = await browser.get(pushed.pathname + pushed.search)
  if (again.location !== undefined) assert.ok(new URL(again.location).searchParams.has('error'), again.location)
})

test('peer-P26 many people who sign in at once each get their own, on two nodes', async (t) => {
  const { system } = await startFloor(t, 2)
  const module = await addModule(system)
  const clients = [await module.client(0), await module.client(1)]
  const people = await Promise.all(Array.from({ length: 12 }, () => system.addAccount()))
  const browsers: Browser[] = []
  for (const person of people) browsers.push(await loggedIn(system, person))
  const subjects = await Promise.all(
    browsers.flatMap((browser, i) =>
      Array.from({ length: 5 }, async (_, n) => [i, (await signIn(browser, clients[n % 2]!)).claims()?.sub ?? ''] as const),
    ),
  )
  assert.equal(subjects.length, 60)
  for (const [i, sub] of subjects) assert.equal(sub, people[i]?.id)
  await until(async () => (await system.sql('select * from module_session')).length === people.length)
})
