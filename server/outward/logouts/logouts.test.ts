import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from 'jose'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import { addModule, fetchFrom, signIn } from '../../../test/module.ts'
import { type TestSystem, until } from '../../../test/nodes.ts'
import { setRules } from '../../../test/set-rules.ts'
import { beginEpoch } from '../../operator/begin-epoch.ts'
import { endAccountSession } from '../../operator/end-account-session.ts'
import { guardedPost } from './guarded-post.ts'

/** A module's server that is told of ends. */
async function startListener(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end(),
) {
  const tokens: string[] = []
  const server = createServer(async (request, response) => {
    tokens.push(new URLSearchParams(await text(request)).get('logout_token') ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { tokens, logoutAddress: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ended` }
}

/** Verifies a token as a module does. */
async function verified(system: TestSystem, token: string, clientId: string): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL('http://localhost:8080/oidc/jwks'), { [customFetch]: fetchFrom(system.nodes[0]!) })
  const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: 'http://localhost:8080', audience: clientId })
  assert.equal(protectedHeader.typ, 'logout+jwt')
  return payload
}

const deliveries = (system: TestSystem) =>
  system.sql<{ state: string; answer: string; tries: number; reason: string }>(
    'select state, answer, tries, reason from logout_delivery order by ended_at',
  )

test('a module is told of every end of a session that was used there, whatever ended it, and of no other', async (t) => {
  const { system, admin, ana, ben } = await startFloor(t)
  await setRules(system, { endOtherSession: true })
  const listener = await startListener(t)
  const module = await addModule(system, { logoutAddress: listener.logoutAddress })
  const client = await module.client()
  await system.work()
  const boss = await loggedIn(system, admin)
  const told: string[] = []
  const by = async (reason: string, act: () => Promise<unknown>) => {
    const browser = await loggedIn(system, ana)
    const { sub, sid } = (await signIn(browser, client)).claims()!
    const before = listener.tokens.length
    await act.call(undefined)
    await until(() => listener.tokens.length === before + 1)
    const payload = await verified(system, listener.tokens.at(-1)!, module.clientId)
    assert.deepEqual([payload.sub, payload.sid], [sub, sid], reason)
    assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} })
    assert.equal(payload.nonce, undefined)
    told.push(reason)
  }
  let browser = system.browser()
  await by('logged_out', async () => {
    const own = system.browser()
    await own.logIn(ana.username, ana.password)
    // Moved, by which the first one ends.
    assert.equal((await own.post('/take-over')).location, '/home')
    browser = own
  })
  await browser.get('/home')
  await browser.post('/log-out')
  await by('ended_by_operator', () => endAccountSession(system, system.main, ana.username))
  await by('ended_by_supervisor', () =>
    boss.sendJson('POST', '/api/sessions/end', { accountIds: [ana.id], reason: 'Shift is over' }),
  )
  await by('new_initial_password', () => boss.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] }))
  // Ben has never been at the module.
  await loggedIn(system, ben)
  await endAccountSession(system, system.main, ben.username)
  await until(async () => (await deliveries(system)).every(({ state }) => state === 'delivered'))
  assert.equal((await deliveries(system)).length, listener.tokens.length)
})

test('the end is told by the epoch and by what runs out, too', async (t) => {
  const { system, ana, ben } = await startFloor(t)
  const listener = await startListener(t)
  const module = await addModule(system, { logoutAddress: listener.logoutAddress, signing: 'RS256' })
  const client = await module.client()
  await system.work()
  await signIn(await loggedIn(system, ana), client)
  await signIn(await loggedIn(system, ben), client)
  await system.sql("update session set last_active_at = now() - interval '2 hours' where account_id = $1", [ana.id])
  await loggedIn(system, ana)
  await until(() => listener.tokens.length === 1)
  await beginEpoch(system, system.main)
  await until(() => listener.tokens.length === 2)
  for (const token of listener.tokens) await verified(system, token, module.clientId)
  await until(async () => (await deliveries(system)).every(({ state }) => state === 'delivered'))
  assert.deepEqual(
    (await deliveries(system)).map(({ reason }) => reason),
    ['idle', 'epoch'],
  )
})

test('a module that cannot be told is told later; one that takes it for wrong is not asked again', async (t) => {
  const { system, ana } = await startFloor(t)
  let status = 503
  const later = await startListener(t, (_request, response) => response.writeHead(status).end())
  const never = await startListener(t, (_request, response) => response.writeHead(400).end())
  const away = await addModule(system, { logoutAddress: 'http://127.0.0.1:9/ended' })
  const modules = [
    await addModule(system, { logoutAddress: later.logoutAddress }),
    await addModule(system, { logoutAddress: never.logoutAddress }),
    away,
  ]
  await system.work()
  const browser = await loggedIn(system, ana)
  for (const module of modules) await signIn(browser, await module.client())
  await browser.post('/log-out')
  const stateOf = async (id: string) =>
    (await system.sql('select state, answer, tries from logout_delivery where module_id = $1', [id]))[0]!
  await until(async () => (await stateOf(modules[0]!.id)).tries >= 1 && (await stateOf(modules[0]!.id)).answer === '503')
  status = 200
  await until(async () => (await stateOf(modules[0]!.id)).state === 'delivered')
  assert.deepEqual(await stateOf(modules[1]!.id), { state: 'refused', answer: '400', tries: 1 })
  assert.equal((await stateOf(away.id)).answer, 'econnrefused')
  // A day later nobody tries any more.
  await system.sql("update logout_delivery set ended_at = now() - interval '25 hours', next_at = now() where module_id = $1", [
    away.id,
  ])
  await until(async () => (await stateOf(away.id)).state === 'given_up')
})

test('one module that hangs holds up no other', async (t) => {
  const { system } = await startFloor(t)
  const hanging = await startListener(t, () => {})
  const healthy = await startListener(t)
  const [slow, quick] = [
    await addModule(system, { logoutAddress: hanging.logoutAddress }),
    await addModule(system, { logoutAddress: healthy.logoutAddress }),
  ]
  await system.work()
  const people = await Promise.all(Array.from({ length: 12 }, () => system.addAccount()))
  for (const person of people) {
    const browser = await loggedIn(system, person)
    for (const module of [slow, quick]) await signIn(browser, await module.client())
  }
  await beginEpoch(system, system.main)
  // All of the healthy one, while four of the other are still waiting for their first answer.
  await until(() => healthy.tokens.length === people.length)
  const [{ settled }] = (await system.sql(
    'select count(*)::int as settled from logout_delivery where module_id = $1 and answer is not null',
    [slow.id],
  )) as [{ settled: number }]
  assert.equal(settled, 0)
})

test('fault-F02 no end is lost when the node that would tell it dies, and three nodes tell each once', async (t) => {
  const { system } = await startFloor(t, 3)
  const listener = await startListener(t)
  const module = await addModule(system, { logoutAddress: listener.logoutAddress })
  const client = await module.client()
  const people = await Promise.all(Array.from({ length: 10 }, () => system.addAccount()))
  for (const person of people) await signIn(await loggedIn(system, person), client)
  await beginEpoch(system, system.main)
  // As a node leaves it that has taken some and died.
  await system.sql(
    "update logout_delivery set tries = 1, next_at = now() + interval '2 seconds' where id in (select id from logout_delivery limit 5)",
  )
  await system.work()
  await until(async () => (await deliveries(system)).every(({ state }) => state === 'delivered'))
  const sids = await Promise.all(listener.tokens.map(async (token) => (await verified(system, token, module.clientId)).sid))
  assert.equal(sids.length, people.length)
  assert.equal(new Set(sids).size, people.length)
})

test('peer-P23 asvs-13.2.4 no module makes Gatehouse speak to an address inside', async () => {
  const inside = [
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://10.1.2.3/',
    'http://192.168.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0/',
    'http://100.64.0.1/',
  ]
  for (const address of inside)
    await assert.rejects(
      guardedPost({ url: new URL(address), body: '', within: 2000, networks: [] }),
      /not an address outside/,
      address,
    )
})

test('a redirect is not followed, and an answer without end is cut off', async (t) => {
  let asked = 0
  const other = await startListener(t, (_request, response) => {
    asked += 1
    response.end()
  })
  const listener = await startListener(t, (_request, response) =>
    response.writeHead(302, { location: other.logoutAddress }).end(),
  )
  const post = (address: string) => guardedPost({ url: new URL(address), body: 'a=b', within: 5000, networks: ['127.0.0.0/8'] })
  assert.equal((await post(listener.logoutAddress)).status, 302)
  assert.equal(asked, 0)
  const endless = await startListener(t, (_request, response) => {
    response.writeHead(200)
    const more = setInterval(() => response.write('x'.repeat(16_384)), 1)
    response.on('close', () => clearInterval(more))
  })
  assert.equal((await post(endless.logoutAddress)).status, 200)
})
