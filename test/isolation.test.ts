// Two instances share nothing: over every route, and in the database itself.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { nodeOptions } from '../server/platform/database.ts'
import { connect } from './connect.ts'
import { startNodes, until } from './nodes.ts'

test('asvs-8.4.1 cve-C14 the cookies of one instance are worth nothing at another, on any route', async (t) => {
  const system = await startNodes(t)
  const { instance: acme } = await system.addInstance('acme', 'acme.example.com')
  const account = await system.addAccount({ username: 'ana', fullName: 'Ana of main' })
  await system.addAccount({ username: 'ana', fullName: 'Ana of acme' }, acme)
  const waiting = await system.addAccount({ username: 'ben', password: 'initial', fullName: 'Ben of main' })

  const own = system.browser()
  await own.logIn(account.username, account.password)
  await own.get('/home')
  const pending = system.browser()
  await pending.logIn(waiting.username, waiting.password)
  await pending.get('/choose-password')

  assert.ok(system.routes.length > 15)
  for (const { method, url } of system.routes) {
    for (const thief of [own, pending]) {
      const visitor = system.browser(0, 'acme.example.com')
      for (const [name, value] of thief.cookies) visitor.cookies.set(name, value)
      visitor.formToken = thief.formToken
      const answer = await visitor.send(
        method as 'GET',
        url.replace(':name', 'gatehouse.css'),
        method === 'POST' ? JSON.stringify({ formToken: thief.formToken }) : undefined,
        'application/json',
      )
      assert.ok(!/of main|ana|ben/.test(answer.body), `${method} ${url} shows something of another instance`)
      assert.notEqual(answer.location, '/home', `${method} ${url} leads on`)
    }
  }
  assert.equal((await own.get('/home')).status, 200, 'and at its own instance the session goes on')
})

test('asvs-8.4.1 the same username logs in at its own instance with its own password only', async (t) => {
  const system = await startNodes(t)
  const { instance: acme } = await system.addInstance('acme', 'acme.example.com')
  const one = await system.addAccount({ username: 'ana', password: 'walnut drifts over copper rails' })
  const other = await system.addAccount({ username: 'ana', password: 'seven lamps burn in the attic' }, acme)
  assert.equal((await system.browser(0, 'acme.example.com').logIn('ana', one.password)).status, 401)
  assert.equal((await system.browser(0, 'acme.example.com').logIn('ana', other.password)).location, '/home')
  assert.equal((await system.browser().logIn('ana', one.password)).location, '/home')
  assert.equal((await system.sql('select id from session where ended_at is null')).length, 2)
})

test('asvs-8.2.2 without any condition of ours a statement sees its own instance only, and without an instance nothing', async (t) => {
  const system = await startNodes(t)
  const { instance: acme } = await system.addInstance('acme', 'acme.example.com')
  for (const instance of [system.main, acme]) {
    const { username, password } = await system.addAccount({ username: 'ana' }, instance)
    const browser = system.browser(0, instance.hostname)
    await browser.logIn(username, 'wrong')
    await browser.logIn(username, password)
    await system.browser(0, instance.hostname).logIn('admin', 'wrong')
  }
  const tables = await system.sql<{ table_name: string }>(
    "select table_name from information_schema.columns where column_name = 'instance_id' and table_schema = 'public'",
  )
  assert.ok(tables.length >= 11)
  for (const { table_name } of tables) {
    const count = sql<{ instance_id: string }>`select instance_id from ${sql.table(table_name)}`
    const all = new Set(
      (await system.sql<{ instance_id: string }>(`select instance_id from ${table_name}`)).map((row) => row.instance_id),
    )
    for (const instance of [system.main, acme]) {
      const { rows } = await system.database.in(instance, (tx) => count.execute(tx))
      const seen = new Set(rows.map((row) => (row as unknown as { instanceId: string }).instanceId))
      assert.deepEqual(seen, all.has(instance.id) ? new Set([instance.id]) : new Set(), `${table_name} of ${instance.name}`)
      await assert
        .rejects(
          system.database.in(instance, (tx) =>
            sql`update ${sql.table(table_name)} set instance_id = ${instance === acme ? system.main.id : acme.id}`.execute(tx),
          ),
          /row-level security|violates|permission denied/,
          `${table_name}: a row cannot be moved`,
        )
        .catch((error) => {
          // No rows, so nothing to refuse.
          if (seen.size > 0) throw error
        })
    }
    const { rows } = await system.database.call((db) => count.execute(db))
    assert.deepEqual(rows, [], `${table_name} without an instance`)
  }
})

test('asvs-13.2.2 row-level security is forced on every table that the nodes can reach, and their role owns nothing', async (t) => {
  const system = await startNodes(t)
  const open = await system.sql(`
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
      and (has_table_privilege('gatehouse_server', c.oid, 'select, insert, update, delete') or has_table_privilege('gatehouse_operator', c.oid, 'select, insert, update, delete'))`)
  assert.deepEqual(open, [])
  const roles = await system.sql(
    `select rolname from pg_roles where rolname like 'gatehouse_%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or (rolcanlogin and rolname <> 'gatehouse_node'))`,
  )
  assert.deepEqual(roles, [])
  const owned = await system.sql(
    "select relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in ('gatehouse_server', 'gatehouse_operator', 'gatehouse_node')",
  )
  assert.deepEqual(owned, [])
})

test('asvs-16.4.2 what happened can be neither changed nor removed by a node', async (t) => {
  const system = await startNodes(t)
  for (const statement of [
    "update audit_event set event = 'x'",
    'delete from audit_event',
    'truncate audit_event',
    'drop table audit_event',
  ])
    await assert.rejects(
      system.database.in(system.main, (tx) => sql.raw(statement).execute(tx)),
      /permission denied|must be owner/,
    )
})

test('cve-C01 an instance answers at its own host name only, whatever other headers say', async (t) => {
  const system = await startNodes(t, 1, { PUBLIC_URL: 'https://main.example.com', TRUSTED_PROXIES: '127.0.0.1' })
  await system.addInstance('acme', 'acme.example.com')
  const at = async (host: string, headers: Record<string, string> = {}) => {
    const browser = system.browser(0, host)
    browser.headers = headers
    const { status, body } = await browser.get('/login')
    return status === 200 ? /<title>Log In · (\w+)/.exec(body)?.[1] : status
  }
  assert.equal(await at('acme.example.com'), 'acme')
  assert.equal(await at('ACME.example.com:8443'), 'acme')
  for (const host of [
    'acme.localhost',
    'example.com',
    'acme.example.com.',
    'acme.example.com@evil',
    'evil.com/acme.example.com',
    '127.0.0.1',
    '[::1]',
    'acme',
    'acme.example.com, evil.com',
    '\u212acme.example.com',
  ])
    assert.equal(await at(host), 421, host)
  for (const name of ['x-forwarded-host', 'forwarded', 'x-host', 'x-original-host', 'x-forwarded-server', 'x-http-host-override'])
    assert.equal(await at('acme.example.com', { [name]: name === 'forwarded' ? 'host=localhost' : 'localhost' }), 'acme', name)
})

test('cve-C01 a node soon forgets a host name that is another instance’s now, or nobody’s', async (t) => {
  const system = await startNodes(t, 2)
  const { instance: acme } = await system.addInstance('acme', 'acme.example.com')
  const login = async (node: number, host: string) => (await system.browser(node, host).get('/login')).status
  for (const node of [0, 1]) assert.equal(await login(node, acme.hostname), 200)
  await system.sql("update instance set hostname = 'moved.example.com' where id = $1", [acme.id])
  const changedAt = performance.now()
  for (const node of [0, 1]) {
    assert.equal(await login(node, 'moved.example.com'), 200, 'the new one at once')
    await until(async () => (await login(node, acme.hostname)) === 421)
  }
  assert.ok(performance.now() - changedAt < 5000, 'within seconds')
})

test('cve-C01 asvs-8.4.1 a host name finds its own instance and no other, by the function and by the policy behind it', async (t) => {
  const system = await startNodes(t)
  await system.addInstance('acme', 'acme.example.com')
  const asked = [
    ['localhost', null, ['main']],
    ['acme.example.com', null, ['acme']],
    ['acme.localhost', 'acme', ['acme']],
    ['nobody.example.com', null, []],
    ['nobody.localhost', 'nobody', []],
    ['', '', []],
  ] as const
  const node = await connect(t, { ...system.address, user: 'gatehouse_node', options: nodeOptions })
  for (const [hostname, name, found] of asked) {
    // As the owner, whom no policy holds back.
    const rows = await system.sql<{ name: string }>('select name from find_instance($1, $2)', [hostname, name])
    assert.deepEqual(
      rows.map((row) => row.name),
      found,
      hostname,
    )
    await node.query(
      "select set_config('gatehouse.hostname', $1, false), set_config('gatehouse.name', coalesce($2, ''), false)",
      [hostname, name],
    )
    const { rows: seen } = await node.query<{ name: string }>('select name from instance')
    assert.deepEqual(
      seen.map((row) => row.name),
      found,
      hostname,
    )
  }
})
