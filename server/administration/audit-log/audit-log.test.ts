import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountFieldNames } from '../../../contracts/account-fields.ts'
import type { Browser } from '../../../test/browser.ts'
import { get, loggedIn, startFloor } from '../../../test/floor.ts'

type Person = { username: string; fullName: string; removed: boolean } | null
type Event = { id: string; at: string; event: string; actor: Person; subject: Person; detail: Record<string, unknown> }
type Page = { events: Event[]; next: string | null; searchedTo: string | null; names: Record<string, string> }

const said = ({ events }: Page) =>
  events.map(({ event, actor, subject }) => [event, actor?.username ?? null, subject?.username ?? null].join(' '))

async function everyPage(browser: Browser, query = ''): Promise<Event[]> {
  const all: Event[] = []
  for (let next: string | null = ''; next !== null; ) {
    const page: Page = await get(browser, `/api/audit?${query}${next && `&after=${next}`}`)
    all.push(...page.events)
    next = page.next
  }
  return all
}

test('asvs-16.2.1 who did what to whom, when and from where, also when the account is no more', async (t) => {
  const { system, admin, ana, ben, south, profiles } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const one = await get<Record<string, unknown>>(boss, `/api/accounts/${ana.id}`)
  const kept = Object.fromEntries(accountFieldNames.map((field) => [field, one[field]]))
  const body = { ...kept, version: one.version, profileId: profiles.Supervisor, teamId: south.id }
  assert.equal((await boss.sendJson('PUT', `/api/accounts/${ana.id}`, body)).status, 204)
  await boss.sendJson('POST', '/api/accounts/remove', { accountIds: [ben.id] })
  const page = await get<Page>(boss, '/api/audit')
  assert.deepEqual(said(page).slice(0, 3), ['account_removed boss ben', 'account_changed boss ana', 'login boss boss'])
  assert.deepEqual(page.events[0]!.subject, { id: ben.id, username: 'ben', fullName: 'Ben Ortiz', removed: true })
  const { at, address, device, detail } = page.events[1] as Event & { address: string; device: string }
  assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000)
  assert.deepEqual([address, device], ['127.0.0.1', ''])
  assert.deepEqual(detail.changes, {
    profileId: { from: profiles.Agent, to: profiles.Supervisor },
    teamId: { from: one.team && (one.team as { id: string }).id, to: south.id },
  })
  assert.deepEqual(Object.values(page.names).sort(), ['Agent', 'North', 'South', 'Supervisor'])
})

test('asvs-8.2.2 asvs-16.4.2 without the permission nobody reads it; who reaches some teams sees what was done to their people', async (t) => {
  const { system, admin, supervisor, ana, ben, north } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const agent = await loggedIn(system, ana)
  await loggedIn(system, ben)
  assert.equal((await agent.get('/api/audit')).status, 403)
  assert.equal((await agent.sendJson('POST', '/api/audit/export')).status, 403)
  await system.sql("insert into profile (instance_id, name, permissions) values ($1, 'Auditor', '{accounts.view,audit.view}')", [
    system.main.id,
  ])
  await system.sql("update account set profile_id = (select id from profile where name = 'Auditor') where id = $1", [
    supervisor.id,
  ])
  const lead = await loggedIn(system, supervisor)
  const otherTeam = ['login ben ben']
  const seen = async (query: string) => said(await get<Page>(lead, `/api/audit?${query}`))
  assert.deepEqual(await seen(''), ['login ana ana'])
  assert.deepEqual(await seen('events=login,account_created'), ['login ana ana'])
  assert.deepEqual(await seen('events=account_created'), [])
  assert.deepEqual(await seen(`person=${ana.id}`), ['login ana ana'])
  assert.deepEqual(await seen(`person=${ben.id}`), [], 'not by asking for the person')
  assert.deepEqual(await seen('search=ortiz'), [], 'nor for the name')
  assert.ok(!(await lead.sendJson('POST', '/api/audit/export')).body.includes('ben'))
  assert.ok(said(await get<Page>(boss, '/api/audit')).includes(otherTeam[0]!))
  // What somebody else did to them is seen, and not the name of another team.
  await system.sql(
    "insert into audit_event (instance_id, event, actor_kind, actor_account_id, account_id, detail) select $1, 'account_changed', 'account', id, $2, jsonb_build_object('changes', jsonb_build_object('teamId', jsonb_build_object('from', (select id from team where name = 'South'), 'to', $3::text))) from account where username = 'boss'",
    [system.main.id, ana.id, north.id],
  )
  const { events, names } = await get<Page>(lead, '/api/audit?events=account_changed')
  assert.equal(events[0]!.actor!.username, 'boss')
  assert.deepEqual(Object.values(names), ['North'])
})

test('asvs-8.4.1 the audit of one instance holds nothing of another', async (t) => {
  const { system, admin } = await startFloor(t)
  const other = await system.addInstance('other', 'other.localhost')
  const stranger = await system.addAccount({ username: 'stranger', profile: 'Administrator' }, other.instance)
  const elsewhere = system.browser(0, 'other.localhost:8080')
  await elsewhere.logIn(stranger.username, stranger.password)
  const boss = await loggedIn(system, admin)
  assert.ok(said(await get<Page>(elsewhere, '/api/audit')).includes('login stranger stranger'))
  assert.ok(!said(await get<Page>(boss, '/api/audit')).some((each) => each.includes('stranger')))
  assert.deepEqual((await get<Page>(boss, `/api/audit?person=${stranger.id}`)).events, [])
  assert.deepEqual((await get<Page>(boss, '/api/audit?search=stranger')).events, [])
})

test('every event is on one page and on one only, however many share a moment, whatever is filtered by', async (t) => {
  const { system, admin, ana, ben } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  // 260 events in three moments, a microsecond apart; each page holds 50.
  await system.sql(
    `insert into audit_event (instance_id, event, actor_kind, actor_account_id, account_id, at, detail)
     select $1, (array['login_refused', 'account_changed', 'rules_changed'])[1 + n % 3], 'account', $2, case n % 4 when 0 then $2 when 1 then $3::uuid end,
       timestamptz '2026-01-05 12:00:00.000001+00' + (n % 3) * interval '1 microsecond', jsonb_build_object('note', 'event ' || n)
     from generate_series(1, 260) n order by random()`,
    [system.main.id, ana.id, ben.id],
  )
  const days = 'from=2026-01-05&to=2026-01-05'
  const expected = async (condition: string) =>
    (
      await system.sql<{ id: string }>(
        `select id from audit_event where at < '2026-01-06' and at > '2026-01-05' and ${condition} order by at desc, id desc`,
      )
    ).map(({ id }) => id)
  for (const [query, condition] of [
    ['', 'true'],
    [`&person=${ana.id}`, `(account_id = '${ana.id}' or actor_account_id = '${ana.id}')`],
    [`&person=${ben.id}`, `account_id = '${ben.id}'`],
    ['&events=login_refused,rules_changed', "event in ('login_refused', 'rules_changed')"],
    [`&person=${ben.id}&events=login_refused`, `account_id = '${ben.id}' and event = 'login_refused'`],
    ['&search=souza%20event', 'true'],
    ['&search=7%20ortiz', `account_id = '${ben.id}' and detail->>'note' like '%7%'`],
  ] as const) {
    const found = (await everyPage(boss, days + query)).map(({ id }) => id)
    assert.deepEqual(found, await expected(condition), query)
    assert.ok(found.length > 5, query)
  }
})

test('a search looks through ten thousand events at a time, says how far back, and goes on from there', async (t) => {
  const { system, admin, ben } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  await system.sql(
    `insert into audit_event (instance_id, event, actor_kind, account_id, at, detail)
     select $1, 'login', 'system', null, timestamptz '2026-01-05 12:00+00' - n * interval '1 second', '{}' from generate_series(1, 25000) n`,
    [system.main.id],
  )
  await system.sql(
    "insert into audit_event (instance_id, event, actor_kind, account_id, at, detail) values ($1, 'account_disabled', 'system', $2, '2020-01-01', '{\"reason\": \"Señora\"}')",
    [system.main.id, ben.id],
  )
  let pages = 0
  const found: Event[] = []
  for (let next: string | null = ''; next !== null; pages += 1) {
    const page: Page = await get(boss, `/api/audit?search=senora${next && `&after=${next}`}`)
    assert.equal(page.searchedTo === null, page.next === null)
    found.push(...page.events)
    next = page.next
  }
  assert.equal(pages, 3)
  assert.deepEqual(said({ events: found } as Page), ['account_disabled  ben'])
})

test('a day of the filter is a day of who asks', async (t) => {
  const { system, ana } = await startFloor(t)
  const far = await system.addAccount({ username: 'far', profile: 'Administrator', timeZone: 'America/Montevideo' })
  const boss = await loggedIn(system, far)
  await system.sql(
    "insert into audit_event (instance_id, event, actor_kind, account_id, at) select $1, 'login_refused', 'system', $2, at::timestamptz from unnest(array['2026-01-05 02:59:59+00', '2026-01-05 03:00+00', '2026-01-06 02:59:59+00', '2026-01-06 03:00+00']) at",
    [system.main.id, ana.id],
  )
  const { events } = await get<Page>(boss, '/api/audit?from=2026-01-05&to=2026-01-05')
  assert.deepEqual(
    events.map(({ at }) => at),
    ['2026-01-06T02:59:59.000Z', '2026-01-05T03:00:00.000Z'],
  )
  for (const day of ['2026-02-30', '0000-01-01', 'yesterday'])
    assert.equal((await boss.get(`/api/audit?from=${day}`)).status, 400)
})

test('asvs-1.2.10 asvs-16.3.3 the export holds every event of the list, runs no formula, and stands in the audit itself', async (t) => {
  const { system, admin, ana } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  await system.sql('update account set full_name = \'=HYPERLINK("http://evil.example")\' where id = $1', [ana.id])
  await system.sql(
    `insert into audit_event (instance_id, event, actor_kind, account_id, at, detail)
     select $1, 'login_refused', 'system', $2, '2026-01-05', jsonb_build_object('device', '@evil', 'note', '+' || n) from generate_series(1, 2500) n`,
    [system.main.id, ana.id],
  )
  const { status, headers, body } = await boss.sendJson('POST', '/api/audit/export', { events: 'login_refused', search: 'evil' })
  assert.equal(status, 200)
  assert.match(String(headers['content-disposition']), /filename="audit\.csv"/)
  const lines = body.trimEnd().split('\r\n')
  assert.equal(lines.length, 2501)
  assert.equal(
    lines[1],
    `2026-01-05T00:00:00.000Z,login_refused,system,,ana,"'=HYPERLINK(""http://evil.example"")",,'@evil,"{""note"":""+2500""}"`,
  )
  const sheet = await boss.sendJson('POST', '/api/audit/export', {
    format: 'xlsx',
    events: 'login_refused',
    from: '2026-01-05',
  })
  assert.equal(sheet.status, 200)
  assert.match(sheet.body, /^PK/)
  const { events } = await get<Page>(boss, '/api/audit?events=audit_exported')
  assert.deepEqual(
    events.map(({ detail }) => detail),
    [
      { format: 'xlsx', filter: { from: '2026-01-05', events: ['login_refused'] } },
      { format: 'csv', filter: { search: 'evil', events: ['login_refused'] } },
    ],
  )
})
