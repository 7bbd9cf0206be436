// Whatever a request claims about where it was sent, a link leads to the instance's configured address.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { startMail } from '../../test/messages.ts'
import { allDone, linkIn } from '../../test/recovery.ts'

const ours = 'main.example.com'
const evil = 'evil.example'

/** The target of the request line, and the header lines, of which the first is usually Host. */
type Variant = { target?: string; lines: string[] }

const withOurs = (...lines: string[]): Variant => ({ lines: [`Host: ${ours}`, ...lines] })

const variants: Variant[] = [
  withOurs(),
  withOurs(`X-Forwarded-Host: ${evil}`),
  withOurs(`X-Forwarded-Host: ${evil}, ${ours}`),
  withOurs(`X-Forwarded-Host: ${ours}`, `X-Forwarded-Host: ${evil}`),
  withOurs(`X-Forwarded-Host: ${evil}:443`, 'X-Forwarded-Port: 443'),
  withOurs('X-Forwarded-Proto: http'),
  withOurs('X-Forwarded-Proto: javascript'),
  withOurs(`X-Forwarded-Proto: https://${evil}/?`),
  withOurs('X-Forwarded-Port: 31337'),
  withOurs('X-Forwarded-Prefix: //evil.example'),
  withOurs('X-Forwarded-Path: /evil'),
  withOurs(`X-Forwarded-Server: ${evil}`),
  withOurs('X-Forwarded-For: 203.0.113.9', `X-Forwarded-Host: ${evil}`, 'X-Forwarded-Proto: http'),
  withOurs(`Forwarded: host=${evil}`),
  withOurs(`Forwarded: for=203.0.113.9;host=${evil};proto=http`),
  withOurs(`Forwarded: host="${evil}:1"`, `Forwarded: host=${ours}`),
  withOurs(`X-Host: ${evil}`),
  withOurs(`X-Original-Host: ${evil}`),
  withOurs(`X-HTTP-Host-Override: ${evil}`),
  withOurs(`X-Original-URL: https://${evil}/recover`),
  withOurs(`X-Rewrite-URL: https://${evil}/recover`),
  withOurs(`X-Forwarded-URI: https://${evil}/`),
  withOurs(`Origin: https://${evil}`),
  withOurs(`Referer: https://${evil}/`),
  withOurs(`Base-Url: https://${evil}`, `X-Real-Host: ${evil}`),
  withOurs(`:authority: ${evil}`),
  withOurs(` Host: ${evil}`),
  withOurs(`host: ${evil}`),
  { lines: [`Host: ${evil}`, `Host: ${ours}`] },
  { lines: [`Host: ${evil}`] },
  { lines: [`Host: ${evil}`, `X-Forwarded-Host: ${ours}`] },
  { lines: [`Host: ${ours}:31337`] },
  { lines: [`Host: ${ours.toUpperCase()}`] },
  { lines: [`Host: ${ours}.`] },
  { lines: [`Host: ${ours}@${evil}`] },
  { lines: [`Host: ${evil}#@${ours}`] },
  { lines: [`Host: user:${ours}@${evil}`] },
  { lines: [`Host: ${ours}, ${evil}`] },
  { lines: [`Host: ${ours}\t${evil}`] },
  { lines: [`Host: ${ours}/${evil}`] },
  { lines: ['Host:'] },
  { lines: [] },
  { target: `http://${evil}/forgot-password`, lines: [`Host: ${ours}`] },
  { target: `https://${evil}/forgot-password`, lines: [`Host: ${evil}`] },
  { target: `http://${ours}/forgot-password`, lines: [`Host: ${evil}`] },
  { target: `//${evil}/forgot-password`, lines: [`Host: ${ours}`] },
  { target: `/forgot-password?next=https://${evil}`, lines: [`Host: ${ours}`] },
]

for (const trusted of [false, true])
  test(`cve-C01 ${variants.length} ways to name another host never change a link, ${trusted ? 'from a trusted proxy too' : 'with no proxy trusted'}`, async (t) => {
    const { server, system, send } = await startListening(t, trusted)
    const accounts = await Promise.all(
      variants.map((_, i) => system.addAccount({ username: `person${i}`, email: `person${i}@example.com` })),
    )
    const statuses: number[] = []
    for (const [i, { username }] of accounts.entries()) statuses.push(await send(variants[i]!, username))
    await allDone(system)
    assert.ok(!statuses.some((status) => status >= 500), statuses.join())
    const taken = statuses.filter((status) => status === 303).length
    assert.ok(taken >= 25, statuses.join())
    assert.equal(server.mails.length, taken, 'who was refused was sent nothing')
    for (const mail of server.mails) {
      assert.ok(linkIn(mail))
      for (const [url] of `${mail.text} ${mail.html}`.matchAll(/\w+:\/\/[^\s"<]*/g))
        assert.ok(url.startsWith('https://main.example.com:8443/recover?token='), url)
      assert.ok(!`${mail.text} ${mail.html}`.includes('evil'))
    }
  })

async function startListening(t: TestContext, trusted: boolean) {
  const { server, system } = await startMail(t, 1, {
    PUBLIC_URL: 'https://main.example.com:8443',
    ...(trusted && { TRUSTED_PROXIES: '127.0.0.0/8,::1' }),
  })
  await server.start()
  await system.work()
  await system.sql('update instance set hostname = $1', [ours])
  const app = system.nodes[0]!
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as { port: number }
  const browser = system.browser(0, ours)
  await browser.get('/forgot-password')
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')

  /** Sends the form as it is written, byte for byte, and returns the status. */
  async function send({ target = '/forgot-password', lines }: Variant, username: string): Promise<number> {
    const body = new URLSearchParams({ formToken: browser.formToken, username }).toString()
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      [
        `POST ${target} HTTP/1.1`,
        ...lines,
        `Cookie: ${cookie}`,
        'Sec-Fetch-Site: same-origin',
        'Content-Type: application/x-www-form-urlencoded',
        `Content-Length: ${body.length}`,
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
    )
    return Number(/^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1] ?? Number.NaN)
  }
  return { server, system, send }
}
