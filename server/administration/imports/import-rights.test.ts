// What an importer may do, and what a given password opens.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { addImporter, call, ended, loggedIn, rowsOf, run, startFloor, upload } from '../../../test/import-floor.ts'
import { makeBreachedPasswords, openHashQueue } from '../../authenticators/passwords/passwords.ts'
import { setEnabled } from '../../operator/set-enabled.ts'
import { runImport } from './run-import.ts'

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
    'accounts.unlock',
    'accounts.second-factor',
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

test('asvs-8.3.2 whoever is disabled imports no more: what is not done stays undone', async (t) => {
  const { system, browser, boss } = await startFloor(t)
  const checked = await upload(browser, 'Username,Full Name\na1,A\n')
  await system.sql("update import set state = 'running', run_by = created_by, started_at = now() where id = $1", [checked.id])
  await system.addAccount({ username: 'second', profile: 'Administrator' })
  await setEnabled(system, system.main, boss.username, false, undefined)
  await runImport({ database: system.database, keys: system.keys, hashQueue: openHashQueue(2, 10) }, system.main, checked.id)
  const [failed] = await system.sql('select state, fail_reason from import where id = $1', [checked.id])
  assert.deepEqual(failed, { state: 'failed', fail_reason: 'not_permitted' })
  assert.equal((await system.sql("select from account where username = 'a1'")).length, 0)
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

test('asvs-6.2.12 a given password that has become known in a breach is refused, in the dry run and after other columns are chosen', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-breached-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'words'), 'harvest moon over the mill')
  await makeBreachedPasswords(join(folder, 'words'), join(folder, 'list'))
  const { browser } = await startFloor(t, 1, { BREACHED_PASSWORDS_FILE: join(folder, 'list') })
  const checked = await upload(
    browser,
    'Username,Full Name,Password\r\nana,Ana Souza,harvest moon over the mill\r\nben,Ben Ortiz,harvest moon over the hill\r\n',
  )
  const refused = async () =>
    (await rowsOf(browser, checked, 'verdict=refused')).map(({ row, problems }) => [row, problems.map(({ code }) => code)])
  assert.deepEqual(await refused(), [[2, ['password_breached']]])
  const mapping = ['username', 'fullName', 'password']
  await browser.sendJson('PUT', `/api/imports/${checked.id}`, { mapping, hasHeader: true, onExisting: 'refuse' })
  assert.deepEqual(await refused(), [[2, ['password_breached']]])
})

test('a team and a profile that an import gives do not disappear in the middle of it', async (t) => {
  const { system, north, browser } = await startFloor(t, 2)
  await system.sql("insert into profile (instance_id, name, permissions) values ($1, 'Coach', '{}')", [system.main.id])
  const [coach] = await system.sql<{ id: string }>("select id from profile where name = 'Coach'")
  for (const [column, place, url] of [
    ['Team', 'North', `/api/teams/${north.id}`],
    ['Profile', 'Coach', `/api/profiles/${coach!.id}`],
  ] as const) {
    const details = await upload(browser, `Username,Full Name,${column}\nana.${place},Ana Souza,${place}\n`)
    let removed = 0
    await system.race('account', [
      () => call(browser, 'POST', `/api/imports/${details.id}/run`, {}, 202),
      async () => {
        removed = (await browser.sendJson('DELETE', url, {})).status
      },
    ])
    const { state, outcomes } = await ended(browser, details.id)
    assert.equal(state, 'done')
    // Whoever was first decides, and the other one hears of it.
    assert.deepEqual([removed, outcomes.created], removed === 204 ? [204, 0] : [409, 1])
  }
  assert.ok(!system.logged().includes('violates foreign key'), 'nobody ran into the other')
})
