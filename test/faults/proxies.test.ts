// The other configurations of deploy/, as they are but for ports and files: nginx before the nodes, PgBouncer behind them.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { freePort } from '../../cluster/cluster.ts'
import { findProgram } from '../../cluster/programs.ts'
import { HttpBrowser } from '../http-browser.ts'
import { until } from '../nodes.ts'
import { type Floor, openFloor, seconds, underLoad } from './floor.ts'
import { end, startNginx } from './nginx.ts'

let floor: Floor
let pgbouncer: ChildProcess
before(async () => {
  const port = await freePort()
  floor = await openFloor({
    settings: ({ url }) => ({ DATABASE_DIRECT_URL: url, DATABASE_URL: url.replace(/:\d+\//, `:${port}/`) }),
    // Once PostgreSQL is there, and before the nodes are.
    async prepare({ port: postgresPort }) {
      pgbouncer = await startPgbouncer(port, postgresPort)
    },
  })
})
after(async () => {
  await floor?.close()
  await end(pgbouncer)
})

test('fault-F20 through PgBouncer in transaction mode people log in, look, change their password and log out, bound by row-level security', async (t) => {
  const { owner } = floor.postgres
  const { load } = await underLoad(t, floor, () => seconds(2))
  assert.equal(load.busy, 0)
  const { rows } = await owner.query<{ n: number }>(
    "select count(*)::int as n from pg_stat_activity where usename = 'gatehouse' and application_name = 'gatehouse'",
  )
  assert.ok(rows[0]!.n > 0 && rows[0]!.n <= 20, `${rows[0]!.n} connections, and the pooler has 20`)
})

test('nginx with the configuration of deploy/ is content with it, passes people on, and believes no header of theirs', async (t) => {
  const { url } = await startNginx(
    t,
    floor.cluster.nodes.map(({ port }) => port),
  )
  const { username, password } = floor.people[0]!
  const browser = new HttpBrowser(url, new URL(floor.cluster.url).host)
  browser.headers['x-forwarded-for'] = '203.0.113.9'
  browser.headers['x-forwarded-host'] = 'evil.example.com'
  await until(() =>
    browser.get('/login').then(
      ({ status }) => status === 200,
      () => false,
    ),
  )
  assert.equal((await browser.logIn(username, password)).location, '/home')
  assert.match((await browser.get('/home')).body, /<dd>127\.0\.0\.1<\/dd>/)
  assert.equal((await browser.get('/readyz')).status, 404)
  await browser.post('/log-out')

  // The same of HAProxy.
  const other = new HttpBrowser(floor.cluster.url)
  other.headers['x-forwarded-for'] = '203.0.113.9'
  assert.equal((await other.logIn(username, password)).location, '/home')
  assert.match((await other.get('/home')).body, /<dd>127\.0\.0\.1<\/dd>/)
  assert.equal((await other.get('/readyz')).status, 404)
})

async function startPgbouncer(port: number, postgresPort: number): Promise<ChildProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pgbouncer-'))
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'userlist.txt'), '"gatehouse" ""\n')
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    readFileSync('deploy/pgbouncer.ini', 'utf8')
      .replace('port=5432', `port=${postgresPort}`)
      .replace('listen_port = 6432', `listen_port = ${port}\nunix_socket_dir =`)
      .replace('scram-sha-256', 'trust')
      .replace('/etc/pgbouncer', folder),
  )
  // It refuses to be root.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const child = spawn(findProgram('pgbouncer'), ['-q', join(folder, 'pgbouncer.ini')], {
    ...user,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await once(child, 'spawn')
  return child
}
