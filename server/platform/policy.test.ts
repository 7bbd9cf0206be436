import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { readConfig } from '../config.ts'
import { answerPrograms, openHttp } from './http.ts'
import { apiFor, contentSecurityPolicy, type Policy, permit, publicApi, publicPage } from './policy.ts'
import { notFound } from './problem.ts'
import { openTexts } from './text.ts'

const protocol = { policy: { caller: 'anybody', form: 'protocol', answers: 'json' } } as const satisfies { policy: Policy }

async function openTestHttp() {
  const { app } = await openHttp({
    config: readConfig({}),
    logTo: new PassThrough().resume(),
    texts: openTexts(),
    formKey: Buffer.alloc(32),
    originOf: () => 'http://localhost',
    keyCookie: { name: 'key' },
  })
  await app.register(answerPrograms, { prefix: '/api' })
  return app
}

test('a route that names a permission which is not in the catalogue does not compile', () => {
  // @ts-expect-error: letters changed places
  apiFor('accounts.veiw')
  // @ts-expect-error: a person's request that any site may send
  const open: Policy = { caller: 'person', form: 'protocol', answers: 'page' }
  // @ts-expect-error: a permission of nobody
  const nobody: Policy = { caller: 'anybody', permission: 'accounts.view', form: 'ours', answers: 'page' }
  assert.ok(apiFor('accounts.view') && open && nobody)
})

test('asvs-3.5.1 what comes by a protocol needs no form token, and every other route does', async () => {
  const app = await openTestHttp()
  app.post('/by-protocol', { config: protocol }, async () => 'taken')
  app.post('/by-form', { config: publicPage }, async () => 'taken')
  app.post('/api/by-script', { config: publicApi }, async () => 'taken')
  const headers = { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' }
  const post = (url: string) => app.inject({ method: 'POST', url, headers, body: 'grant_type=authorization_code' })
  assert.equal((await post('/by-protocol')).body, 'taken')
  for (const url of ['/by-form', '/api/by-script']) assert.equal((await post(url)).statusCode, 403, url)
  await app.close()
})

test('a route that says nothing is not served', async () => {
  const app = await openTestHttp()
  assert.throws(() => app.get('/forgotten', async () => 'served'), /GET \/forgotten does not say who may call it/)
  await app.close()
})

test('asvs-3.4.3 a page may do what its route adds and what its request permits, its refusals too, and no other page may', async () => {
  const app = await openTestHttp()
  const csp = { 'form-action': ['https://client.example'] }
  app.get('/added', { config: { policy: { ...publicPage.policy, csp } } }, async (_request, reply) => {
    permit(reply, { 'style-src': ["'nonce-abc'"] })
    return 'page'
  })
  app.get('/refused', { config: { policy: { ...publicPage.policy, csp } } }, async () => {
    throw notFound()
  })
  app.get('/usual', { config: publicPage }, async () => 'page')
  const policyOf = async (url: string) => String((await app.inject(url)).headers['content-security-policy'])
  const added = await policyOf('/added')
  assert.match(added, /; form-action 'self' https:\/\/client\.example; /)
  assert.match(added, /; style-src 'self' 'nonce-abc'; /)
  assert.match(await policyOf('/refused'), /form-action 'self' https:\/\/client\.example;/)
  assert.equal(await policyOf('/usual'), contentSecurityPolicy())
  for (const source of ["x; script-src 'unsafe-inline'", 'a, b', 'a b', ''])
    assert.throws(() => contentSecurityPolicy({ 'form-action': [source] }), /no source/, source)
  await app.close()
})

test('a route is refused in the way that it answers, whatever its address; what has no route as its neighbours answer', async () => {
  const app = await openTestHttp()
  const refuse = async () => {
    throw notFound()
  }
  app.get('/api/page', { config: publicPage }, refuse)
  app.get('/program', { config: publicApi }, refuse)
  const typeOf = async (url: string) => String((await app.inject(url)).headers['content-type']).split(';')[0]
  assert.equal(await typeOf('/api/page'), 'text/html')
  assert.equal(await typeOf('/program'), 'application/problem+json')
  assert.equal(await typeOf('/api/nothing'), 'application/problem+json')
  assert.equal(await typeOf('/apiary'), 'text/html')
  assert.equal(await typeOf('/nothing'), 'text/html')
  await app.close()
})

test('asvs-16.5.1 an error of ours says that there is one, and nothing of what it says', async () => {
  const app = await openTestHttp()
  const fail = async () => {
    throw new Error('password of account 7 at /srv/secret')
  }
  app.get('/page', { config: publicPage }, fail)
  app.get('/api/program', { config: publicApi }, fail)
  for (const url of ['/page', '/api/program']) {
    const answer = await app.inject(url)
    assert.equal(answer.statusCode, 500, url)
    assert.doesNotMatch(answer.body, /password of account|secret|at file:|\.ts/, url)
  }
  await app.close()
})

test('fault-F19 who sends a body more slowly than any browser is cut off', async (t) => {
  const app = await openTestHttp()
  app.post('/by-protocol', { config: protocol }, async () => 'taken')
  await app.listen({ port: 0 })
  t.after(() => app.close())
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, 'localhost')
  t.after(() => socket.destroy())
  const arrived = once(app.server, 'request')
  socket.write('POST /by-protocol HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nslow')
  await arrived
  t.mock.timers.tick(15_000)
  assert.match(await text(socket), /^HTTP\/1.1 408 /)
})
