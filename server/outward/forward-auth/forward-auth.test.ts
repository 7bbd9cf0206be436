import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, atModule, check, crm, enter, entered, navigates, startBehindProxy } from '../../../test/at-module.ts'
import type { Answer, Browser } from '../../../test/browser.ts'
import { loggedIn } from '../../../test/floor.ts'
import { addModule } from '../../../test/module.ts'
import { setRules } from '../../../test/set-rules.ts'
import { setEnabled } from '../../operator/set-enabled.ts'
import { identityHeaders } from './identity.ts'

const identityOf = ({ headers }: Answer) => Object.fromEntries(identityHeaders.map((name) => [name, headers[name]]))

test('somebody who opens a module is let in where they wanted to go, and the module hears who they are', async (t) => {
  const { system, ana } = await startBehindProxy(t)
  const [own, there] = [system.browser(), atModule(system)]
  const stranger = await check(there, navigates)
  assert.equal(stranger.status, 401)
  assert.equal(stranger.location, `https://${crm}/.gatehouse/start?to=%2Ftickets%3Fid%3D7`)
  const started = await there.get(new URL(stranger.location).pathname + new URL(stranger.location).search)
  const signIn = new URL(started.location!)
  assert.equal(signIn.host, 'localhost:8080')
  const login = await own.get(signIn.pathname + signIn.search)
  const next = new URL(login.location!, signIn).searchParams.get('next')!
  const loggedInNow = await own.logIn(ana.username, ana.password, next)
  const goOn = await own.get(loggedInNow.location!)
  const [, onwards] = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(goOn.body)!
  const coded = await own.get(onwards!)
  assert.ok(coded.location!.startsWith(`https://${crm}/.gatehouse/callback?code=`))
  const back = await there.get(new URL(coded.location!).pathname + new URL(coded.location!).search)
  assert.equal(back.location, '/tickets?id=7')
  // No cookie is for more than the one host.
  assert.deepEqual([...there.cookies.keys()].sort(), ['__Host-gatehouse-module', '__Host-gatehouse-module-visit'])
  assert.doesNotMatch(String(back.headers['set-cookie']), /domain=/i)
  const answer = await check(there)
  assert.equal(answer.status, 200)
  const { 'gatehouse-session': sid, ...identity } = identityOf(answer)
  assert.match(String(sid), /^[\w-]{22}$/)
  assert.deepEqual(identity, {
    'gatehouse-user': 'ana',
    'gatehouse-name': 'Ana%20M%C3%BCller',
    'gatehouse-email': 'ana@example.com',
    'gatehouse-profile': 'Agent',
    'gatehouse-groups': 'Agent',
  })
})

test('every header is in every answer that lets somebody in, empty where nothing is known', async (t) => {
  const { system } = await startBehindProxy(t)
  const bare = await system.addAccount({ username: 'josé', fullName: 'José "J" Ortiz' })
  const { there } = await entered(system, bare)
  const answer = await check(there)
  assert.deepEqual(Object.keys(identityOf(answer)), [...identityHeaders])
  assert.equal(answer.headers['gatehouse-email'], '')
  assert.equal(answer.headers['gatehouse-user'], 'jos%C3%A9')
})

test('whoever is no trusted proxy learns nothing, whatever host it names', async (t) => {
  const { system, ana } = await startBehindProxy(t)
  const { there } = await entered(system, ana)
  const { system: strict } = await startBehindProxy(t, 1, '192.0.2.7')
  for (const path of ['/forward-auth/nginx', '/forward-auth/envoy/x', '/.gatehouse/start', '/.gatehouse/callback?code=x']) {
    const answer = await atModule(strict).get(path)
    assert.equal(answer.status, 403, path)
    assert.equal(JSON.parse(answer.body).code, 'proxy_not_trusted')
  }
  assert.equal((await check(there)).status, 200)
})

test('the module is told by its host alone, exactly', async (t) => {
  const { system, ana } = await startBehindProxy(t)
  await addModule(system, { name: 'Other', address: 'https://other.example.com:8443' }, 'proxy')
  const { there } = await entered(system, ana)
  for (const host of ['CRM.Example.COM', crm]) assert.equal((await check(there, { 'x-forwarded-host': host })).status, 200, host)
  const strange = [
    `${crm}.`,
    `${crm}:443`,
    `${crm}:8443`,
    `x.${crm}`,
    `${crm}.evil.example`,
    `evil.example, ${crm}`,
    `${crm}, ${crm}`,
    `${crm}@evil.example`,
    `${crm}/`,
    `${crm}\t`,
    ` ${crm} x`,
    'crm.example.com%00',
    'crm.еxample.com',
    'xn--crm-example.com',
    'localhost:8080',
    '',
    'other.example.com',
    'a'.repeat(400),
  ]
  for (const host of strange) {
    there.headers = { 'x-forwarded-host': Buffer.from(host).toString('latin1') }
    const answer = await check(there)
    assert.equal(answer.status, 403, host)
    assert.equal(answer.headers['gatehouse-user'], undefined)
  }
  // A ticket is worth nothing at another host, though its module is for the same person.
  assert.equal((await check(there, { 'x-forwarded-host': 'other.example.com:8443' })).status, 401)
  // Nor does anything but the host say which module it is.
  there.headers = { host: 'localhost:8080' }
  assert.equal((await check(there, { forwarded: `host=${crm}`, 'x-original-url': `https://${crm}/` })).status, 403)
})

test('each proxy is answered as it can pass on: people are led to the login, scripts are told, and nobody gets in', async (t) => {
  const { system } = await startBehindProxy(t)
  const there = atModule(system)
  const accept = { accept: 'text/html,*/*' }
  for (const [proxy, navigation] of Object.entries({ nginx: 401, haproxy: 401, caddy: 302, traefik: 302, envoy: 302 })) {
    const answer = await check(there, navigates, proxy)
    assert.deepEqual(
      [answer.status, answer.location?.startsWith(`https://${crm}/.gatehouse/start?to=`)],
      [navigation, true],
      proxy,
    )
    assert.equal(
      (await check(there, accept, proxy)).status,
      navigation,
      `${proxy}, a browser that says nothing of what it fetches`,
    )
    for (const mode of ['cors', 'same-origin', 'no-cors', 'websocket', 'nonsense']) {
      const told = await check(there, { ...accept, 'sec-fetch-mode': mode }, proxy)
      assert.deepEqual([told.status, told.location], [401, undefined], `${proxy} ${mode}`)
    }
  }
  assert.equal((await check(there, navigates, 'apache')).status, 400)
  // What was sent cannot be sent again, so the way leads to the beginning.
  const posted = await check(there, { ...navigates, 'x-forwarded-method': 'POST' })
  assert.match(posted.location!, /\?to=%2F$/)
  const byEnvoy = await ask(there, 'POST', '/forward-auth/envoy/tickets?id=7', navigates)
  assert.match(byEnvoy.location!, /\?to=%2F$/)
  const asked = await ask(there, 'GET', '/forward-auth/envoy/tickets?id=7', navigates)
  assert.match(asked.location!, /\?to=%2Ftickets%3Fid%3D7$/)
})

test('somebody who may not use the module is refused, and is told so on a page; a change counts at the next request', async (t) => {
  const { system, ana, module } = await startBehindProxy(t, 2)
  const { own, there } = await entered(system, ana)
  await system.sql('delete from module_profile where module_id = $1', [module.id])
  for (const node of [0, 1]) {
    const again = atModule(system, node)
    for (const [name, value] of there.cookies) again.cookies.set(name, value)
    for (const proxy of ['nginx', 'caddy']) {
      const answer = await check(again, navigates, proxy)
      assert.equal(answer.status, 403)
      assert.equal(answer.headers['gatehouse-user'], undefined)
      assert.match(answer.body, /This module is not for you/)
      const page = await own.get(new URL(answer.location!).pathname + new URL(answer.location!).search)
      assert.equal(page.status, 403)
      assert.match(page.body, /CRM is not for you/)
    }
  }
  // And nobody without access gets a ticket.
  const stranger = atModule(system)
  const started = await stranger.get('/.gatehouse/start?to=/')
  const at = new URL(started.location!)
  assert.match((await own.get(at.pathname + at.search)).location!, /why=refused/)
  // A module that is switched off is for nobody.
  await system.sql(
    "insert into module_profile (instance_id, module_id, profile_id) select instance_id, $1, id from profile where name = 'Agent'",
    [module.id],
  )
  assert.equal((await check(there)).status, 200)
  await system.sql('update module set enabled = false')
  assert.equal((await check(there)).status, 403)
})

test('once the session has ended, however, the next request is refused on every node', async (t) => {
  const { system, ana } = await startBehindProxy(t, 2)
  const ends: Record<string, (own: Browser) => Promise<unknown>> = {
    'logged out': (own) => own.post('/log-out'),
    moved: async () => {
      await setRules(system, { endOtherSession: true })
      const other = system.browser()
      await other.logIn(ana.username, ana.password)
      assert.equal((await other.post('/take-over')).location, '/home')
      await other.get('/home')
      await other.post('/log-out')
    },
    silent: () => system.sql("update session set last_seen_at = now() - interval '3 minutes' where ended_at is null"),
    idle: () => system.sql("update session set last_active_at = now() - interval '2 hours' where ended_at is null"),
    disabled: () => setEnabled(system, system.main, ana.username, false, undefined),
  }
  for (const [how, end] of Object.entries(ends)) {
    const { own, there } = await entered(system, ana)
    const elsewhere = atModule(system, 1)
    for (const [name, value] of there.cookies) elsewhere.cookies.set(name, value)
    assert.deepEqual([(await check(there)).status, (await check(elsewhere)).status], [200, 200], how)
    await end(own)
    assert.deepEqual([(await check(there)).status, (await check(elsewhere)).status], [401, 401], how)
    const code = (await there.get('/.gatehouse/callback?code=x')).location
    assert.match(code!, /why=expired/)
  }
})

test('nobody is led to another host, or into our own ways', async (t) => {
  const { system, ana } = await startBehindProxy(t)
  const own = await loggedIn(system, ana)
  for (const to of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/..//evil.example',
    '/%0d%0aSet-Cookie:a=b',
    'javascript:alert(1)',
    '/.gatehouse/start',
    '/.gatehouse/callback?code=1',
    '/./.gatehouse/start',
    ' /x',
    `/${'x'.repeat(5000)}`,
    '',
  ]) {
    const there = atModule(system)
    const found = await enter(own, there, { location: `https://${crm}/.gatehouse/start?to=${encodeURIComponent(to)}` } as Answer)
    assert.ok(found === '/' || found === '/%0d%0aSet-Cookie:a=b', `${to}: ${found}`)
  }
  const image = await atModule(system).send('GET', '/.gatehouse/start?to=/', undefined, undefined, {
    'sec-fetch-mode': 'no-cors',
  })
  assert.equal(image.status, 400)
})

test('whose cookie does not come back is told so, and goes in no circle', async (t) => {
  const { system, ana } = await startBehindProxy(t)
  const { own, there } = await entered(system, ana)
  // A proxy that keeps the ticket from us.
  for (let i = 1; i < 3; i += 1) {
    there.cookies.delete('__Host-gatehouse-module')
    await enter(own, there, await check(there, navigates))
  }
  const { location } = await there.get('/.gatehouse/start?to=/')
  assert.match(location!, /why=loop/)
  const page = await own.get(new URL(location!).pathname + new URL(location!).search)
  assert.equal(page.status, 400)
  assert.match(page.body, /You are going in a circle/)
  assert.match(page.body, new RegExp(`href="https://${crm}"`))
  // Half a minute later it is tried again.
  await system.sql("update forward_sign_in set used_at = used_at - interval '31 seconds'")
  assert.match((await there.get('/.gatehouse/start?to=/')).location!, /sign-in\?intent=/)
})

test('the database holds no ticket, code, intent or nonce; a cookie that is none is nobody', async (t) => {
  const { system, ana } = await startBehindProxy(t)
  const { there } = await entered(system, ana)
  const [row] = await system.sql<{ text: string }>(
    "select string_agg(f::text, ' ') || (select string_agg(k::text, ' ') from module_ticket k) as text from forward_sign_in f",
  )
  for (const [name, value] of there.cookies) {
    assert.ok(!row!.text.includes(value), name)
    assert.ok(!row!.text.includes(Buffer.from(value).toString('hex')), name)
  }
  const ticket = there.cookies.get('__Host-gatehouse-module')!
  for (const cookie of [
    '__Host-gatehouse-module=',
    '__Host-gatehouse-module=%zz',
    `__Host-gatehouse-module=${ticket}x`,
    `__Host-gatehouse-module="${ticket}`,
    `__host-gatehouse-module=${ticket}`,
    `gatehouse-module=${ticket}`,
    `__Host-gatehouse-session=${ticket}`,
    `__Host-gatehouse-module=${ticket.slice(0, -1)}`,
    ';;;=;=',
    '\u0000',
    'x'.repeat(8000),
  ]) {
    const answer = await check(atModule(system), { cookie })
    assert.equal(answer.status, 401, cookie)
  }
})

test('what is registered behind a proxy is a host of its own', async (t) => {
  const { system } = await startBehindProxy(t)
  for (const address of [
    null,
    'https://x.example.com/path',
    'https://x.example.com/?a=b',
    'http://x.example.com',
    'https://X.example.com',
    'https://x.example.com:443',
    `https://${crm}`,
    'http://localhost:8080',
  ])
    await assert.rejects(addModule(system, { address }, 'proxy'), { code: 'fields_refused' }, String(address))
  await addModule(system, { address: `https://${crm}:8443` }, 'proxy')
  await addModule(system, { address: `https://${crm}/` }, 'web')
})
