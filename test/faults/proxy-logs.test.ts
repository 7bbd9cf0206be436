// What the proxies of deploy/ write down of a request: where it went and how it ended, and never what a link holds.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../cluster/cluster.ts'
import { findProgram } from '../../cluster/programs.ts'
import { until } from '../nodes.ts'
import { end, startNginx } from './nginx.ts'

const secret = 'c2VjcmV0LW9mLWEtbGluaw'
// As a browser sends them, and as a stranger may.
const addresses = [`/recover?token=${secret}`, `/recover?token=${secret}&token=b`, `/desk?search=${secret}`, `/?${secret}`]

/** Something that answers at every address. */
async function answerer(t: TestContext): Promise<number> {
  const server = createServer((_request, response) => response.end('here')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as { port: number }).port
}

/** Asks until somebody answers at all; then for everything. */
async function askAll(url: string, status: number): Promise<void> {
  const ask = (address: string) =>
    fetch(url + address, { redirect: 'manual', headers: { referer: `${url}/recover?token=${secret}` } }).then(
      (answer) => answer.status,
      () => 0,
    )
  await until(async () => (await ask('/')) !== 0)
  for (const address of addresses) assert.equal(await ask(address), status, address)
}

test('nginx with the configuration of deploy/ logs paths and no query', async (t) => {
  const port = await answerer(t)
  const nginx = await startNginx(t, [port, port, port])
  await askAll(nginx.url, 200)
  const { access, errors } = nginx.written()
  assert.match(access, /GET \/recover HTTP/)
  assert.ok(!`${access}${errors}`.includes(secret), access + errors)
})

test('nginx logs no link whose node does not answer either, though it writes the address of every other error', async (t) => {
  const port = await freePort()
  const nginx = await startNginx(t, [port, port, port])
  await askAll(nginx.url, 503)
  const { access, errors } = nginx.written()
  assert.match(access, /GET \/\S* HTTP\S* 503/)
  assert.match(errors, /GET \/ HTTP/, 'so the log of errors is read, and would show a link')
  const tokens = [access, ...errors.split('\n').map((line) => line.replace(/referrer: .*/, ''))].filter((line) =>
    line.includes(`token=${secret}`),
  )
  assert.deepEqual(tokens, [])
})

test('HAProxy with the configuration of deploy/ logs paths and no query, once it is told where to', async (t) => {
  const lines: string[] = []
  const log = createSocket('udp4').bind(0, '127.0.0.1')
  await once(log, 'listening')
  log.on('message', (line) => lines.push(String(line)))
  t.after(() => log.close())
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-haproxy-'))
  copyFileSync('deploy/busy.http', join(folder, 'busy.http'))
  const config = readFileSync('deploy/haproxy.cfg', 'utf8')
    .replace('default-path config', `default-path config\n    log 127.0.0.1:${log.address().port} local0`)
    .replace('mode http\n', 'mode http\n    log global\n')
  writeFileSync(join(folder, 'haproxy.cfg'), config)
  const port = await freePort()
  const node = `127.0.0.1:${await answerer(t)}`
  const env = { PATH: process.env.PATH, BIND: `127.0.0.1:${port}`, NODE1: node, NODE2: node, NODE3: node }
  const child = spawn(findProgram('haproxy'), ['-db', '-q', '-f', join(folder, 'haproxy.cfg')], { env, stdio: 'ignore' })
  t.after(() => end(child))
  await askAll(`http://127.0.0.1:${port}`, 200)
  await until(() => lines.some((line) => /GET \/recover$/.test(line.trim())))
  assert.ok(!lines.join('').includes(secret), lines.join(''))
})
