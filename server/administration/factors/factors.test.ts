// What supervisors and Administrators do with the second factors of others.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultFactorRule } from '../../../contracts/factors.ts'
import { demand, giveSheet, loggedInWith, typeCode, upToFactor } from '../../../test/factors.ts'
import { get, loggedIn, loginChecksOf, startFloor } from '../../../test/floor.ts'

const codeIn = ({ body }: { body: string }) => JSON.parse(body).code as string

test('asvs-6.4.4 a lost sheet is mended at the desk: the new one works, the old one is dead on every node', async (t) => {
  const { system, supervisor, ana } = await startFloor(t, 2)
  const old = await giveSheet(system, ana.id)
  const helper = await loggedIn(system, supervisor)
  type Checks = {
    outcome: string
    checks: { check: string; answer: string; code: string | null; mend: { act: string } | null }[]
  }
  const { outcome, checks } = await loginChecksOf<Checks>(helper, ana.id)
  assert.equal(outcome, 'second_factor')
  assert.deepEqual(checks.find(({ check }) => check === 'second_factor')?.mend, { act: 'second_factor', permitted: true })
  const waiting = await upToFactor(system, ana, 1)
  const answer = await helper.sendJson('POST', `/api/accounts/${ana.id}/code-sheet`)
  assert.equal(answer.status, 200, answer.body)
  const { codes } = JSON.parse(answer.body) as { codes: string[] }
  assert.equal((await typeCode(waiting, 'code_sheet', old[0]!)).status, 401)
  assert.equal((await typeCode(waiting, 'code_sheet', codes[0]!)).location, '/home')
})

test('asvs-7.5.1 a new sheet, a reset and a rule take a proof that is minutes old', async (t) => {
  const { system, admin, ana, profiles } = await startFloor(t)
  await giveSheet(system, ana.id)
  const boss = await loggedIn(system, admin)
  await system.sql("update session set auth_time = now() - interval '5 minutes'")
  const rule = { version: 0, ...defaultFactorRule }
  assert.equal(codeIn(await boss.sendJson('POST', `/api/accounts/${ana.id}/code-sheet`)), 'proof_too_old')
  assert.equal(codeIn(await boss.sendJson('POST', `/api/accounts/${ana.id}/reset-factors`)), 'proof_too_old')
  assert.equal(codeIn(await boss.sendJson('PUT', `/api/factor-rules/${profiles.Agent}`, rule)), 'proof_too_old')
  await system.sql('update session set auth_time = now()')
  assert.equal((await boss.sendJson('POST', `/api/accounts/${ana.id}/reset-factors`)).status, 204)
  assert.equal((await boss.sendJson('PUT', `/api/factor-rules/${profiles.Agent}`, rule)).status, 200)
})

test('a reset ends the session, is told in the person’s browser, and the desk says what is next', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  const codes = await giveSheet(system, ana.id)
  const browser = await loggedInWith(system, ana, 'code_sheet', codes[0]!)
  const helper = await loggedIn(system, supervisor)
  await helper.sendJson('POST', `/api/accounts/${ana.id}/reset-factors`)
  assert.equal((await browser.get('/home')).status, 303)
  const seen = await get<{ factors: { state: string; disabledReason: string }[] }>(helper, `/api/accounts/${ana.id}/factors`)
  assert.deepEqual(
    seen.factors.map(({ state, disabledReason }) => [state, disabledReason]),
    [['disabled', 'reset']],
  )
  assert.equal((await loginChecksOf<{ outcome: string }>(helper, ana.id)).outcome, 'factors_reset')
})

test('code sheets come with the slips of a profile that wants them, as far as whoever makes them may give sheets', async (t) => {
  const { system, supervisor, ana, admin, profiles } = await startFloor(t)
  await demand(system, 'Agent', 'required', { sheet_with_slip: true })
  const helper = await loggedIn(system, supervisor)
  const slipsOf = async () =>
    JSON.parse((await helper.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })).body).slips as {
      initialPassword: string
      codes?: string[]
    }[]
  const [{ initialPassword, codes } = { initialPassword: '', codes: [] }] = await slipsOf()
  assert.equal(codes!.length, 60)
  const browser = system.browser()
  assert.equal((await browser.logIn(ana.username, initialPassword)).location, '/second-factor')
  await browser.get('/second-factor')
  assert.equal((await typeCode(browser, 'code_sheet', codes![0]!)).location, '/choose-password', 'and nothing is enrolled')
  await system.sql("update profile set permissions = array_remove(permissions, 'accounts.second-factor') where id = $1", [
    profiles.Supervisor,
  ])
  assert.equal((await slipsOf())[0]!.codes, undefined)
  const boss = await loggedIn(system, admin)
  const { fields } = await import('../../../test/floor.ts')
  const made = await boss.sendJson('POST', '/api/accounts', {
    username: 'carla',
    enabled: true,
    credentials: 'slip',
    ...fields(profiles.Agent),
  })
  assert.equal(JSON.parse(made.body).slip.codes.length, 60)
})

test('asvs-6.3.3 the rules are changed one at a time, in their ranges, with a reason where no factor is asked for, and the audit has them', async (t) => {
  const { system, admin, ana, profiles } = await startFloor(t)
  const boss = await loggedIn(system, admin)
  const put = (change: Record<string, unknown>, version = 0) =>
    boss.sendJson('PUT', `/api/factor-rules/${profiles.Agent}`, { version, ...defaultFactorRule, ...change })
  for (const [change, fault] of [
    [{ demand: 'off' }, 'reason'],
    [{ graceDays: 91 }, 'graceDays'],
    [{ dailyVouches: 0 }, 'dailyVouches'],
    [{ demand: 'passkey', kinds: ['totp'] }, 'kinds'],
    [{ requiredFrom: 'tomorrow' }, 'requiredFrom'],
  ] as const) {
    const answer = await put(change)
    assert.equal(answer.status, 422, answer.body)
    assert.deepEqual(
      JSON.parse(answer.body).faults.map(({ field }: { field: string }) => field),
      [fault],
    )
  }
  assert.equal((await put({ demand: 'required', requiredFrom: '2030-01-01T00:00:00Z' })).status, 200)
  assert.equal(codeIn(await put({ demand: 'offered' })), 'changed_meanwhile')
  assert.equal((await put({ demand: 'required' }, 1)).status, 200)
  const { rules } = await get<{ rules: { profileId: string; demand: string; withoutFactor: number; version: number }[] }>(
    boss,
    '/api/factor-rules',
  )
  const agents = rules.find(({ profileId }) => profileId === profiles.Agent)!
  assert.deepEqual([agents.demand, agents.withoutFactor, agents.version], ['required', 2, 2])
  const { accounts } = await get<{ accounts: { id: string }[] }>(boss, `/api/factor-rules/${profiles.Agent}/without-factor`)
  assert.ok(accounts.some(({ id }) => id === ana.id))
  const events = await system.sql<{ detail: { changes: object } }>(
    "select detail from audit_event where event = 'factor_rule_changed' order by id",
  )
  assert.deepEqual(Object.keys(events[0]!.detail.changes).sort(), ['demand', 'requiredFrom'])
  assert.equal((await system.browser().logIn(ana.username, ana.password)).location, '/enrolment')
})
