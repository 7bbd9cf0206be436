// The modules of the conformance plan for RP-initiated logout, by their names: docs/modules.md, "Conformance".
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import { addModule, signIn } from '../../../test/module.ts'

const bye = 'https://crm.example.com/bye'

async function signedIn(t: TestContext) {
  const floor = await startFloor(t)
  const module = await addModule(floor.system, { afterLogoutAddresses: [bye] })
  const client = await module.client()
  const browser = await loggedIn(floor.system, floor.ana)
  const tokens = await signIn(browser, client)
  const live = async () => (await floor.system.sql('select id from session where ended_at is null')).length
  const ask = (parameters: Record<string, string> | [string, string][]) =>
    browser.get(`/oidc/logout?${new URLSearchParams(parameters)}`)
  return { ...floor, module, browser, hint: tokens.id_token!, live, ask }
}

test('oidcc-rp-initiated-logout: whoever shows the ID token of this session is logged out and sent back with the state', async (t) => {
  const { ask, hint, live } = await signedIn(t)
  const answer = await ask({ id_token_hint: hint, post_logout_redirect_uri: bye, state: 's 1&2' })
  assert.equal(answer.location, `${bye}?state=s+1%262`)
  assert.equal(await live(), 0)
  // Again: nobody is logged in, and the way back is the same.
  assert.equal((await ask({ id_token_hint: hint, post_logout_redirect_uri: bye })).location, bye)
})

test('oidcc-rp-initiated-logout-no-id-token-hint, -no-params, -only-state, -no-post-logout-redirect-uri, -no-state: the person is asked', async (t) => {
  const { ask, hint, live, browser, module } = await signedIn(t)
  for (const parameters of [
    {},
    { state: 'x' },
    { client_id: module.clientId },
    { client_id: module.clientId, post_logout_redirect_uri: bye },
    { post_logout_redirect_uri: 'https://evil.example/' },
  ] as Record<string, string>[]) {
    const answer = await ask(parameters)
    assert.equal(answer.status, 200, JSON.stringify(parameters))
    assert.match(answer.body, /action="\/oidc\/logout\/confirm"/)
    assert.ok(!answer.body.includes('href="https://evil'), answer.body)
    assert.equal(await live(), 1)
  }
  const other = await ask({ client_id: module.clientId, post_logout_redirect_uri: bye, state: 'y' })
  assert.match(String(other.headers['content-security-policy']), /form-action 'self' https:\/\/crm\.example\.com;/)
  assert.equal((await browser.post('/oidc/logout/confirm')).location, `${bye}?state=y`)
  assert.equal(await live(), 0)
  assert.equal((await ask({ id_token_hint: hint })).location, '/login?bye')
})

test('oidcc-rp-initiated-logout-bad-post-logout-redirect-uri, -query-added-to-post-logout-redirect-uri: nobody is sent there', async (t) => {
  const { ask, hint, live, module } = await signedIn(t)
  for (const address of [`${bye}?a=b`, `${bye}/`, 'https://evil.example/', `${bye}#x`, 'javascript:alert(1)']) {
    for (const who of [{ id_token_hint: hint }, { client_id: module.clientId }] as Record<string, string>[]) {
      const answer = await ask({ ...who, post_logout_redirect_uri: address })
      assert.equal(answer.status, 400, address)
      assert.equal(answer.location, undefined)
    }
  }
  assert.equal(await live(), 1)
})

test('oidcc-rp-initiated-logout-modified-id-token-hint, -bad-id-token-hint: a hint that nobody here has written counts for nothing', async (t) => {
  const { ask, hint, live } = await signedIn(t)
  const [head, body, signature] = hint.split('.') as [string, string, string]
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  const forged = Buffer.from(JSON.stringify({ ...claims, iss: 'https://evil.example' })).toString('base64url')
  const unsigned = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
  for (const bad of [
    `${head}.${forged}.${signature}`,
    `${head}.${body}.${signature.slice(0, -4)}AAAA`,
    `${unsigned}.${body}.`,
    `${head}.${body}`,
    'x',
    'a.b.c',
    `${head}.${Buffer.from('null').toString('base64url')}.${signature}`,
  ]) {
    const answer = await ask({ id_token_hint: bad, post_logout_redirect_uri: bye })
    assert.equal(answer.status, 400, bad)
  }
  for (const name of ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'])
    assert.equal(
      (
        await ask([
          [name, 'a'],
          [name, 'b'],
        ])
      ).status,
      400,
      name,
    )
  assert.equal(await live(), 1)
})

test('the ID token of another session asks first: a module cannot end what it has never seen', async (t) => {
  const { ask, hint, live, system, ana, browser } = await signedIn(t)
  await browser.post('/log-out')
  const again = await loggedIn(system, ana)
  assert.equal(await live(), 1)
  const answer = await again.get(`/oidc/logout?${new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: bye })}`)
  assert.equal(answer.status, 200)
  assert.equal(await live(), 1)
  assert.equal((await ask({ id_token_hint: hint, post_logout_redirect_uri: bye })).location, bye)
})
