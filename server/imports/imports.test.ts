import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { startNodes, type TestSystem, until } from '../../test/nodes.ts'
import { openHashQueue } from '../passwords/passwords.ts'
import { runImport } from './run-import.ts'

type Details = {
  id: string
  state: string
  hasHeader: boolean
  onExisting: string
  failReason: string | null
  columns: { name: string; samples: string[]; field: string | null }[]
  rows: number
  verdicts: Record<string, number>
  outcomes: Record<string, number>
}
type Row = {
  row: number
  username: string
  verdict: string | null
  outcome: string | null
  problems: { column: string | null; value: string; code: string; note: boolean; otherRow?: number }[]
}

async function startFloor(t: TestContext, nodes = 1, settings: Record<string, string> = {}) {
  const system = await startNodes(t, nodes, settings)
  const [north, south] = (await system.sql<{ id: string }>(
    "insert into team (instance_id, name) values ($1, 'North'), ($1, 'South') returning id",
    [system.main.id],
  )) as [{ id: string }, { id: string }]
  const boss = await system.addAccount({ username: 'boss', profile: 'Administrator' })
  const browser = await loggedIn(system, boss)
  return { system, north, south, boss, browser }
}

async function loggedIn(
  system: TestSystem,
  { username, password }: { username: string; password: string },
  node = 0,
  host?: string,
) {
  const browser = system.browser(node, host)
  assert.equal((await browser.logIn(username, password)).location, '/home')
  await browser.get('/home')
  return browser
}

/** An importer of one team, with a profile that has these permissions. */
async function addImporter(system: TestSystem, teamId: string, permissions: string[], username = 'importer') {
  await system.sql('insert into profile (instance_id, name, permissions) values ($1, $2, $3)', [
    system.main.id,
    `Profile of ${username}`,
    permissions,
  ])
  const account = await system.addAccount({ username, profile: `Profile of ${username}` })
  await system.sql('insert into team_supervisor (instance_id, team_id, account_id) values ($1, $2, $3)', [
    system.main.id,
    teamId,
    account.id,
  ])
  return loggedIn(system, account)
}

async function upload(browser: Browser, file: string | Buffer, name = 'people.csv', status = 201): Promise<Details> {
  const answer = await browser.send('POST', `/api/imports?name=${name}`, file, 'application/octet-stream', {
    'x-form-token': browser.formToken,
  })
  assert.equal(answer.status, status, answer.body)
  return JSON.parse(answer.body) as Details
}

async function call<T = unknown>(
  browser: Browser,
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  body?: unknown,
  status?: number,
): Promise<T> {
  const text = method === 'GET' ? undefined : JSON.stringify(body ?? {})
  const answer = await browser.send(method, url, text, text && 'application/json', { 'x-form-token': browser.formToken })
  assert.equal(answer.status, status ?? (method === 'PUT' || method === 'GET' ? 200 : answer.status), `${url}: ${answer.body}`)
  if (status === undefined) assert.ok(answer.status < 300, `${url}: ${answer.status} ${answer.body}`)
  return (answer.body === '' ? undefined : JSON.parse(answer.body)) as T
}

const rowsOf = async (browser: Browser, { id }: Details, query = '') =>
  (await call<{ rows: Row[]; total: number }>(browser, 'GET', `/api/imports/${id}/rows?${query}`)).rows

async function run(browser: Browser, { id }: Details): Promise<Details> {
  await call(browser, 'POST', `/api/imports/${id}/run`, {}, 202)
  return ended(browser, id)
}

async function ended(browser: Browser, id: string): Promise<Details> {
  let details: Details | undefined
  await until(async () => {
    details = await call<Details>(browser, 'GET', `/api/imports/${id}`)
    return details.state !== 'running'
  })
  return details!
}

test('a spreadsheet in uContact’s columns becomes accounts, and the report says what became of every row', async (t) => {
  const { system, browser } = await startFloor(t)
  const checked = await upload(
    browser,
    'Username,Full Name,Email,Profile,Valid Date,Expiration Date,Time Zone,Language,Phone,Password,Team\r\n' +
      'ana,Ana Souza,ana@example.com,agent,2026-01-01,31/12/2026,america/montevideo,es,1001,,north\r\n' +
      'ben,"Ortiz, Ben",,,,,,,,,\r\n' +
      'no good,Nobody,,,,,,,,,\r\n' +
      'carla,Carla,nowhere,Chief,never,,Mars/Base,fr,??,,West\r\n',
  )
  assert.equal(checked.state, 'checked')
  assert.deepEqual(checked.verdicts, { create: 2, change: 0, skip: 0, refused: 2 })
  assert.deepEqual(checked.columns[1], { name: 'Full Name', samples: ['Ana Souza', 'Ortiz, Ben', 'Nobody'], field: 'fullName' })
  assert.deepEqual(checked.columns[9]!.samples, [], 'no sample of a password')
  const refused = await rowsOf(browser, checked, 'verdict=refused')
  assert.deepEqual(
    refused.map(({ row, problems }) => [row, problems.map(({ column, value, code }) => [column, value, code])]),
    [
      [4, [['username', 'no good', 'username_character']]],
      [
        5,
        [
          ['validFrom', 'never', 'not_a_day'],
          ['timeZone', 'Mars/Base', 'not_a_time_zone'],
          ['language', 'fr', 'not_a_language'],
          ['email', 'nowhere', 'not_an_email'],
          ['phone', '??', 'not_a_phone'],
        ],
      ],
    ],
  )
  assert.equal((await system.sql("select from account where username in ('ana', 'ben')")).length, 0, 'nothing is done yet')

  const done = await run(browser, checked)
  assert.equal(done.state, 'done')
  assert.deepEqual(done.outcomes, { created: 2, changed: 0, skipped: 0, refused: 2 })
  const accounts = await system.sql(
    `select a.username, a.full_name, a.email, p.name as profile, t.name as team, a.valid_from::text, a.valid_until::text, a.time_zone, a.language, a.phone
    from account a join profile p on p.id = a.profile_id left join team t on t.id = a.team_id where a.username in ('ana', 'ben') order by 1`,
  )
  const nothing = { email: null, team: null, valid_from: null, valid_until: null, time_zone: null, language: null, phone: null }
  assert.deepEqual(accounts, [
    {
      username: 'ana',
      full_name: 'Ana Souza',
      email: 'ana@example.com',
      profile: 'Agent',
      team: 'North',
      valid_from: '2026-01-01',
      valid_until: '2026-12-31',
      time_zone: 'America/Montevideo',
      language: 'es',
      phone: '1001',
    },
    { ...nothing, username: 'ben', full_name: 'Ortiz, Ben', profile: 'Agent' },
  ])
  const report = (await browser.get(`/api/imports/${done.id}/report`)).body
  assert.deepEqual(report.split('\r\n').slice(0, 4), [
    '\ufeffRow,Username,Full Name,Result,Reasons',
    '2,ana,Ana Souza,created,',
    '3,ben,"Ortiz, Ben",created,',
    '4,no good,,refused,"Username ""no good"": It holds a character that a username cannot have, such as a space."',
  ])
  const without = await call<{ accountIds: string[]; total: number }>(
    browser,
    'GET',
    `/api/imports/${done.id}/accounts?without=email`,
  )
  assert.equal(without.total, 1)
  const events = await system.sql(
    "select event, detail ->> 'created' as created, detail ->> 'create' as planned from audit_event where event like 'import%' order by id",
  )
  assert.deepEqual(events, [
    { event: 'import_started', created: null, planned: '2' },
    { event: 'import_finished', created: '2', planned: null },
  ])
  const created = await system.sql("select from audit_event where event = 'account_created' and detail ->> 'importId' = $1", [
    done.id,
  ])
  assert.equal(created.length, 2)
  assert.equal((await system.sql('select from import_row where cells is not null and outcome is not null')).length, 0)
})

test('columns with other names wait until somebody says what they hold', async (t) => {
  const { browser } = await startFloor(t)
  const waiting = await upload(browser, 'Legajo;Quién\n7;Ana\n8;Ben\n')
  assert.equal(waiting.state, 'mapping')
  const known = await upload(browser, 'Nombre de usuario;Nombre completo;Legajo\nana;Ana;7\n')
  assert.deepEqual([known.state, known.columns.map(({ field }) => field)], ['mapping', ['username', 'fullName', null]])
  await call(browser, 'POST', `/api/imports/${known.id}/run`, {}, 409)
  const url = `/api/imports/${waiting.id}`
  const choice = { mapping: ['username', 'fullName'], hasHeader: true, onExisting: 'skip' }
  await call(browser, 'PUT', url, { ...choice, mapping: ['username', null] }, 422)
  await call(browser, 'PUT', url, { ...choice, mapping: ['username', 'username'] }, 422)
  const checked = await call<Details>(browser, 'PUT', url, choice)
  assert.deepEqual([checked.state, checked.rows, checked.verdicts.create], ['checked', 2, 2])
  const all = await call<Details>(browser, 'PUT', url, { ...choice, hasHeader: false })
  assert.deepEqual([all.rows, all.verdicts.create], [3, 3], 'the first row can be a person too')
})

test('a file without a header, in uContact’s order, is taken as it is', async (t) => {
  const { browser } = await startFloor(t)
  const checked = await upload(browser, 'ana\tAna Souza\tana@example.com\tAgent\t\t31/01/2027\n', 'people.txt')
  assert.deepEqual([checked.state, checked.hasHeader, checked.verdicts.create], ['checked', false, 1])
})

test('fault-F15 names that are twice in the file, or look alike, are refused on both sides', async (t) => {
  const { browser } = await startFloor(t)
  const file = 'Username,Full Name\nana,Ana\nANA,Ana\nagent1,Uno\nagentl,Ele\nben,Ben\n ana ,Ana\nаса,Cyrillic\n'
  const checked = await upload(browser, file)
  const said = (await rowsOf(browser, checked)).map(({ row, verdict, problems }) => [
    row,
    verdict,
    ...problems.map(({ code, otherRow }) => `${code} ${otherRow ?? ''}`),
  ])
  assert.deepEqual(said, [
    [2, 'refused', 'twice_in_file 3'],
    [3, 'refused', 'twice_in_file 2'],
    [4, 'refused', 'look_alike_in_file 5'],
    [5, 'refused', 'look_alike_in_file 4'],
    [6, 'create'],
    [7, 'refused', 'twice_in_file 2'],
    [8, 'refused', 'username_look_alike '],
  ])
})

test('usernames that exist are skipped, changed or refused, as was decided, and undo gives the former values back', async (t) => {
  const { system, browser, boss } = await startFloor(t)
  await system.addAccount({ username: 'ana', fullName: 'Ana Souza' })
  await system.sql("update account set email = 'old@example.com', phone = '1' where username = 'ana'")
  const file = 'Username,Full Name,Email,Phone\nANA,Ana Díaz,new@example.com,\nben,Ben,,\nboss,Ana Souza,,\n'
  const checked = await upload(browser, file)
  assert.deepEqual(checked.verdicts, { create: 1, change: 0, skip: 2, refused: 0 })
  const choose = (onExisting: string) =>
    call<Details>(browser, 'PUT', `/api/imports/${checked.id}`, {
      mapping: ['username', 'fullName', 'email', 'phone'],
      hasHeader: true,
      onExisting,
    })
  assert.deepEqual((await choose('refuse')).verdicts, { create: 1, change: 0, skip: 0, refused: 2 })
  assert.deepEqual((await choose('update')).verdicts, { create: 1, change: 1, skip: 1, refused: 0 })
  const done = await run(browser, checked)
  assert.deepEqual(done.outcomes, { created: 1, changed: 1, skipped: 1, refused: 0 })
  const ana = () => system.sql("select username, full_name, email, phone from account where username = 'ana'")
  assert.deepEqual(await ana(), [{ username: 'ana', full_name: 'Ana Díaz', email: 'new@example.com', phone: '1' }])

  await system.sql("update account set email = 'newest@example.com' where username = 'ana'")
  await call(browser, 'POST', `/api/imports/${checked.id}/undo`, {}, 204)
  await call(browser, 'POST', `/api/imports/${checked.id}/undo`, {}, 409)
  assert.deepEqual(
    await ana(),
    [{ username: 'ana', full_name: 'Ana Souza', email: 'newest@example.com', phone: '1' }],
    'what somebody has changed since stays',
  )
  assert.equal((await system.sql("select from account where username = 'ben'")).length, 0)
  const [undone] = await system.sql<{ detail: Record<string, unknown>; actor_account_id: string }>(
    "select detail, actor_account_id from audit_event where event = 'import_undone'",
  )
  assert.equal(undone!.actor_account_id, boss.id)
  assert.deepEqual([undone!.detail.removed, undone!.detail.restored], [1, 1])
})

test('asvs-8.2.1 asvs-8.2.2 an importer gives no profile with a permission that they lack, and reaches the own teams only', async (t) => {
  const { system, north, south } = await startFloor(t)
  const importer = await addImporter(system, north.id, ['accounts.view', 'accounts.import', 'accounts.update'])
  const [mine, other, chief] = [
    await system.addAccount({ username: 'mine' }),
    await system.addAccount({ username: 'other' }),
    await system.addAccount({ username: 'chief', profile: 'Administrator' }),
  ]
  for (const [account, team] of [
    [mine, north],
    [other, south],
    [chief, north],
  ] as const)
    await system.sql('update account set team_id = $1 where id = $2', [team.id, account.id])
  const checked = await upload(
    importer,
    'Username,Full Name,Profile,Team\na1,A,Administrator,North\na2,A,Supervisor,North\na3,A,,South\na4,A,,\na5,A,,North\nmine,Changed,,\nother,Changed,,\nchief,Changed,,\nimporter,Changed,Agent,\n',
  )
  const choice = { mapping: ['username', 'fullName', 'profile', 'team'], hasHeader: true, onExisting: 'update' }
  await call(importer, 'PUT', `/api/imports/${checked.id}`, choice)
  const said = (await rowsOf(importer, checked)).map(({ username, verdict, problems }) => [
    username,
    verdict,
    ...problems.map(({ code }) => code),
  ])
  const expected = [
    ['a1', 'refused', 'beyond_your_permissions'],
    ['a2', 'refused', 'beyond_your_permissions'],
    ['a3', 'refused', 'team_unknown'],
    ['a4', 'refused', 'required'],
    ['a5', 'create'],
    ['mine', 'change'],
    ['other', 'refused', 'username_taken'],
    ['chief', 'refused', 'beyond_your_permissions'],
    ['importer', 'refused', 'username_taken'],
  ]
  assert.deepEqual(said, expected)
  const done = await run(importer, checked)
  assert.deepEqual(done.outcomes, { created: 1, changed: 1, skipped: 0, refused: 7 })

  // Only the own imports are seen, but by who reaches every team.
  const second = await addImporter(system, north.id, ['accounts.import'], 'second')
  await call(second, 'GET', `/api/imports/${checked.id}`, undefined, 404)
  await call(second, 'POST', `/api/imports/${checked.id}/undo`, {}, 404)
  const own = await upload(second, 'Username,Full Name,Team\nmine,Changed again,North\n')
  const update = { mapping: ['username', 'fullName', 'team'], hasHeader: true, onExisting: 'update' }
  await call(second, 'PUT', `/api/imports/${own.id}`, update, 403)

  const plain = await loggedIn(system, await system.addAccount({ username: 'plain' }))
  for (const [method, url] of [
    ['GET', '/api/imports'],
    ['POST', '/api/imports'],
    ['GET', `/api/imports/${checked.id}/report`],
  ] as const)
    await call(plain, method, url, {}, 403)
})

test('asvs-8.3.2 what an importer may do is judged again at the run: who has lost a permission gives it to nobody', async (t) => {
  const { system, north } = await startFloor(t)
  const importer = await addImporter(system, north.id, [
    'accounts.import',
    'accounts.view',
    'accounts.new-password',
    'teams.view',
    'sessions.view',
    'sessions.end',
    'requests.answer',
  ])
  const first = await upload(importer, 'Username,Full Name,Profile,Team\na1,A,Supervisor,North\n')
  const second = await upload(importer, 'Username,Full Name,Profile,Team\na2,A,,North\n')
  assert.equal(first.verdicts.create, 1)
  await system.sql("update profile set permissions = '{accounts.import}' where name = 'Profile of importer'")
  assert.deepEqual((await run(importer, first)).outcomes, { created: 0, changed: 0, skipped: 0, refused: 1 })
  assert.deepEqual(
    (await rowsOf(importer, first))[0]!.problems.map(({ code }) => code),
    ['beyond_your_permissions'],
  )
  // Started, and then the permission goes before a node gets to it.
  await system.sql("update import set state = 'running', run_by = created_by, started_at = now() where id = $1", [second.id])
  await system.sql("update profile set permissions = '{}' where name = 'Profile of importer'")
  await runImport({ database: system.database, keys: system.keys, hashQueue: openHashQueue(2, 10) }, system.main, second.id)
  const [failed] = await system.sql('select state, fail_reason from import where id = $1', [second.id])
  assert.deepEqual(failed, { state: 'failed', fail_reason: 'not_permitted' })
  assert.equal((await system.sql("select from account where username = 'a2'")).length, 0)
})

test('the last Administrator keeps the profile: that one row is refused and the others are done', async (t) => {
  const { system, browser, boss } = await startFloor(t)
  const second = await system.addAccount({ username: 'second', profile: 'Administrator' })
  const checked = await upload(browser, 'Username,Full Name,Profile\na1,A,\nsecond,Second,Agent\nadmin,Admin,Agent\na2,A,\n')
  const choice = { mapping: ['username', 'fullName', 'profile'], hasHeader: true, onExisting: 'update' }
  await call(browser, 'PUT', `/api/imports/${checked.id}`, choice)
  await call(browser, 'POST', `/api/imports/${checked.id}/run`, {}, 202)
  assert.deepEqual((await ended(browser, checked.id)).outcomes, { created: 2, changed: 2, skipped: 0, refused: 0 })
  // Now the importer is the last one, and cannot be changed by an import of somebody else who has everything but the profile.
  const all = (await system.sql<{ permissions: string[] }>("select permissions from profile where name = 'Administrator'"))[0]!
    .permissions
  await system.sql('insert into profile (instance_id, name, permissions) values ($1, $2, $3)', [system.main.id, 'Chief', all])
  await system.sql("update account set profile_id = (select id from profile where name = 'Chief') where id = $1", [second.id])
  const chief = await loggedIn(system, second)
  const last = await upload(chief, 'Username,Full Name,Profile\na3,A,\nboss,Boss,Agent\na4,A,\n')
  await call(chief, 'PUT', `/api/imports/${last.id}`, choice)
  assert.deepEqual((await run(chief, last)).outcomes, { created: 2, changed: 0, skipped: 0, refused: 1 })
  assert.deepEqual(
    (await rowsOf(chief, last, 'outcome=refused'))[0]!.problems.map(({ code }) => code),
    ['last_administrator'],
  )
  assert.equal((await system.sql('select from account where id = $1 and profile_id <> $2', [boss.id, second.id])).length, 1)
})

test('asvs-6.4.1 nist-3.1.1 a given password opens only the choice of another, and is nowhere in clear', async (t) => {
  const { system, browser } = await startFloor(t)
  const given = 'Bienvenida 2026 al equipo'
  const file = `Username,Full Name,Password\nana,Ana,${given}\nben,Ben,short\ncarla,Carla,password123\ndora1234,Dora,dora1234\n`
  const checked = await upload(browser, file)
  assert.deepEqual(
    (await rowsOf(browser, checked, 'verdict=refused')).map(({ problems }) => problems.map(({ code, value }) => code + value)),
    [['password_too_short'], ['password_common'], ['password_is_username']],
  )
  const everything = async () =>
    JSON.stringify([
      await system.sql('select * from import'),
      await system.sql("select encode(cells, 'escape') as c, fields, problems from import_row"),
      await system.sql('select detail from audit_event'),
      await system.sql('select * from password'),
    ])
  assert.ok(!(await everything()).includes('Bienvenida'), 'not while it waits')
  assert.equal((await run(browser, checked)).outcomes.created, 1)
  assert.ok(!(await everything()).includes('Bienvenida'))
  assert.ok(!system.logged().includes('Bienvenida'))

  const person = system.browser()
  assert.equal((await person.logIn('ana', given)).location, '/choose-password')
  const again = await person.post('/choose-password', { newPassword: given, newPasswordAgain: given })
  assert.equal(again.status, 422, 'the given one is not kept')
  const chosen = 'seven lamps burn in the attic'
  assert.equal((await person.post('/choose-password', { newPassword: chosen, newPasswordAgain: chosen })).location, '/home')
  assert.equal((await system.browser().logIn('ana', given)).status, 401)
  const [state] = await system.sql(
    "select must_change_by from password where account_id = (select id from account where username = 'ana')",
  )
  assert.equal(state!.must_change_by, null)
})

test('a given password expires like any initial one', async (t) => {
  const { system, browser } = await startFloor(t)
  const given = 'Bienvenida 2026 al equipo'
  await run(browser, await upload(browser, `Username,Full Name,Password\nana,Ana,${given}\n`))
  await system.sql("update password set must_change_by = now() - interval '1 second' where must_change_by is not null")
  const answer = await system.browser().logIn('ana', given)
  assert.equal(answer.location, undefined)
  assert.equal((await system.sql("select from audit_event where detail ->> 'reason' = 'initial_password_expired'")).length, 1)
})

test('a file that cannot be read leaves nothing behind', async (t) => {
  const { system, browser } = await startFloor(t)
  for (const [file, code] of [
    [Buffer.from('89504e470d0a1a0a00', 'hex'), 'sheet_format_unknown'],
    [Buffer.from('a,b\n'.repeat(100_002)), 'sheet_too_many_rows'],
    [Buffer.from(''), 'sheet_empty'],
  ] as const)
    assert.equal(((await upload(browser, file, 'x', 422)) as unknown as { code: string }).code, code)
  assert.equal((await system.sql('select from import')).length, 0)
  assert.equal((await system.sql('select from import_row')).length, 0)
})

test('asvs-8.4.1 cve-C14 an import of one instance is nothing to another', async (t) => {
  const { system, browser } = await startFloor(t)
  const { instance: acme } = await system.addInstance('acme', 'acme.example.com')
  const stranger = await loggedIn(
    system,
    await system.addAccount({ username: 'boss', profile: 'Administrator' }, acme),
    0,
    'acme.example.com',
  )
  const checked = await upload(browser, 'Username,Full Name\nana,Ana\n')
  for (const path of ['', '/rows', '/report', '/accounts'])
    await call(stranger, 'GET', `/api/imports/${checked.id}${path}`, undefined, 404)
  for (const path of ['/run', '/undo']) await call(stranger, 'POST', `/api/imports/${checked.id}${path}`, {}, 404)
  assert.deepEqual(await call(stranger, 'GET', '/api/imports'), { imports: [] })
  // The same usernames at both.
  await run(stranger, await upload(stranger, 'Username,Full Name\nana,Ana of acme\n'))
  assert.equal((await run(browser, checked)).outcomes.created, 1)
  assert.equal((await system.sql("select from account where username = 'ana'")).length, 2)
})
