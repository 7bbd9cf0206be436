// A module behind a proxy, for tests: the real nginx, Caddy and HAProxy with the very files of deploy/, but for ports and TLS, before a
// program that keeps what reaches it.
import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { findProgram } from '../cluster/programs.ts'
import { until } from './nodes.ts'
import { freePort } from './server.ts'

export const moduleHost = 'crm.example.com'
export const proxies = ['nginx', 'caddy', 'haproxy'] as const
export type ProxyName = (typeof proxies)[number]

export type Arrived = { method: string; url: string; headers: [name: string, value: string][] }

/** The program behind: keeps what reaches it, and opens a WebSocket for who asks for one. */
export async function startModule(t: TestContext): Promise<{ port: number; arrived: Arrived[] }> {
  const arrived: Arrived[] = []
  const keep = ({ method, url, rawHeaders }: IncomingMessage) =>
    arrived.push({
      method: method!,
      url: url!,
      headers: rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1]!] as [string, string]] : [])),
    })
  const server = createServer((request, answer) => {
    keep(request)
    answer.end('the module')
  })
  server.on('upgrade', (request, socket) => {
    keep(request)
    // RFC 6455, 4.2.2; HAProxy looks at it.
    const accept = hash('sha1', `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64')
    const head = [
      'HTTP/1.1 101 Switching Protocols',
      'Connection: Upgrade',
      'Upgrade: websocket',
      `Sec-WebSocket-Accept: ${accept}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\nhello`)
    socket.pipe(socket)
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, arrived }
}

/** Starts a proxy between people, a node and the module; returns its port. */
export async function startProxy(t: TestContext, which: ProxyName, node: number, module: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), `gatehouse-${which}-`))
  const port = await freePort()
  const read = (name: string) =>
    readFileSync(`deploy/${name}`, 'utf8')
      .replaceAll('gate.example.com', 'localhost')
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${node}`)
      .replaceAll('127.0.0.1:9000', `127.0.0.1:${module}`)
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  let command: string[]
  let env: NodeJS.ProcessEnv = {}
  if (which === 'nginx') {
    const site = read('module-nginx.conf')
      .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
      .replace(/ssl_certificate.*/g, '')
      .replaceAll('/var/log/nginx', folder)
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`)
    write('site.conf', site)
    const main = write(
      'main.conf',
      `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {} http { ${paths.join(' ')} include ${folder}/site.conf; }`,
    )
    command = ['-c', main, '-p', folder, '-e', 'stderr']
  } else if (which === 'caddy') {
    const file = read('module.Caddyfile').replace(/^crm\.example\.com \{/m, `http://crm.example.com:${port} {\n\tbind 127.0.0.1`)
    command = ['run', '--adapter', 'caddyfile', '--config', write('Caddyfile', `{\n\tadmin off\n\tauto_https off\n}\n${file}`)]
    env = { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, HOME: folder }
  } else {
    copyFileSync('deploy/module-haproxy.lua', join(folder, 'module-haproxy.lua'))
    command = ['-db', '-f', write('haproxy.cfg', read('module-haproxy.cfg'))]
    env = { BIND: `127.0.0.1:${port}`, CHECK: `127.0.0.1:${await freePort()}` }
  }
  const written: string[] = []
  const child = spawn(findProgram(which), command, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => written.push(String(text)))
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    // nginx has children of its own, which it takes along only when it is asked; Caddy waits for what is open.
    child.kill(which === 'nginx' ? 'SIGTERM' : 'SIGKILL')
    await ended
  })
  await until(() => {
    if (child.exitCode !== null) throw new Error(`${which} has ended: ${written.join('')}`)
    return sendRaw(port, 'GET /.gatehouse/nothing HTTP/1.1\r\nHost: crm.example.com\r\nConnection: close\r\n\r\n').then(
      ({ status }) => status !== 0,
      () => false,
    )
  })
  return port
}

export type RawAnswer = { status: number; head: string; body: string }

/** Sends bytes as they are, and reads what is answered until the other side closes, or says nothing more. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1')
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  socket.setTimeout(6500, () => socket.destroy())
  const closed = new Promise<void>((resolve, reject) => {
    socket.on('close', () => resolve())
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNREFUSED' ? reject(error) : resolve()))
  })
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  await closed
  const text = Buffer.concat(parts).toString('latin1')
  const [head = '', ...body] = text.split('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0), head, body: body.join('\r\n\r\n') }
}
