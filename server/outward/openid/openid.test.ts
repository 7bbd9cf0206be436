import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify } from 'jose'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import { addModule, begin, callback, fetchFrom, finish, follow, oidc, signIn } from '../../../test/module.ts'
import { until } from '../../../test/nodes.ts'

test('a module signs somebody in who logs in for it, and hears who they are', async (t) => {
  const { system, ana } = await startFloor(t)
  const client = await (await addModule(system)).client()
  assert.equal(client.serverMetadata().issuer, 'http://localhost:8080')
  const browser = system.browser()
  const begun = await begin(client)
  const { at } = await follow(browser, begun.url)
  assert.equal(at.pathname, '/login')
  await browser.get(at.pathname + at.search)
  const answer = await browser.post('/login', {
    username: ana.username,
    password: ana.password,
    next: at.searchParams.get('next')!,
  })
  const back = await follow(browser, new URL(answer.location!, begun.url))
  assert.equal(back.at.href.slice(0, callback.length), callback)
  const tokens = await finish(client, begun, back.at)
  const claims = tokens.claims()!
  assert.equal(claims.sub, ana.id)
  assert.equal(claims.preferred_username, 'ana')
  assert.deepEqual(claims.groups, ['North', 'Agent'])
  assert.deepEqual(claims.amr, ['pwd'])
  const info = await oidc.fetchUserInfo(client, tokens.access_token, ana.id)
  assert.equal(info.name, 'Ana Souza')
  const keys = createRemoteJWKSet(new URL(client.serverMetadata().jwks_uri!), { [customFetch]: fetchFrom(system.nodes[0]!) })
  const { protectedHeader } = await jwtVerify(tokens.id_token!, keys)
  assert.equal(protectedHeader.alg, 'ES256')
  const again = await oidc.refreshTokenGrant(client, tokens.refresh_token!)
  assert.equal(decodeJwt(again.id_token!).sub, ana.id)
  // No cookie that could be a second truth.
  assert.deepEqual(
    [...browser.cookies.keys()].filter((name) => !name.startsWith('__Host-gatehouse-')),
    ['__Secure-gatehouse-interaction'],
  )
})

test('peer-P16 peer-P17 after the end nothing is accepted: no code, token, refresh, introspection or silent request', async (t) => {
  const { system, ana } = await startFloor(t)
  const client = await (await addModule(system)).client()
  const browser = await loggedIn(system, ana)
  const tokens = await signIn(browser, client)
  const begun = await begin(client)
  const { at } = await follow(browser, begun.url)
  assert.equal((await oidc.tokenIntrospection(client, tokens.access_token)).active, true)
  assert.equal((await oidc.tokenIntrospection(client, tokens.refresh_token!)).active, true)
  await browser.post('/log-out')
  await assert.rejects(finish(client, begun, at), { error: 'invalid_grant' })
  await assert.rejects(oidc.refreshTokenGrant(client, tokens.refresh_token!), { error: 'invalid_grant' })
  await assert.rejects(oidc.fetchUserInfo(client, tokens.access_token, ana.id))
  assert.equal((await oidc.tokenIntrospection(client, tokens.access_token)).active, false)
  assert.equal((await oidc.tokenIntrospection(client, tokens.refresh_token!)).active, false)
  const silent = await begin(client, { prompt: 'none' })
  const refused = await follow(browser, silent.url)
  assert.equal(refused.at.searchParams.get('error'), 'login_required')
  assert.equal(refused.at.searchParams.get('iss'), 'http://localhost:8080')
})

test('peer-P02 peer-P10 one code is good for one exchange, of fifty at once on three nodes, and what it gave is taken back by the second', async (t) => {
  const { system, ana } = await startFloor(t, 3)
  const module = await addModule(system)
  const clients = await Promise.all([0, 1, 2].map((node) => module.client(node)))
  const browser = await loggedIn(system, ana)
  const begun = await begin(clients[0]!)
  const { at } = await follow(browser, begun.url)
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => finish(clients[i % 3]!, begun, at)))
  const right = outcomes.filter(({ status }) => status === 'fulfilled')
  assert.ok(right.length <= 1, `${right.length} got tokens`)
  for (const each of outcomes)
    if (each.status === 'rejected') assert.equal(each.reason.error, 'invalid_grant', String(each.reason))
  // Whoever was first has nothing left: nobody knows which of them was the thief.
  const [first] = right
  if (first?.status === 'fulfilled')
    assert.equal((await oidc.tokenIntrospection(clients[0]!, first.value.access_token)).active, false)
  assert.ok((await signIn(browser, clients[1]!)).access_token)
})

test('peer-P01 a code, a token and a refresh token are of use to the module alone that they were given to', async (t) => {
  const { system, ana } = await startFloor(t)
  const [crm, inbox] = [await (await addModule(system)).client(), await (await addModule(system)).client()]
  const browser = await loggedIn(system, ana)
  const tokens = await signIn(browser, crm)
  const begun = await begin(crm)
  const { at } = await follow(browser, begun.url)
  await assert.rejects(finish(inbox, begun, at), { error: 'invalid_grant' })
  await assert.rejects(oidc.refreshTokenGrant(inbox, tokens.refresh_token!), { error: 'invalid_grant' })
  assert.equal((await oidc.tokenIntrospection(inbox, tokens.access_token)).active, false)
  await oidc.tokenRevocation(inbox, tokens.refresh_token!)
  assert.equal((await oidc.tokenIntrospection(crm, tokens.access_token)).active, true, 'nobody takes back what is not theirs')
  await oidc.tokenRevocation(crm, tokens.refresh_token!)
  assert.equal((await oidc.tokenIntrospection(crm, tokens.access_token)).active, false)
  // The session is the person's, and goes on.
  assert.ok((await signIn(browser, crm)).access_token)
})

test('prompt=login and max_age ask for the password again in the same session, and nothing less will do', async (t) => {
  const { system, ana } = await startFloor(t)
  const client = await (await addModule(system)).client()
  const browser = await loggedIn(system, ana)
  const before = await signIn(browser, client)
  const [session] = await system.sql('select id from session where ended_at is null')
  for (const more of [{ prompt: 'login' }, { max_age: '0' }] as Record<string, string>[]) {
    const begun = await begin(client, more)
    const { at } = await follow(browser, begun.url)
    assert.equal(at.pathname, '/login')
    assert.equal(at.searchParams.get('again'), 'yes')
    // Going on without having proven anything leads back.
    const skipped = await follow(browser, new URL(at.searchParams.get('next')!, at))
    assert.equal(skipped.at.pathname, '/login')
    await browser.get(at.pathname + at.search)
    const next = at.searchParams.get('next')!
    const answer = await browser.post('/login', { username: ana.username, password: ana.password, next, again: 'yes' })
    const back = await follow(browser, new URL(answer.location!, at))
    const tokens = await finish(client, begun, back.at)
    assert.ok(Number(tokens.claims()!.auth_time) >= Number(before.claims()!.auth_time))
    assert.equal(tokens.claims()!.sid, before.claims()!.sid, 'the same session')
  }
  assert.deepEqual(await system.sql('select id from session where ended_at is null'), [session])
  const within = await begin(client, { max_age: '10000' })
  assert.equal((await follow(browser, within.url)).at.host, 'crm.example.com')
})

test('peer-P08 peer-P09 whoever may not use a module is told so here, and loses what was handed out at once', async (t) => {
  const { system, ana, ben, north } = await startFloor(t)
  const module = await addModule(system, { profiles: [], teams: [north.id] })
  const client = await module.client()
  const outside = await loggedIn(system, ben)
  const begun = await begin(client)
  const { answer, at } = await follow(outside, begun.url)
  assert.equal(at.host, 'localhost:8080')
  assert.match(answer.body, /This module is not for you/)
  const silent = await follow(outside, (await begin(client, { prompt: 'none' })).url)
  assert.equal(silent.at.searchParams.get('error'), 'access_denied')
  const inside = await loggedIn(system, ana)
  const tokens = await signIn(inside, client)
  await system.sql('delete from module_team')
  await assert.rejects(oidc.refreshTokenGrant(client, tokens.refresh_token!), { error: 'invalid_grant' })
  assert.equal((await oidc.tokenIntrospection(client, tokens.access_token)).active, false)
  await assert.rejects(oidc.fetchUserInfo(client, tokens.access_token, ana.id))
})

test('peer-P03 peer-P04 peer-P05 peer-P06 what is sent to a wrong place is refused on a page of ours, and nothing of it stands there', async (t) => {
  const { system, ana } = await startFloor(t)
  const client = await (await addModule(system)).client()
  const browser = await loggedIn(system, ana)
  const wrong = [
    `${callback}/`,
    `${callback}?a=b`,
    `${callback}#x`,
    'https://crm.example.com:444/callback',
    'http://crm.example.com/callback',
    'https://crm.example.com@evil.example/callback',
    'https://evil.example/callback',
    'https://crmXexample.com/callback',
    'https://crm.example.com.evil.example/callback',
    'https://crm.example.com/callback/../callback',
    'https://crm.example.com\\\\@evil.example/callback',
    'https://CRM.example.com/callback',
    'https://crm.example.com/%63allback',
    'javascript:alert(1)',
    'data:text/html,x',
    '//crm.example.com/callback',
    'crm.example.com/callback',
    '',
  ]
  for (const address of wrong) {
    const { url } = await begin(client, { redirect_uri: address, state: '<script>alert(1)</script>' })
    const answer = await browser.get(url.pathname + url.search)
    assert.equal(answer.status, 400, address)
    assert.equal(answer.location, undefined, address)
    assert.ok(!answer.body.includes('evil') && !answer.body.includes('<script>alert'), address)
  }
  const twice = (await begin(client)).url
  twice.searchParams.append('redirect_uri', 'https://evil.example/')
  assert.equal((await browser.get(twice.pathname + twice.search)).status, 400)
})

test('peer-P27 a request that a stranger began is not gone on with by whoever opens its address', async (t) => {
  const { system, ana } = await startFloor(t)
  const client = await (await addModule(system)).client()
  const stranger = system.browser()
  const begun = await begin(client)
  const { at } = await follow(stranger, begun.url)
  const next = at.searchParams.get('next')!
  const browser = await loggedIn(system, ana)
  for (const path of [next, `${next}?now=yes`]) await follow(browser, new URL(path, begun.url))
  // Whoever began it is still nobody.
  const back = await follow(stranger, new URL(`${next}?now=yes`, begun.url))
  assert.equal(back.at.pathname, '/login')
  const again = await follow(stranger, begun.url)
  assert.equal(again.at.pathname, '/login')
})

test('peer-P28 an instance is an issuer of its own: nothing of one is good at another', async (t) => {
  const { system, ana } = await startFloor(t)
  const { instance: acme } = await system.addInstance('acme', 'acme.localhost')
  const here = await (await addModule(system)).client()
  const there = await addModule(system, {}, 'web', acme)
  const theirs = await there.client()
  assert.equal(theirs.serverMetadata().issuer, 'http://acme.localhost:8080')
  const tokens = await signIn(await loggedIn(system, ana), here)
  assert.equal((await oidc.tokenIntrospection(theirs, tokens.access_token)).active, false)
  await assert.rejects(oidc.fetchUserInfo(theirs, tokens.access_token, ana.id))
  await assert.rejects(oidc.refreshTokenGrant(theirs, tokens.refresh_token!), { error: 'invalid_grant' })
  const keys = createRemoteJWKSet(new URL(theirs.serverMetadata().jwks_uri!), { [customFetch]: fetchFrom(system.nodes[0]!) })
  await assert.rejects(jwtVerify(tokens.id_token!, keys))
})

test('what a module asked for wrongly stands in the audit once, with the address that it offered', async (t) => {
  const { system, ana } = await startFloor(t)
  const module = await addModule(system)
  const client = await module.client()
  const browser = await loggedIn(system, ana)
  const { url } = await begin(client, { redirect_uri: `${callback}/` })
  for (let i = 0; i < 3; i += 1) await browser.get(url.pathname + url.search)
  const kept = () => system.sql<{ detail: object }>("select detail from audit_event where event = 'module_refused'")
  await until(async () => (await kept()).length > 0)
  const device = 'device' in (await kept())[0]!.detail
  assert.ok(device)
  assert.deepEqual(
    (await kept()).map(({ detail }) => ({ ...detail, device: undefined })),
    [{ moduleId: module.id, error: 'invalid_redirect_uri', offered: `${callback}/`, device: undefined }],
  )
})
