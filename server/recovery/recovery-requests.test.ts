import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { startMail } from '../../test/messages.ts'
import { goodPassword, type NewTestAccount, type TestAccount, type TestSystem } from '../../test/nodes.ts'
import { allDone, askForLink } from '../../test/recovery.ts'

type Listed = { id: string; account: { username: string }; asked: number; isMine: boolean; device: string; address: string }

/** Two teams, of which only North has a supervisor; an Administrator; an agent in each team, and one in none. */
async function startFloor(t: TestContext, nodes = 1) {
  const { server, system } = await startMail(t, nodes)
  await server.start()
  await system.work()
  const [north, south] = (await system.sql<{ id: string }>(
    "insert into team (instance_id, name) values ($1, 'North'), ($1, 'South') returning id",
    [system.main.id],
  )) as [{ id: string }, { id: string }]
  const add = async (account: NewTestAccount, team?: { id: string }) => {
    const added = await system.addAccount(account)
    if (team) await system.sql('update account set team_id = $1 where id = $2', [team.id, added.id])
    return added
  }
  const boss = await add({ username: 'boss', fullName: 'Bo Boss', profile: 'Administrator' })
  const super1 = await add({ username: 'super', fullName: 'Sue Super', profile: 'Supervisor' }, north)
  await system.sql('insert into team_supervisor (instance_id, team_id, account_id) values ($1, $2, $3)', [
    system.main.id,
    north.id,
    super1.id,
  ])
  const ana = await add({ username: 'ana' }, north)
  const ben = await add({ username: 'ben', fullName: 'Ben Ortiz' }, south)
  const carla = await add({ username: 'carla', fullName: 'Carla Díaz' })
  return { server, system, north, south, boss, supervisor: super1, ana, ben, carla }
}

async function loggedIn(system: TestSystem, { username, password }: TestAccount, node = 0): Promise<Browser> {
  const browser = system.browser(node)
  assert.equal((await browser.logIn(username, password)).location, '/home')
  await browser.get('/home')
  return browser
}

async function list(browser: Browser): Promise<Listed[]> {
  const answer = await browser.get('/api/recovery-requests')
  assert.equal(answer.status, 200, answer.body)
  return JSON.parse(answer.body).requests
}
const names = (requests: Listed[], mine?: boolean) =>
  requests.filter(({ isMine }) => mine === undefined || isMine === mine).map(({ account }) => account.username)

async function ask(system: TestSystem, ...usernames: string[]): Promise<void> {
  for (const username of usernames) await askForLink(system.browser(), username)
  await allDone(system)
}

const answer = (browser: Browser, { id }: { id: string }) => browser.sendJson('POST', `/api/recovery-requests/${id}/answer`)
const refuse = (browser: Browser, { id }: { id: string }, reason = 'it was somebody else') =>
  browser.sendJson('POST', `/api/recovery-requests/${id}/refuse`, { reason })

test('a request appears for those who can help, and “New password” gives a slip with which the person logs in', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  const own = await loggedIn(system, ana)
  const browser = await loggedIn(system, supervisor)
  assert.deepEqual(await list(browser), [])
  const asker = system.browser()
  asker.headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
  await askForLink(asker, 'Ana')
  await allDone(system)
  const [request, ...more] = await list(browser)
  assert.deepEqual(more, [])
  assert.equal(request!.account.username, 'ana')
  assert.deepEqual([request!.device, request!.address, request!.asked, request!.isMine], ['Firefox, Linux', '127.0.0.1', 1, true])
  const answered = await answer(browser, request!)
  const { slip } = JSON.parse(answered.body)
  assert.equal(answered.status, 200, answered.body)
  assert.equal(slip.username, 'ana')
  assert.equal((await own.get('/home')).status, 303, 'the session ends')
  assert.equal((await system.browser().logIn('ana', goodPassword)).status, 401)
  assert.equal((await system.browser().logIn('ana', slip.initialPassword)).location, '/choose-password')
  assert.deepEqual(await list(browser), [])
  assert.ok(!system.logged().includes(slip.initialPassword))
  const events = await system.sql<{ event: string; actor_account_id: string | null }>(
    "select event, actor_account_id from audit_event where account_id = $1 and event in ('recovery_asked', 'recovery_request_answered', 'initial_password_made') order by id",
    [ana.id],
  )
  assert.deepEqual(events, [
    { event: 'recovery_asked', actor_account_id: null },
    { event: 'recovery_request_answered', actor_account_id: supervisor.id },
    { event: 'initial_password_made', actor_account_id: supervisor.id },
  ])
})

test('asvs-8.2.2 a request is for the supervisors of the team; without a team or a supervisor, for those who reach all', async (t) => {
  const { system, north, boss, supervisor, ana, ben } = await startFloor(t)
  const [admin, leader] = [await loggedIn(system, boss), await loggedIn(system, supervisor)]
  await ask(system, 'ana', 'ben', 'carla')
  assert.deepEqual(names(await list(leader)), ['ana'])
  assert.deepEqual(names(await list(admin), true).sort(), ['ben', 'carla'])
  assert.deepEqual(names(await list(admin), false), ['ana'], 'which they may answer too when nobody else is there')

  const foreign = (await list(admin)).find(({ account }) => account.username === 'ben')!
  assert.equal((await answer(leader, foreign)).status, 404)
  assert.equal((await refuse(leader, foreign)).status, 404)
  const agent = await loggedIn(system, ben)
  assert.equal((await agent.get('/api/recovery-requests')).status, 403)
  assert.equal((await answer(agent, foreign)).status, 403)

  // A team whose only supervisor cannot help is a team without one.
  await ask(system, 'super')
  assert.deepEqual(names(await list(leader)), ['ana'], 'nobody sees, and nobody answers, the own request')
  assert.deepEqual(names(await list(admin), true).sort(), ['ben', 'carla', 'super'])
  const own = (await list(admin)).find(({ account }) => account.username === 'super')!
  assert.equal(JSON.parse((await answer(leader, own)).body).code, 'own_account')
  await system.sql('update account set enabled = false where id = $1', [supervisor.id])
  assert.deepEqual(names(await list(admin), true).sort(), ['ana', 'ben', 'carla'])
  await system.sql(
    "update account set enabled = true, profile_id = (select id from profile where name = 'Agent') where id = $1",
    [supervisor.id],
  )
  assert.ok(names(await list(admin), true).includes('ana'))
  assert.equal((await leader.get('/api/recovery-requests')).status, 403, 'what the profile permits counts as it is now')

  // Who has more permissions is for those who have as many.
  await system.sql("update account set profile_id = (select id from profile where name = 'Supervisor') where id = $1", [
    supervisor.id,
  ])
  await system.sql(
    "update account set profile_id = (select id from profile where name = 'Administrator'), team_id = $2 where id = $1",
    [ana.id, north.id],
  )
  assert.deepEqual(names(await list(leader)), [])
  assert.ok(names(await list(admin), true).includes('ana'))
  const above = (await list(admin)).find(({ account }) => account.username === 'ana')!
  assert.equal((await answer(leader, above)).status, 403)
})

test('fault-F13 of two supervisors who press at the same moment one gets the slip, and the other hears who was faster', async (t) => {
  const { system, boss, supervisor } = await startFloor(t, 2)
  const browsers = [await loggedIn(system, boss, 0), await loggedIn(system, supervisor, 1)]
  await ask(system, 'ana')
  const [request] = await list(browsers[0]!)
  const answers = await system.race(
    'recovery_request',
    browsers.map((browser) => () => answer(browser, request!)),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
  const refused = JSON.parse(answers.find(({ status }) => status === 409)!.body)
  assert.equal(refused.code, 'recovery_request_settled')
  assert.ok(['Bo Boss', 'Sue Super'].includes(refused.values.by))
  assert.equal(
    (await system.sql("select from audit_event where event = 'initial_password_made' and actor_kind = 'account'")).length,
    1,
  )
  const { slip } = JSON.parse(answers.find(({ status }) => status === 200)!.body)
  assert.equal((await system.browser().logIn('ana', slip.initialPassword)).location, '/choose-password')
  assert.equal((await refuse(browsers[0]!, request!)).status, 409)
})

test('a refusal needs a reason, changes no password, and stands in the audit', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  const browser = await loggedIn(system, supervisor)
  await ask(system, 'ana')
  const [request] = await list(browser)
  for (const none of ['', '  ']) assert.equal((await refuse(browser, request!, none)).status, 400)
  assert.equal((await refuse(browser, request!, ' no badge ')).status, 204)
  assert.equal(JSON.parse((await answer(browser, request!)).body).code, 'recovery_request_settled')
  assert.deepEqual(await list(browser), [])
  assert.equal((await system.browser().logIn('ana', goodPassword)).location, '/home')
  const [event] = await system.sql<{ actor_account_id: string; detail: { reason: string } }>(
    "select actor_account_id, detail from audit_event where event = 'recovery_request_refused' and account_id = $1",
    [ana.id],
  )
  assert.deepEqual([event!.actor_account_id, event!.detail.reason], [supervisor.id, 'no badge'])
})

test('asking again does not pile up, a request expires after a day, and another password settles it', async (t) => {
  const { system, boss, supervisor, ana } = await startFloor(t)
  const browser = await loggedIn(system, supervisor)
  await ask(system, 'ana', 'ana', 'ana', 'ana', 'ana')
  const [request, ...more] = await list(browser)
  assert.deepEqual([request!.asked, more], [5, []])
  await system.sql(
    "update recovery_request set expires_at = now() + interval '1 second', opened_at = now() - interval '23 hours'",
  )
  assert.equal((await list(browser)).length, 1)
  await system.sql('update recovery_request set expires_at = now()')
  assert.deepEqual(await list(browser), [])
  assert.equal(JSON.parse((await answer(browser, request!)).body).code, 'recovery_request_over')
  await ask(system, 'ana')
  const [second] = await list(browser)
  assert.equal(second!.asked, 1)
  assert.notEqual(second!.id, request!.id)
  const [{ hours }] = (await system.sql(
    'select round(extract(epoch from expires_at - now()) / 3600)::int as hours from recovery_request where closed_at is null',
  )) as [{ hours: number }]
  assert.equal(hours, 24)

  const admin = await loggedIn(system, boss)
  await admin.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })
  assert.deepEqual(await list(browser), [])
  assert.equal(JSON.parse((await refuse(browser, second!)).body).code, 'recovery_request_over')
})

test('whoever was refused can ask three times an hour and not on and on', async (t) => {
  const { system, supervisor } = await startFloor(t)
  const browser = await loggedIn(system, supervisor)
  for (let i = 0; i < 5; i += 1) {
    await ask(system, 'ana')
    for (const request of await list(browser)) await refuse(browser, request)
  }
  assert.equal((await system.sql('select from recovery_request')).length, 3)
})

test('of many who ask for one account at the same moment, one request is opened', async (t) => {
  const { server, system } = await startMail(t, 3)
  await server.start()
  await system.addAccount({ username: 'ana' })
  for (let i = 0; i < 9; i += 1) await askForLink(system.browser(i % 3), 'ana')
  const asks = await system.sql<{ id: string }>('select id from recovery_ask')
  const { decideRecovery } = await import('./decide-recovery.ts')
  await system.race(
    'recovery_request',
    asks.map(
      ({ id }) =>
        () =>
          decideRecovery(system, { instanceId: system.main.id, askId: id }),
    ),
  )
  assert.deepEqual(await system.sql('select asked, outcome from recovery_request'), [{ asked: 9, outcome: null }])
})

test('a flood of requests for names that nobody has reaches nobody’s screen, audit or mailbox', async (t) => {
  const { server, system, boss } = await startFloor(t)
  const browser = await loggedIn(system, boss)
  const before = await system.sql('select count(*) from audit_event')
  const asker = system.browser()
  await asker.get('/forgot-password')
  for (let i = 0; i < 60; i += 1) await asker.post('/forgot-password', { username: `made.up${i}` })
  await allDone(system)
  assert.deepEqual(await list(browser), [])
  assert.deepEqual(await system.sql('select count(*) from audit_event'), before)
  assert.deepEqual([server.mails.length, await system.sql('select from recovery_ask')], [0, []])
})

test('looking for requests is a sign of life and no action of a person', async (t) => {
  const { system, supervisor } = await startFloor(t)
  const browser = await loggedIn(system, supervisor)
  await system.sql(
    "update session set last_active_at = now() - interval '59 minutes', last_seen_at = now() - interval '1 minute'",
  )
  await list(browser)
  await system.sql("update session set last_active_at = last_active_at - interval '2 minutes'")
  assert.equal((await browser.get('/api/recovery-requests')).status, 401)
})
