import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goodPassword, startNodes } from '../../test/nodes.ts'
import { insertLink } from '../recovery/store.ts'
import { beginEpoch } from './begin-epoch.ts'

test('fault-F06 fault-F33 after a restore the epoch voids sessions, links, unfinished logins and initial passwords, and nothing else', async (t) => {
  const system = await startNodes(t)
  const { database, main } = system
  const { instance: other } = await system.addInstance('other', 'other.example.com')
  const agent = await system.addAccount()
  const [browser, elsewhere] = [system.browser(), system.browser(0, 'other.example.com')]
  assert.equal((await browser.logIn(agent.username, goodPassword)).location, '/home')
  const neighbour = await system.addAccount({}, other)
  assert.equal((await elsewhere.logIn(neighbour.username, goodPassword)).location, '/home')
  const fresh = await system.addAccount({ password: 'initial' })
  const waiting = system.browser()
  assert.equal((await waiting.logIn(fresh.username, fresh.password)).location, '/choose-password')
  await waiting.get('/choose-password')
  const given = await system.addAccount()
  await system.sql("update password set must_change_by = now() + interval '1 day' where account_id = $1", [given.id])
  await database.in(main, (tx) =>
    insertLink(tx, { id: agent.id, credentialVersion: 1 }, 'ana@example.com', Buffer.alloc(32, 1), 30),
  )

  // The initial password of the first administrator is the third.
  const counts = { sessions: 1, links: 1, signIns: 1, initialPasswords: 3 }
  assert.deepEqual(await beginEpoch({ database }, main), counts)

  const told = await browser.get('/api/session')
  assert.equal(told.status, 401)
  assert.match(told.body, /put back to an earlier state/)
  const choice = await waiting.post('/choose-password', { newPassword: goodPassword, newPasswordAgain: goodPassword })
  assert.equal(choice.status, 403, 'a login that waited for its next step')
  for (const { username, password } of [fresh, given])
    assert.equal((await system.browser().logIn(username, password)).status, 401)
  assert.equal((await browser.logIn(agent.username, goodPassword)).location, '/home', 'lasting passwords stay')
  assert.equal((await elsewhere.get('/home')).status, 200, 'another instance stays as it is')
  const links = await system.sql('select end_reason from recovery_link')
  assert.deepEqual(links, [{ end_reason: 'epoch' }])
  const audit = await system.sql<{ event: string; n: number }>(
    "select event, count(*)::int as n from audit_event where event in ('epoch_begun', 'initial_password_voided') or detail ->> 'reason' = 'epoch' group by 1 order by 1",
  )
  assert.deepEqual(audit, [
    { event: 'epoch_begun', n: 1 },
    { event: 'initial_password_voided', n: 3 },
    { event: 'session_ended', n: 1 },
  ])
  assert.deepEqual(await beginEpoch({ database }, main), { sessions: 1, links: 0, signIns: 0, initialPasswords: 0 })
})

test('fault-F33 a login whose password was right before the epoch, and that ends after it, opens nothing', async (t) => {
  const system = await startNodes(t)
  const fresh = await system.addAccount({ password: 'initial' })
  const browser = system.browser()
  await browser.get('/login')
  const [answer] = await system.race(
    'account',
    [() => browser.post('/login', { username: fresh.username, password: fresh.password })],
    1,
    [`select set_config('gatehouse.instance_id', '${system.main.id}', true)`, 'select * from begin_epoch(null, 1000)'],
  )
  assert.equal(answer!.status, 401)
  assert.equal((await browser.get('/choose-password')).status, 403)
  assert.deepEqual(await system.sql('select from sign_in where used_at is null'), [])
})

test('an epoch goes through all accounts, however many there are', async (t) => {
  const system = await startNodes(t)
  const people = 1200
  await system.sql(
    `with made as (insert into account (instance_id, username, username_key, full_name, profile_id)
       select p.instance_id, 'p' || n, 'p' || n, 'Person', p.id from profile p, generate_series(1, $1::int) n where p.name = 'Agent'
       returning instance_id, id)
     insert into password (instance_id, account_id, initial_hash, initial_expires_at)
     select instance_id, id, sha256(id::text::bytea), now() + interval '1 day' from made`,
    [people],
  )
  // And that of the first Administrator.
  assert.equal((await beginEpoch(system, system.main)).initialPasswords, people + 1)
  assert.deepEqual(await system.sql('select from password where initial_hash is not null'), [])
})
