// What holds for every route there is, read from the list of those that are registered: a new one cannot be forgotten.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../server/platform/policy.ts'
import type { Browser } from './browser.ts'
import { needed, plausible, type Schema } from './documented.ts'
import { loggedIn, startFloor } from './floor.ts'
import { startNodes, type TestSystem } from './nodes.ts'

const id = '00000000-0000-4000-8000-000000000000'
/** Pages that say before anything else that what they are about is not there: a link, an unfinished login. */
const sooner: Record<string, number> = { '/recover': 410 }
const safe = ['GET', 'HEAD', 'OPTIONS']

type Asked = { method: string; url: string; policy?: Policy; schema?: unknown }

function addresses(system: TestSystem, methods: (method: string) => boolean): Asked[] {
  return system.routes
    .filter(({ method }) => methods(method))
    .map(({ method, url, policy, body }) => ({
      method,
      policy,
      schema: body,
      url: url.replace(':name', 'gatehouse.css').replace(/:\w+/g, id).replace('*', 'users'),
    }))
}

/** Asks with a body that the route takes, so that it is no wrong body that is refused. */
function send(browser: Browser, { method, url, policy, schema }: Asked, headers: Record<string, string> = {}) {
  if (safe.includes(method)) return browser.send(method as 'GET', url, undefined, undefined, headers)
  const body = {
    ...(plausible(needed(schema as Schema | undefined), id) as object),
    ...(policy?.answers === 'page' && { formToken: headers['x-form-token'] ?? '' }),
  }
  return browser.send(method as 'POST', url, JSON.stringify(body), 'application/json', headers)
}

test('asvs-3.5.1 cve-C17 every route that is no mere question is taken only with the value of its own session, and only from a page of ours', async (t) => {
  const { system, admin, supervisor } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const other = await loggedIn(system, supervisor)
  const visitor = system.browser()
  await visitor.get('/login')
  const all = addresses(system, (method) => !safe.includes(method))
  // What other programs and sites send, and prove by its protocol: the only ones.
  assert.deepEqual(
    all
      .filter(({ policy }) => policy?.form === 'protocol')
      .map(({ url }) => url)
      .sort(),
    [
      ...Array(4).fill('/forward-auth/envoy'),
      ...Array(4).fill('/forward-auth/envoy/users'),
      '/oidc/auth',
      '/oidc/device-authorization',
      '/oidc/introspect',
      '/oidc/logout',
      '/oidc/par',
      '/oidc/revoke',
      '/oidc/token',
      '/oidc/userinfo',
    ],
  )
  const routes = all.filter(({ policy }) => policy?.form === 'ours')
  assert.ok(routes.length > 40)
  const before = await system.sql<{ n: number }>('select count(*)::int as n from audit_event')
  for (const asked of routes) {
    const { method, url, policy } = asked
    // Pages for people who are not logged in lead those home who are.
    const browser = policy?.caller === 'anybody' && policy.answers === 'page' ? visitor : boss
    const token = browser.formToken
    // Ways to have no right to send it; each alone is enough.
    const wrong: [string, Record<string, string>][] = [
      ['no value', {}],
      ['made up', { 'x-form-token': 'A'.repeat(43) }],
      ["another session's", { 'x-form-token': other.formToken }],
      ['from another site', { 'x-form-token': token, 'sec-fetch-site': 'cross-site' }],
      ['from a sibling site', { 'x-form-token': token, 'sec-fetch-site': 'same-site' }],
    ]
    for (const [what, headers] of wrong) {
      const { status, body } = await send(browser, asked, headers)
      assert.equal(status, sooner[url] ?? 403, `${method} ${url}, ${what}: ${status}`)
      if (url.startsWith('/api/')) assert.equal(JSON.parse(body).code, 'form_expired', `${method} ${url}, ${what}`)
      browser.formToken = token
    }
  }
  assert.deepEqual(await system.sql('select count(*)::int as n from audit_event'), before)
  // And with the value none of them says so.
  for (const asked of routes.filter(({ url }) => url.startsWith('/api/') && !url.startsWith('/api/sessions/end'))) {
    const { body } = await send(boss, asked, { 'x-form-token': boss.formToken })
    assert.ok(!body.includes('form_expired'), `${asked.method} ${asked.url}`)
  }
})

test('asvs-3.5.3 no address that a mere question is sent to writes anything, so that a link on another site does nothing', async (t) => {
  const { system, admin } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const tables = await system.sql<{ name: string }>(
    "select oid::regclass::text as name from pg_class where relkind in ('r', 'p') and relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace)",
  )
  // A session's own sign of life is renewed by whatever its browser asks for.
  const rows = async () =>
    Object.fromEntries(
      await Promise.all(
        tables.map(async ({ name }) => [
          name,
          (
            await system.sql(
              `select md5(coalesce(string_agg(md5((to_jsonb(t) - '{last_action_at,last_seen_at,alive_at}'::text[])::text), ',' order by t::text), '')) as sum from ${name} t`,
            )
          )[0],
        ]),
      ),
    )
  // The keys of an instance are made when somebody asks for them first.
  await boss.get('/oidc/jwks')
  const before = await rows()
  for (const asked of addresses(system, (each) => each === 'GET')) {
    assert.ok((await send(boss, asked)).status < 500, asked.url)
    assert.deepEqual(await rows(), before, `GET ${asked.url} has written`)
  }
})

test('asvs-3.4.3 asvs-3.4.4 asvs-3.4.5 asvs-3.4.6 every answer of every route has every security header, whoever asks and however', async (t) => {
  const { system, admin } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const headers = {
    'content-security-policy': /^default-src 'none'; .*form-action 'self'.*frame-ancestors 'none'; base-uri 'none'/,
    'referrer-policy': /^no-referrer$/,
    'x-content-type-options': /^nosniff$/,
    'x-frame-options': /^DENY$/,
    'cross-origin-opener-policy': /^same-origin$/,
    'cross-origin-resource-policy': /^same-origin$/,
    'permissions-policy': /^camera=\(\), geolocation=\(\), microphone=\(\)$/,
    'cache-control': /^(no-store|public, max-age=31536000, immutable)$/,
  }
  const wrongHost = system.browser(0, 'nobody.example.com')
  const asked = [
    ...addresses(system, () => true),
    { method: 'GET', url: '/no/such/page' },
    { method: 'GET', url: '/%E0%A4%A' },
    { method: 'PATCH', url: '/login' },
  ]
  for (const each of asked)
    for (const browser of [system.browser(), boss, wrongHost]) {
      const answer = await send(browser, each)
      for (const [name, value] of Object.entries(headers))
        assert.match(String(answer.headers[name]), value, `${each.method} ${each.url} ${answer.status}: ${name}`)
    }
})

test('asvs-3.4.1 with an https address every answer says so for a year', async (t) => {
  const system = await startNodes(t, 1, { PUBLIC_URL: 'https://localhost' })
  for (const asked of addresses(system, () => true))
    assert.match(
      String((await send(system.browser(), asked)).headers['strict-transport-security']),
      /^max-age=31536000; includeSubDomains$/,
      asked.url,
    )
})
