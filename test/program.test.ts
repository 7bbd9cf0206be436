// The program as people run it: starting, being killed, and the operator's commands.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { commands, commandsAlone } from '../server/operator/commands.ts'
import { HttpBrowser } from './http-browser.ts'
import { goodPassword, until } from './nodes.ts'
import { freePort, newProgram, stop } from './server.ts'

const postmaster = (dataDir: string) => Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
const alive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('the first start makes main and its administrator and says how to log in; later starts do not', async (t) => {
  const program = await newProgram(t)
  const { child, started } = await program.serve()
  assert.equal(started.url, `http://localhost:${program.env.PORT}`)
  assert.equal(started.username, 'admin')
  const browser = new HttpBrowser(started.url)
  assert.equal((await browser.logIn('admin', started.initialPassword!)).location, '/choose-password')
  await stop(child, 'SIGTERM')
  assert.equal(child.exitCode, 0, 'SIGTERM is a good end')
  assert.equal(existsSync(join(program.env.DATA_DIR!, 'postgres/postmaster.pid')), false, 'its PostgreSQL went with it')
  const again = await program.serve()
  assert.deepEqual(again.started, { url: started.url })
})

test('fault-F01 fault-F04 killed at any moment, it comes up again, has lost nothing that it said, and keeps nobody out', async (t) => {
  const program = await newProgram(t)
  let { child, started } = await program.serve()
  const admin = new HttpBrowser(started.url)
  await admin.logIn('admin', started.initialPassword!)
  await admin.get('/choose-password')
  assert.equal(
    (await admin.post('/choose-password', { newPassword: goodPassword, newPasswordAgain: goodPassword })).location,
    '/home',
  )
  let password = goodPassword
  const pid = postmaster(program.env.DATA_DIR!)

  for (let round = 0; round < 4; round += 1) {
    // Killed while a password is being changed, a little later each time.
    await admin.get('/change-password')
    const next = `walnut drifts over ${round} copper rails`
    const changing = admin
      .post('/change-password', { currentPassword: password, newPassword: next, newPasswordAgain: next })
      .catch(() => undefined)
    const said = await Promise.race([changing, setTimeout(round * 25)])
    await stop(child, 'SIGKILL')
    assert.ok(alive(pid), 'PostgreSQL was left running')
    ;({ child } = await program.serve())
    assert.equal(postmaster(program.env.DATA_DIR!), pid, 'and is adopted')
    const answer = await changing
    if (said?.location || answer?.location) password = next
    else {
      // Nothing was said: either is right, but exactly one of them works.
      const probe = new HttpBrowser(started.url)
      const old = await probe.logIn('admin', password)
      if (old.status === 401) password = next
    }
    const fresh = new HttpBrowser(started.url)
    const login = await fresh.logIn('admin', password)
    assert.equal(login.status, 409, 'the password is right, and the session of before still lives')
    if ((await admin.get('/home')).status !== 200) {
      // The new secret of the session was on its way when the server died: the operator frees the account, or two minutes do.
      await program.run('session', 'end', 'admin', '--instance', 'main')
      assert.equal((await admin.logIn('admin', password)).location, '/home')
    }
  }
})

test('fault-F04 its PostgreSQL is killed: it says 503 meanwhile, and is back by itself with everything', async (t) => {
  const program = await newProgram(t)
  const { started } = await program.serve()
  const browser = new HttpBrowser(started.url)
  await browser.logIn('admin', started.initialPassword!)
  const before = postmaster(program.env.DATA_DIR!)
  process.kill(before, 'SIGKILL')
  const statuses = new Set<number>()
  await until(async () => {
    const { status } = await browser.get('/choose-password')
    statuses.add(status)
    return status === 200 && postmaster(program.env.DATA_DIR!) !== before
  })
  assert.ok(
    [...statuses].every((status) => status === 200 || status === 503),
    [...statuses].join(),
  )
})

test('every command has --help, prints one JSON object with --json, and works beside a running server', async (t) => {
  const program = await newProgram(t)
  await program.serve()
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await program.run(...args, '--json')
    return { code, said: JSON.parse(stdout) as Record<string, unknown>, stderr }
  }
  for (const { words, usage } of [...commands, ...commandsAlone]) {
    const { code, stdout } = await program.run(...words.split(' '), '--help')
    assert.equal(code, 0)
    assert.ok(stdout.includes([words, usage].join(' ').trim()), words)
  }
  assert.equal((await program.run('--help')).code, 0)

  const created = await json(
    'instance',
    'create',
    'acme',
    '--hostname',
    'acme.example.com',
    '--seats',
    '70',
    '--admin',
    'boss',
    '--admin-email',
    'boss@example.com',
  )
  assert.equal(created.code, 0)
  assert.equal(created.said.url, `http://acme.example.com:${program.env.PORT}`)
  assert.equal(created.said.username, 'boss')
  // NAME.localhost works in development, whatever the host name.
  const browser = new HttpBrowser(`http://localhost:${program.env.PORT}`, 'acme.localhost')
  assert.equal((await browser.logIn('boss', String(created.said.initialPassword))).location, '/choose-password')

  const renewed = await json('account', 'new-password', 'Boss', '--instance', 'acme')
  assert.equal((await browser.get('/choose-password')).status, 403, 'what was begun with the old one is worth nothing')
  assert.equal((await browser.logIn('boss', String(created.said.initialPassword))).status, 401)
  assert.equal((await browser.logIn('boss', String(renewed.said.initialPassword))).location, '/choose-password')
  await browser.get('/choose-password')
  assert.equal(
    (await browser.post('/choose-password', { newPassword: goodPassword, newPasswordAgain: goodPassword })).location,
    '/home',
  )

  const { said: listed } = await json('session', 'list', '--instance', 'acme')
  assert.deepEqual(
    (listed.sessions as { username: string }[]).map(({ username }) => username),
    ['boss'],
  )
  assert.equal((await json('session', 'end', 'boss', '--instance', 'acme')).code, 0)
  assert.equal((await browser.get('/home')).status, 303)
  const seats = { name: 'acme', seats: 12, seatReserve: 2, overlapPercent: 10, overlapMinutes: 30 }
  const figures = { inUse: 0, peakToday: 1, refusalsToday: 0 }
  const overlap = ['--reserve', '2', '--overlap', '10', '--overlap-minutes', '30']
  assert.deepEqual((await json('instance', 'seats', 'acme', '12', ...overlap)).said, { ...seats, ...figures })
  assert.deepEqual((await json('instance', 'seats', 'acme')).said, { ...seats, ...figures }, 'without a number it shows them')
  const moved = { hostname: 'floor.example.com', language: 'es', timeZone: 'America/Montevideo' }
  const { said: changed } = await json('instance', 'change', 'acme', '--hostname', 'Floor.example.com', '--language', 'es')
  assert.deepEqual(changed, { id: created.said.id, name: 'acme', ...moved, timeZone: 'UTC' })
  assert.equal((await json('instance', 'change', 'acme', '--time-zone', 'America/Montevideo')).said.timeZone, moved.timeZone)
  const { said: instances } = await json('instance', 'list')
  assert.deepEqual(
    (instances.instances as (typeof moved & { name: string; seats: number | null })[]).map(
      ({ name, hostname, language, timeZone, seats }) => [name, hostname, language, timeZone, seats],
    ),
    [
      ['acme', ...Object.values(moved), 12],
      ['main', 'localhost', 'en', 'UTC', null],
    ],
  )
  assert.equal((await json('account', 'disable', 'boss', '--instance', 'acme', '--reason', 'left')).code, 0)
  assert.equal((await browser.logIn('boss', goodPassword)).status, 401)
  assert.equal((await json('account', 'enable', 'boss', '--instance', 'acme')).code, 0)
  assert.equal((await browser.logIn('boss', goodPassword)).location, '/home')
  assert.deepEqual((await json('migrate')).said, { migrated: [] })
  assert.equal((await json('doctor')).said.ok, true)

  const failing: [number, string[]][] = [
    [1, ['instance', 'create', 'acme', '--hostname', 'other.example.com']],
    [1, ['instance', 'create', 'other', '--hostname', 'floor.example.com']],
    [1, ['instance', 'create', 'Not A Name', '--hostname', 'x.example.com']],
    [1, ['instance', 'create', 'x', '--hostname', 'https://x.example.com']],
    [1, ['instance', 'create', 'x', '--hostname', 'x.example.com', '--seats', '0']],
    [1, ['instance', 'create', 'x', '--hostname', 'x.example.com', '--admin', 'а dmin']],
    [1, ['instance', 'create', 'x', '--hostname', 'x.example.com', '--language', 'xx']],
    [1, ['instance', 'change', 'acme', '--hostname', 'localhost']],
    [1, ['instance', 'change', 'acme', '--time-zone', '+05:00']],
    [1, ['instance', 'change', 'acme']],
    [1, ['instance', 'change', 'main', '--hostname', 'x.example.com']],
    [1, ['instance', 'seats', 'nowhere', '3']],
    [1, ['account', 'new-password', 'nobody', '--instance', 'acme']],
    [1, ['session', 'end', 'admin', '--instance', 'main']],
    [2, ['instance', 'create', 'x']],
    [2, ['instance', 'create', '--hostname', 'x.example.com']],
    [2, ['instance', 'list', '--colour']],
    [2, ['dance']],
  ]
  for (const [code, args] of failing) {
    const failed = await json(...args)
    assert.equal(failed.code, code, args.join(' '))
    assert.equal(typeof failed.said.error, 'string')
  }
})

test('the commands work without a server too, and leave no PostgreSQL behind', async (t) => {
  const program = await newProgram(t)
  const { code, stdout } = await program.run('instance', 'create', 'acme', '--hostname', 'acme.example.com', '--json')
  assert.equal(code, 0, stdout)
  assert.equal(existsSync(join(program.env.DATA_DIR!, 'postgres/postmaster.pid')), false)
})

test('asvs-6.2.12 the list of breached passwords is made without a database, looked at by the doctor, and told of in the report', async (t) => {
  const program = await newProgram(t)
  const folder = program.env.DATA_DIR!
  mkdirSync(folder, { recursive: true })
  const [source, target] = [join(folder, 'source.txt'), join(folder, 'list.bloom')]
  writeFileSync(source, 'harvest moon over the silent mill\n')
  const made = await program.run('breached-passwords', 'make', source, target, '--json')
  assert.deepEqual(JSON.parse(made.stdout), { target, entries: 1, bytes: 128 })
  assert.equal(existsSync(join(folder, 'postgres')), false, 'no database was needed')
  assert.equal((await program.run('breached-passwords', 'make', join(folder, 'none'), target)).code, 1)
  await program.run('instance', 'create', 'acme', '--hostname', 'acme.example.com')
  const report = async () => (await program.run('compliance-report', '--instance', 'acme')).stdout
  assert.match(await report(), /NOT KEPT {3}ASVS 5\.0, 6\.2\.12\n/)
  program.env.BREACHED_PASSWORDS_FILE = target
  assert.doesNotMatch(await report(), /NOT KEPT {3}ASVS 5\.0, 6\.2/)
  assert.match((await program.run('doctor')).stdout, /ok {3}breached passwords: 1 in /)
  writeFileSync(target, 'not a list')
  const doctor = await program.run('doctor')
  assert.match(doctor.stdout, /BAD {2}breached passwords: .* is no list/)
  assert.equal(doctor.code, 1)
})

test('asvs-13.3.1 a start with another secret key, or with one that others can read, is noticed', async (t) => {
  const program = await newProgram(t)
  await program.run('migrate')
  const key = join(program.env.DATA_DIR!, 'secret-key')
  chmodSync(key, 0o644)
  const doctor = await program.run('doctor')
  assert.equal(doctor.code, 1)
  assert.match(doctor.stdout, /BAD {2}secret key: .* chmod 600/)
  chmodSync(key, 0o600)
  writeFileSync(key, 'a1b2c3d4e5f60718'.repeat(4))
  const failed = await program.run('serve')
  assert.equal(failed.code, 1)
  assert.match(failed.stderr, /SECRET_KEY is not the one that this database was used with/)
})

test('what keeps it from starting is said, with what to do, before anything starts', async (t) => {
  const settings = await (await newProgram(t, { PORT: '99999', TRUSTED_PROXIES: 'all', LOG_LEVEL: 'loud' })).run('serve')
  assert.equal(settings.code, 1)
  for (const name of ['PORT', 'TRUSTED_PROXIES', 'LOG_LEVEL']) assert.match(settings.stderr, new RegExp(`  ${name}: `))

  const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-file-')), 'data')
  writeFileSync(file, '')
  // In /proc nothing can be made, and it says so with an error at which one could try for ever.
  for (const folder of [file, '/proc/nope', '/proc/nope/deeper']) {
    const failed = await (await newProgram(t, { DATA_DIR: folder })).run('migrate')
    assert.match(failed.stderr, /DATA_DIR .* cannot be made/)
    assert.equal(failed.code, 1)
  }

  const program = await newProgram(t)
  await program.run('migrate')
  const version = join(program.env.DATA_DIR!, 'postgres/PG_VERSION')
  writeFileSync(version, '17\n')
  assert.match((await program.run('migrate')).stderr, /belongs to PostgreSQL 17; this Gatehouse brings PostgreSQL 18/)
  writeFileSync(version, '18\n')

  const away = await (await newProgram(t, { DATABASE_URL: 'postgres://gatehouse:hunter2@127.0.0.1:1/gatehouse' })).run(
    'migrate',
    '--json',
  )
  assert.equal(away.code, 1)
  assert.ok(!away.stdout.includes('hunter2'))
})

test('a port that is taken is said, and nothing is left running', async (t) => {
  const program = await newProgram(t)
  await program.serve()
  const second = await (await newProgram(t, { PORT: program.env.PORT! })).run('serve')
  assert.equal(second.code, 1)
  assert.match(second.stderr, /EADDRINUSE/)
})

test('asvs-13.4.5 metrics are on a port of their own, and say how logins ended', async (t) => {
  const port = await freePort()
  const program = await newProgram(t, { METRICS_PORT: String(port) })
  const { started } = await program.serve()
  await new HttpBrowser(started.url).logIn('admin', 'wrong')
  const { body: metrics } = await new HttpBrowser(`http://127.0.0.1:${port}`).get('/metrics')
  assert.match(metrics, /^gatehouse_logins_total\{outcome="refused"\} 1$/m)
  assert.match(metrics, /^gatehouse_hash_queue\{state="waiting"\} 0$/m)
  assert.match(metrics, /gatehouse_http_request_seconds_count\{method="POST",route="\/login",status="401"\} 1/)
  assert.equal((await new HttpBrowser(started.url).get('/metrics')).status, 404)
})

test('fault-F03 on SIGTERM what is under way is answered, and nothing new is taken', async (t) => {
  const program = await newProgram(t)
  const { child, started } = await program.serve()
  const url = new URL(started.url)
  const browser = new HttpBrowser(started.url)
  await browser.get('/login')
  const body = new URLSearchParams({
    formToken: browser.formToken,
    username: 'admin',
    password: started.initialPassword!,
  }).toString()
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const socket = connect(Number(url.port), 'localhost')
  const answer = text(socket)
  socket.write(
    `POST /login HTTP/1.1\r\nhost: ${url.host}\r\nsec-fetch-site: same-origin\r\ncookie: ${cookie}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n\r\n`,
  )
  socket.write(body.slice(0, 10))
  // Nothing tells from outside that the server has read this much; another request that it answers comes after it.
  await browser.get('/login')
  child.kill('SIGTERM')
  await until(() =>
    browser.get('/login').then(
      () => false,
      () => true,
    ),
  )
  socket.write(body.slice(10))
  assert.match(await answer, /^HTTP\/1\.1 303 [\s\S]*location: \/choose-password/i)
  await stop(child)
  assert.equal(child.exitCode, 0)
})

test('fault-F03 a node that is told to stop still serves for a while, says so at /readyz, and keeps no connection', async (t) => {
  const program = await newProgram(t, { DRAIN_SECONDS: '3' })
  const { child, started } = await program.serve()
  const url = new URL(started.url)
  /** Asks on one connection after the other, each of which the asker would keep. */
  const ask = async (path: string) => {
    const socket = connect(Number(url.port), 'localhost')
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: keep-alive\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    return String(answer)
  }
  const ready = await ask('/readyz')
  assert.match(ready, /^HTTP\/1\.1 200 [\s\S]*connection: keep-alive[\s\S]*\{"status":"ready"\}/i)
  child.kill('SIGTERM')
  await until(async () => /^HTTP\/1\.1 503 /.test(await ask('/readyz')))
  assert.match(await ask('/readyz'), /^HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*\{"status":"stopping"\}/i)
  for (const path of ['/login', '/healthz', '/api/session', '/no/such/page']) {
    const answer = await ask(path)
    assert.match(answer, /^connection: close\r$/im, path)
    assert.doesNotMatch(answer, /^HTTP\/1\.1 5/, path)
  }
  await stop(child)
  assert.equal(child.exitCode, 0)
})

test('fault-F25 a sender that is slower than any browser is cut off, with its headers and with its body', async (t) => {
  const program = await newProgram(t)
  const { started } = await program.serve()
  const { host, port } = new URL(started.url)
  const slow = (sent: string) => {
    const socket = connect(Number(port), 'localhost')
    socket.write(sent)
    return text(socket)
  }
  const answers = await Promise.all([
    slow(`GET /login HTTP/1.1\r\nhost: ${host}\r\nx-slow:`),
    slow(
      `POST /login HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nuser`,
    ),
  ])
  for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 408 /)
})
