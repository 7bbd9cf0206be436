import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { call, type Details, rowsOf, run, startFloor, upload } from '../../../test/import-floor.ts'

test('a spreadsheet in uContact’s columns becomes accounts, and the report says what became of every row', async (t) => {
  const { system, browser } = await startFloor(t)
  const checked = await upload(
    browser,
    'Username,Full Name,Email,Profile,Valid Date,Expiration Date,Time Zone,Language,Phone,Password,Team\r\n' +
      'ana,Ana Souza,ana@example.com,agent,2026-01-01,31/12/2026,america/montevideo,es,1001,,north\r\n' +
      'ben,"Ortiz, Ben",,,,,,,,,\r\n' +
      'no good,Nobody,,,,,,,,,\r\n' +
      'carla,Carla,nowhere,Chief,never,,Mars/Base,xx,??,,West\r\n',
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
          ['language', 'xx', 'not_a_language'],
          ['email', 'nowhere', 'not_an_email'],
          ['phone', '??', 'not_a_phone'],
          ['profile', 'Chief', 'profile_unknown'],
          ['team', 'West', 'team_unknown'],
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
    '4,no good,Nobody,refused,"Username ""no good"": This contains a character that usernames cannot have, such as a space."',
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
  assert.deepEqual(await system.sql('select row_number from import_row where cells is not null'), [], 'nothing of the file stays')
})

test('columns with other names wait until somebody says what they hold', async (t) => {
  const { browser } = await startFloor(t)
  const waiting = await upload(browser, 'Legajo;Quién\n7;Ana\n8;Ben\n')
  assert.equal(waiting.state, 'mapping')
  const known = await upload(browser, 'Nombre de usuario;Nombre completo;Legajo\nana;Ana;7\n')
  assert.deepEqual([known.state, known.columns.map(({ field }) => field)], ['checked', ['username', 'fullName', null]])
  assert.equal(known.verdicts.create, 1, 'what nobody knows is left out, and the rest is judged at once')
  await call(browser, 'POST', `/api/imports/${waiting.id}/run`, {}, 409)
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

test('asvs-1.2.10 the list is exported as it is filtered, and what was exported can be imported', async (t) => {
  const { system, browser } = await startFloor(t)
  await run(browser, await upload(browser, "Username,Full Name,Phone,Email\n'-ana,'=Ana,+598 99,a@example.com\nben,Ben,,\n"))
  const csv = await browser.sendJson('POST', '/api/accounts/export', { search: 'example.com' })
  assert.equal(csv.status, 200, csv.body)
  const lines = csv.body.split('\r\n')
  assert.equal(lines.length, 3, csv.body)
  assert.equal(lines[1], "'-ana,'=Ana,a@example.com,Agent,,,,,'+598 99,,no_password,")
  const xlsx = await browser.sendJson('POST', '/api/accounts/export', { format: 'xlsx' })
  assert.equal(xlsx.status, 200)
  assert.equal(xlsx.body.slice(0, 2), 'PK')
  const [audited] = await system.sql("select detail from audit_event where event = 'accounts_exported' order by id limit 1")
  assert.deepEqual([audited!.detail.count, audited!.detail.format], [1, 'csv'])
  const again = await upload(browser, csv.body)
  assert.equal(again.state, 'checked', 'State and Last Login are no fields, and left out')
  const mapping = again.columns.map(({ field }) => field)
  const checked = await call<Details>(browser, 'PUT', `/api/imports/${again.id}`, {
    mapping,
    hasHeader: true,
    onExisting: 'update',
  })
  assert.deepEqual(checked.verdicts, { create: 0, change: 0, skip: 1, refused: 0 }, 'it is just as it was')
})

test('who has an address gets a message, in the transaction of the account; who has none, or a given password, gets none', async (t) => {
  const { system, browser } = await startFloor(t)
  const file =
    'Username,Full Name,Email,Password\nana,Ana,ana@example.com,\nben,Ben,,\ncarla,Carla,carla@example.com,Bienvenida 2026 al equipo\n'
  const done = await run(browser, await upload(browser, file))
  assert.equal(done.outcomes.created, 3)
  const waiting = await system.sql('select a.username, m.kind, m.to_address from message m join account a on a.id = m.account_id')
  assert.deepEqual(waiting, [{ username: 'ana', kind: 'initial_password', to_address: 'ana@example.com' }])
  assert.equal((await system.sql("select from pgboss.job where name = 'message'")).length, 1)
  await call(browser, 'POST', `/api/imports/${done.id}/undo`, {}, 204)
  assert.equal((await system.sql('select from message')).length, 0, 'the message goes with its account')
})

test('what the spreadsheet made a date is no username and no phone number, and a merged cell holds for its rows', async (t) => {
  const { system, browser } = await startFloor(t)
  const said = async (name: string) => {
    const checked = await upload(browser, await readFile(new URL(`../../../test/inputs/${name}`, import.meta.url)))
    const rows = await rowsOf(browser, checked)
    return {
      checked,
      said: rows.map(({ row, verdict, problems }) => [
        row,
        verdict,
        ...problems.map(({ column, value, code }) => `${column} ${value} ${code}`),
      ]),
    }
  }
  assert.deepEqual((await said('date-in-phone-and-username.xlsx')).said, [
    [2, 'refused', 'phone 2026-01-02 cell_date'],
    [3, 'refused', 'username 2026-03-01 cell_date'],
  ])
  await system.sql("insert into team (instance_id, name) values ($1, 'Ventas'), ($1, 'Soporte')", [system.main.id])
  const merged = await said('merged-team.xlsx')
  assert.deepEqual(merged.said, [
    [2, 'create'],
    [3, 'create', 'team Ventas cell_merged'],
    [4, 'create', 'team Ventas cell_merged'],
    [5, 'create'],
  ])
  await run(browser, merged.checked)
  const teams = await system.sql("select count(*)::int from account a join team t on t.id = a.team_id where t.name = 'Ventas'")
  assert.deepEqual(teams, [{ count: 3 }])
})
