import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Body, fields, get, loggedIn, startFloor } from '../../../test/floor.ts'
import { goodPassword } from '../../../test/nodes.ts'

test('an account without email is created with a slip, and its person logs in with it', async (t) => {
  const { system, admin, profiles } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  const created = await browser.sendJson('POST', '/api/accounts', {
    username: ' carla ',
    enabled: true,
    credentials: 'slip',
    ...fields(profiles.Agent, {
      phone: ' +598 2 123 ',
      timeZone: 'America/Montevideo',
      loginHours: { mon: [['00:00', '24:00']] },
    }),
  })
  assert.equal(created.status, 201, created.body)
  const { id, slip } = JSON.parse(created.body)
  assert.equal(slip.username, 'carla')
  const account = await get(browser, `/api/accounts/${id}`)
  assert.equal(account.state, 'initial_password')
  assert.equal(account.phone, '+598 2 123')
  assert.deepEqual(account.loginHours, { mon: [['00:00', '24:00']] })
  await system.sql('update account set login_hours = null where id = $1', [id])

  const again = await browser.sendJson('POST', '/api/accounts/slips', { accountIds: [id] })
  const [second] = JSON.parse(again.body).slips
  assert.equal((await system.browser().logIn('carla', slip.initialPassword)).status, 401, 'the second slip voids the first')
  assert.equal((await system.browser().logIn('Carla', second.initialPassword)).location, '/choose-password')
  assert.ok(!system.logged().includes(slip.initialPassword) && !system.logged().includes(second.initialPassword))
})

test('every field that cannot be taken is named at once, and nothing is created', async (t) => {
  const { system, admin, profiles } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  const answer = await browser.sendJson('POST', '/api/accounts', {
    username: 'a b',
    enabled: true,
    credentials: 'none',
    ...fields(profiles.Agent, {
      fullName: ' ',
      email: 'nobody',
      phone: 'call me',
      language: 'xx',
      timeZone: '+05:00',
      validFrom: '2026-02-30',
      validUntil: '2026-13-01',
      loginHours: { mon: [['18:00', '08:00']] },
      teamId: crypto.randomUUID(),
    }),
  })
  assert.equal(answer.status, 422)
  assert.deepEqual(
    JSON.parse(answer.body).faults.map(({ field, code }: { field: string; code: string }) => `${field} ${code}`),
    [
      'username username_character',
      'fullName required',
      'email not_an_email',
      'phone not_a_phone',
      'language not_a_language',
      'timeZone not_a_time_zone',
      'validFrom not_a_day',
      'validUntil not_a_day',
      'loginHours not_login_hours',
      'teamId team_unknown',
    ],
  )
  const taken = await browser.sendJson('POST', '/api/accounts', {
    username: 'ＡＮＡ',
    enabled: true,
    credentials: 'none',
    ...fields(profiles.Agent),
  })
  assert.deepEqual(JSON.parse(taken.body).faults, [{ field: 'username', code: 'username_taken' }])
  assert.equal((await get<{ total: number }>(browser, '/api/accounts')).total, 5)
})

test('asvs-8.2.3 a supervisor sees and acts on the accounts of the own teams only; others might as well not exist', async (t) => {
  const { system, supervisor, ana, ben, admin } = await startFloor(t)
  const browser = await loggedIn(system, supervisor)
  const { accounts, total } = await get<{ accounts: { username: string }[]; total: number }>(browser, '/api/accounts?search=')
  assert.deepEqual([accounts.map(({ username }) => username), total], [['ana'], 1])
  assert.equal((await browser.get(`/api/accounts/${ben.id}`)).status, 404)
  const made = await browser.sendJson('POST', '/api/accounts/slips', {
    accountIds: [ana.id, ben.id, admin.id, crypto.randomUUID()],
  })
  const { slips, refused } = JSON.parse(made.body)
  assert.equal(slips.length, 1)
  assert.deepEqual(
    refused.map(({ code }: { code: string }) => code),
    ['account_not_found', 'account_not_found', 'account_not_found'],
  )
  assert.equal((await browser.sendJson('POST', '/api/accounts/disable', { accountIds: [ana.id], reason: '' })).status, 403)
})

test('cve-C20 nobody acts on an account that has a permission they lack, although it is in their own team', async (t) => {
  const { system, supervisor, admin, north } = await startFloor(t)
  await system.sql('update account set team_id = $1 where id = $2', [north.id, admin.id])
  const browser = await loggedIn(system, supervisor)
  const made = await browser.sendJson('POST', '/api/accounts/slips', { accountIds: [admin.id] })
  assert.deepEqual(JSON.parse(made.body), { slips: [], refused: [{ accountId: admin.id, code: 'beyond_your_permissions' }] })
})

test('the list searches in username, name and address without regard to case and accents, and knows no wildcards', async (t) => {
  const { system, admin } = await startFloor(t)
  await system.addAccount({ username: 'jnunez', fullName: 'Joaquín Núñez' })
  const browser = await loggedIn(system, admin)
  const found = async (search: string) =>
    (await get<{ accounts: { username: string }[] }>(browser, `/api/accounts?search=${encodeURIComponent(search)}`)).accounts.map(
      ({ username }) => username,
    )
  assert.deepEqual(await found('nunez joaquin'), ['jnunez'])
  assert.deepEqual(await found('NÚÑEZ'), ['jnunez'])
  assert.deepEqual(await found('JNU'), ['jnunez'])
  for (const nobody of ['%', '_', '\\', 'jnunez ana']) assert.deepEqual(await found(nobody), [], nobody)
})

test('asvs-7.4.2 disabling ends the session at once, and its person learns why', async (t) => {
  const { system, admin, ana } = await startFloor(t)
  const person = await loggedIn(system, ana)
  const browser = await loggedIn(system, admin)
  const done = await browser.sendJson('POST', '/api/accounts/disable', { accountIds: [ana.id], reason: 'left' })
  assert.deepEqual(JSON.parse(done.body), { done: 1, refused: [] })
  const refused = await person.get('/api/session')
  assert.equal(refused.status, 401)
  assert.equal(JSON.parse(refused.body).values.reason, 'account_disabled')
  assert.match(
    JSON.parse(refused.body).values.text,
    /^You were logged out because your account was disabled\. That was on .+ UTC\.$/,
  )
  assert.equal((await get(browser, `/api/accounts/${ana.id}`)).disabledReason, 'left')
  await browser.sendJson('POST', '/api/accounts/enable', { accountIds: [ana.id] })
  assert.equal((await system.browser().logIn('ana', goodPassword)).location, '/home')
})

test('of two who change the same account the second hears of the first', async (t) => {
  const { system, admin, ana, profiles } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  const { version } = await get<{ version: number }>(browser, `/api/accounts/${ana.id}`)
  const change = (fullName: string) =>
    browser.sendJson('PUT', `/api/accounts/${ana.id}`, { ...fields(profiles.Agent, { fullName }), version })
  const answers = await system.race('account', [() => change('One'), () => change('Two')])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409])
  const [event] = await system.sql<{ detail: { changes: Body } }>(
    "select detail from audit_event where event = 'account_changed'",
  )
  assert.deepEqual(Object.keys(event!.detail.changes).sort(), ['fullName', 'teamId'])
})

test('at every moment an Administrator can log in: dates and hours count as disabling does, on every path', async (t) => {
  const { system, admin } = await startFloor(t)
  await system.sql("update account set enabled = false where username = 'admin'")
  const boss = await loggedIn(system, admin)
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const change = async (fields: Record<string, unknown>) => {
    const account = await get<Record<string, unknown> & { profile: { id: string }; team: null; version: number }>(
      boss,
      `/api/accounts/${admin.id}`,
    )
    const { fullName, email, phone, language, timeZone, validFrom, validUntil, loginHours, version, profile } = account
    const said = { fullName, email, phone, language, timeZone, validFrom, validUntil, loginHours, version }
    return boss.sendJson('PUT', `/api/accounts/${admin.id}`, { ...said, profileId: profile.id, teamId: null, ...fields })
  }
  for (const fields of [
    { validUntil: day(-1) },
    { validUntil: day(400) },
    { validFrom: day(3) },
    { loginHours: {} },
    { loginHours: { mon: [['09:00', '17:00']] } },
  ]) {
    const answer = await change(fields)
    assert.equal(answer.status, 409, JSON.stringify(fields))
    assert.equal((JSON.parse(answer.body) as { code: string }).code, 'last_administrator')
  }
  assert.equal((await change({ validFrom: day(-3), fullName: 'Still In' })).status, 204, 'a day that has come keeps nobody out')
  const second = await system.addAccount({ username: 'second', profile: 'Administrator' })
  assert.equal((await change({ validUntil: day(5) })).status, 204, 'another one can always log in')
  await assert.rejects(system.sql("update account set login_hours = '{}' where id = $1", [second.id]), /the last administrator/)
})

test('the last Administrator stays, however many try to remove the others at the same moment', async (t) => {
  const { system, admin } = await startFloor(t, 3)
  const second = await system.addAccount({ username: 'second', profile: 'Administrator' })
  const third = await system.addAccount({ username: 'third', profile: 'Administrator' })
  await system.sql("delete from account where username = 'admin'")
  const people = [admin, second, third]
  const browsers = await Promise.all(people.map((person, node) => loggedIn(system, person, node)))
  const next = (i: number) => people[(i + 1) % people.length]!.id
  // Each removes the next one, all at once: whoever is disabled may not act any more, and one is left in any case.
  await system.race(
    'account',
    browsers.map((browser, i) => () => browser.sendJson('POST', '/api/accounts/disable', { accountIds: [next(i)], reason: '' })),
  )
  const left = await system.sql(
    "select a.id from account a join profile p on p.id = a.profile_id where p.name = 'Administrator' and a.enabled",
  )
  assert.ok(left.length >= 1)
  await assert.rejects(system.sql('update account set enabled = false'), /the last administrator/)
  await assert.rejects(system.sql('delete from account'), /the last administrator/)
})

test('nobody disables, removes or demotes themselves', async (t) => {
  const { system, admin, profiles } = await startFloor(t)
  const browser = await loggedIn(system, admin)
  for (const [path, more] of [
    ['disable', { reason: '' }],
    ['remove', {}],
    ['assign-profile', { profileId: profiles.Agent }],
    ['slips', {}],
  ] as const) {
    const answer = await browser.sendJson('POST', `/api/accounts/${path}`, { accountIds: [admin.id], ...more })
    assert.deepEqual(JSON.parse(answer.body).refused, [{ accountId: admin.id, code: 'own_account' }], path)
  }
  const { version } = await get<{ version: number }>(browser, `/api/accounts/${admin.id}`)
  assert.equal((await browser.sendJson('PUT', `/api/accounts/${admin.id}`, { ...fields(profiles.Agent), version })).status, 409)
})
