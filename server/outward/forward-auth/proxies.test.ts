// The shipped configurations, run by the real nginx, Caddy and HAProxy before a real node and a program that keeps what reaches it.
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import {
  type Arrived,
  moduleHost,
  type ProxyName,
  proxies,
  sendRaw,
  startModule,
  startProxy,
} from '../../../test/behind-proxy.ts'
import type { Browser } from '../../../test/browser.ts'
import { loggedIn } from '../../../test/floor.ts'
import { bytesOf, type Hostile, hostileRequests } from '../../../test/hostile-requests.ts'
import { addModule } from '../../../test/module.ts'
import { startNodes, until } from '../../../test/nodes.ts'
import { identityHeaders } from './identity.ts'

async function start(t: TestContext, which: ProxyName) {
  const system = await startNodes(t, 1, { TRUSTED_PROXIES: '127.0.0.1', LOG_LEVEL: 'warn' })
  await system.nodes[0]!.listen({ port: 0, host: '127.0.0.1' })
  const node = (system.nodes[0]!.server.address() as AddressInfo).port
  const ana = await system.addAccount({ username: 'ana', fullName: 'Ana Souza' })
  await addModule(system, { name: 'CRM', address: `https://${moduleHost}` }, 'proxy')
  await addModule(system, { name: 'Other', address: 'https://other.example.com' }, 'proxy')
  const module = await startModule(t)
  const port = await startProxy(t, which, node, module.port)
  return { system, ana, module, port }
}

/** Goes through the proxy as a browser does, up to the ticket, and returns its cookies. */
async function enter(own: Browser, port: number, path = '/tickets?id=7'): Promise<{ cookie: string; at: string }> {
  const cookies = new Map<string, string>()
  let at = new URL(path, `https://${moduleHost}`)
  for (let steps = 0; steps < 8; steps += 1) {
    if (at.host === moduleHost) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const { status, head } = await sendRaw(
        port,
        `GET ${at.pathname}${at.search} HTTP/1.1\r\nHost: ${moduleHost}\r\nAccept: text/html\r\nSec-Fetch-Mode: navigate\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
      )
      for (const [, name, value] of head.matchAll(/^set-cookie: ([^=]+)=([^;\r]*)/gim)) cookies.set(name!, value!)
      if (status === 200) return { cookie, at: at.pathname + at.search }
      const location = /^location: (.*)$/im.exec(head)?.[1]
      assert.ok(location, `${at}: ${head}`)
      at = new URL(location.trim(), at)
    } else {
      const { location, status, body } = await own.get(at.pathname + at.search)
      assert.ok(location, `${at}: ${status} ${body}`)
      at = new URL(location, at)
    }
  }
  throw new Error(`led in a circle: ${at}`)
}

/** All that a module, or a gateway before it, could take for who somebody is: CGI and its heirs read every sign in a name as the same. */
function saidOf({ headers }: Arrived): [string, string][] {
  return headers
    .map(([name, value]) => [name.toLowerCase().replace(/[^a-z0-9]/g, '-'), value] as [string, string])
    .filter(([name, value]) => identityHeaders.some((each) => each === name) && value !== '')
}

async function all<T>(things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  const rest = [...things]
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let thing = rest.shift(); thing !== undefined; thing = rest.shift()) await work(thing)
    }),
  )
}

/** A request of its own, by which what reaches the module is told from what others have sent. */
const send = async (port: number, hostile: Hostile, cookie?: string) => sendRaw(port, bytesOf(hostile, cookie))

for (const which of proxies) {
  test(`through ${which} people are led in, the module hears who they are and has none of our cookies, and nobody else reaches it`, async (t) => {
    const { system, ana, module, port } = await start(t, which)
    const own = await loggedIn(system, ana)
    const { cookie, at } = await enter(own, port)
    assert.equal(at, '/tickets?id=7')
    const arrived = module.arrived.at(-1)!
    assert.equal(arrived.url, '/tickets?id=7')
    const said = Object.fromEntries(saidOf(arrived))
    assert.match(said['gatehouse-session']!, /^[\w-]{22}$/)
    delete said['gatehouse-session']
    assert.deepEqual(said, {
      'gatehouse-user': 'ana',
      'gatehouse-name': 'Ana%20Souza',
      'gatehouse-profile': 'Agent',
      'gatehouse-groups': 'Agent',
    })
    const ask = async (more: string[], path = '/') => {
      module.arrived.length = 0
      const answer = await sendRaw(
        port,
        [`GET ${path} HTTP/1.1`, `Host: ${moduleHost}`, ...more, 'Connection: close', '', ''].join('\r\n'),
      )
      return { ...answer, arrived: module.arrived.at(-1) }
    }
    // The module's own cookies arrive, ours do not; also where they come in two headers or more than once.
    const ticket = cookie.split('; ').find((each) => each.startsWith('__Host-gatehouse-module='))!
    for (const cookies of [
      [`Cookie: a=b; ${cookie}; c=d`],
      [`Cookie: ${ticket}; a=b; ${ticket}; c=d`],
      ['Cookie: a=b', `Cookie: ${ticket}`, 'Cookie: c=d'],
    ]) {
      const { status, arrived } = await ask(cookies)
      assert.equal(status, 200, cookies.join())
      const theirs = arrived!.headers.filter(([name]) => name.toLowerCase() === 'cookie').map(([, value]) => value)
      assert.deepEqual(
        theirs
          .join('; ')
          .split(/;\s*/)
          .filter((each) => each !== ''),
        ['a=b', 'c=d'],
        cookies.join(),
      )
    }
    const left = (await ask([`Cookie: ${cookie}`])).arrived!.headers.filter(([name]) => name.toLowerCase() === 'cookie')
    assert.equal(left.map(([, value]) => value).join(), '')

    // A script is told, and gets no page to log in for an answer.
    const told = await ask(['Accept: */*', 'Sec-Fetch-Mode: cors'])
    assert.deepEqual([told.status, /^location:/im.test(told.head), told.arrived], [401, false, undefined])
    await system.sql('delete from module_profile')
    const refused = await ask([`Cookie: ${cookie}`, 'Sec-Fetch-Mode: cors'])
    assert.deepEqual([refused.status, refused.arrived], [403, undefined])
    const shown = await ask([`Cookie: ${cookie}`, 'Sec-Fetch-Mode: navigate'])
    assert.ok([302, 403].includes(shown.status))
    assert.match(shown.head, /^location: .*\/forward-auth\/trouble\?why=refused/im)
    assert.equal(shown.arrived, undefined)
    await system.sql(
      "insert into module_profile (instance_id, module_id, profile_id) select p.instance_id, m.id, p.id from module m, profile p where p.name = 'Agent'",
    )
    assert.equal((await ask([`Cookie: ${cookie}`])).status, 200)

    // A node that does not answer lets nobody in.
    await own.post('/log-out')
    const after = await ask([`Cookie: ${cookie}`])
    assert.deepEqual([after.status, after.arrived], [401, undefined])
    await system.nodes[0]!.close()
    const alone = await ask([`Cookie: ${cookie}`])
    assert.ok(alone.status >= 500, String(alone.status))
    assert.equal(alone.arrived, undefined)
  })

  test(`through ${which} a WebSocket is opened for whoever is logged in, and for nobody else`, async (t) => {
    const { system, ana, module, port } = await start(t, which)
    const { cookie } = await enter(await loggedIn(system, ana), port)
    module.arrived.length = 0
    const handshake = (more: string) =>
      `GET /socket HTTP/1.1\r\nHost: ${moduleHost}\r\n${more}Sec-Fetch-Mode: websocket\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nGatehouse-User: boss\r\n\r\n`
    const open = async (more: string) => {
      const socket = connect(port, '127.0.0.1')
      t.after(() => socket.destroy())
      let heard = ''
      socket.on('data', (part) => {
        heard += part.toString('latin1')
      })
      socket.on('error', () => {})
      socket.write(handshake(more))
      await until(() => /\r\n\r\n/.test(heard))
      return { heard: () => heard, socket }
    }
    assert.match((await open('')).heard(), /^HTTP\/1\.1 401 /)
    assert.equal(module.arrived.length, 0)
    const { heard, socket } = await open(`Cookie: ${cookie}\r\n`)
    assert.match(heard(), /^HTTP\/1\.1 101 /)
    await until(() => heard().endsWith('hello'))
    socket.write('to and fro')
    await until(() => heard().endsWith('to and fro'))
    assert.deepEqual(Object.fromEntries(saidOf(module.arrived[0]!))['gatehouse-user'], 'ana')
  })

  test(`through ${which} none of ${hostileRequests.length} hostile requests reaches the module as somebody`, async (t) => {
    const { system, ana, module, port } = await start(t, which)
    assert.ok(hostileRequests.length >= 500, String(hostileRequests.length))
    await all(hostileRequests, async (hostile) => {
      await send(port, hostile)
      assert.deepEqual(module.arrived, [], hostile.about)
    })

    // The same of somebody who is logged in: they are themselves, whatever else they say.
    const { cookie } = await enter(await loggedIn(system, ana), port)
    module.arrived.length = 0
    const usual = await sendRaw(port, bytesOf({ about: 'usual' }, cookie))
    assert.equal(usual.status, 200)
    const own = saidOf(module.arrived[0]!).sort()
    assert.equal(own.length, identityHeaders.length - 1)
    module.arrived.length = 0
    await all(hostileRequests, async (hostile) => {
      await send(port, hostile, cookie)
    })
    assert.ok(module.arrived.length > 200, String(module.arrived.length))
    for (const arrived of module.arrived) {
      // Who takes a header away from themselves is nobody, and less than they were.
      for (const each of saidOf(arrived))
        assert.ok(
          own.some((one) => one.join() === each.join()),
          JSON.stringify(arrived),
        )
      assert.ok(!JSON.stringify(arrived.headers).includes('__Host-gatehouse-'), JSON.stringify(arrived))
    }

    // Somebody who may use another module behind the same proxy gets into this one by no name.
    await system.sql("delete from module_profile where module_id = (select id from module where name = 'CRM')")
    module.arrived.length = 0
    const [{ id, session }] = (await system.sql<{ id: string; session: string }>(
      "select m.id, s.id as session from module m, session s where m.name = 'Other' and s.ended_at is null",
    )) as [{ id: string; session: string }]
    await system.sql('insert into module_session (instance_id, session_id, module_id) values ($1, $2, $3)', [
      system.main.id,
      session,
      id,
    ])
    await system.sql('update module_ticket set module_id = $1', [id])
    for (const host of ['other.example.com', moduleHost, 'OTHER.example.com', 'other.example.com:443'])
      for (const headers of [[], ['X-Forwarded-Host: other.example.com'], ['Forwarded: host=other.example.com']]) {
        await send(port, { about: host, host, headers }, cookie)
        await send(port, { about: host, host, headers, path: 'http://other.example.com/' }, cookie)
        await send(port, { about: host, host, headers, path: `http://${moduleHost}/` }, cookie)
      }
    assert.deepEqual(module.arrived, [])
  })
}
