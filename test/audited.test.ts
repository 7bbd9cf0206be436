// What people do to accounts, credentials, profiles, teams and rules stands in the audit, and was written there by the very transaction
// that did it: never before, never after, never without. On every path that writes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rules } from '../contracts/rules.ts'
import { lockAccount } from '../server/directory/accounts/accounts.ts'
import { makeRecoveryLink } from '../server/recovery/recovery.ts'
import { namesOf } from '../server/rules/rules.ts'
import { call, run, upload } from './import-floor.ts'
import { goodPassword, type TestSystem } from './nodes.ts'
import { startMatrix } from './permission-matrix.ts'
import { openLink } from './recovery.ts'
import { writePaths } from './write-paths.ts'

/** The tables that say who may do what. Signs of life, counts and what waits to be sent are no acts of anybody. */
const tables = ['account', 'password', 'profile', 'team', 'team_supervisor', 'rules', 'import']
const next = 'seven lamps burn in the attic'

/** Remembers, by table and key, which transaction wrote each row. */
async function written(system: TestSystem): Promise<Map<string, string>> {
  const rows = new Map<string, string>()
  for (const table of tables) {
    const keys = await system.sql<{ columns: string }>(
      `select string_agg(format('t.%I', a.attname), ' || ' order by a.attnum) as columns from pg_index i
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey) where i.indrelid = $1::regclass and i.indisprimary`,
      [table],
    )
    const columns = keys[0]!.columns.replaceAll(' || ', "::text || ' ' || ")
    for (const { key, by } of await system.sql<{ key: string; by: string }>(
      `select '${table} ' || ${columns}::text as key, t.xmin::text as by from ${table} t`,
    ))
      rows.set(key, by)
  }
  return rows
}

/** Does something, and holds that each transaction that wrote one of the tables has a row of its own in the audit. */
async function assertAudited(system: TestSystem, what: string, act: () => Promise<unknown>, more: readonly string[] = []) {
  const before = await written(system)
  const [{ last }] = (await system.sql<{ last: string }>('select coalesce(max(id), 0) as last from audit_event')) as [
    { last: string },
  ]
  await act()
  const after = await written(system)
  const audited = await system.sql<{ by: string; event: string; address: string | null; actor: string | null }>(
    'select xmin::text as by, event, host(address) as address, actor_account_id as actor from audit_event where id > $1',
    [last],
  )
  const by = new Set(audited.map((row) => row.by))
  const changed = [...after].filter(([key, xid]) => before.get(key) !== xid)
  const gone = [...before.keys()].filter((key) => !after.has(key))
  assert.ok(changed.length + gone.length > 0, `${what}: nothing was done`)
  for (const [key, xid] of changed) assert.ok(by.has(xid), `${what}: ${key} was written by a transaction that recorded nothing`)
  if (gone.length > 0)
    assert.ok(
      audited.some(({ event }) => /removed|changed/.test(event)),
      `${what}: ${gone}`,
    )
  for (const event of more)
    assert.ok(
      audited.some((row) => row.event === event),
      `${what}: no ${event}`,
    )
  return audited
}

/** What a path of the API leaves in the audit. */
const events: Record<string, string> = {
  'POST /api/accounts': 'account_created',
  'PUT /api/accounts/:id': 'account_changed',
  'POST /api/accounts/enable': 'account_enabled',
  'POST /api/accounts/disable': 'account_disabled',
  'POST /api/accounts/remove': 'account_removed',
  'POST /api/accounts/slips': 'initial_password_made',
  'POST /api/accounts/:id/extend-validity': 'account_changed',
  'POST /api/accounts/:id/code-sheet': 'code_sheet_made',
  'POST /api/accounts/:id/reset-factors': 'factors_reset',
  'POST /api/accounts/assign-team': 'account_changed',
  'POST /api/accounts/assign-profile': 'account_changed',
  'POST /api/profiles': 'profile_created',
  'PUT /api/profiles/:id': 'profile_changed',
  'DELETE /api/profiles/:id': 'profile_removed',
  'POST /api/teams': 'team_created',
  'PUT /api/teams/:id': 'team_changed',
  'DELETE /api/teams/:id': 'team_removed',
}
/** These write none of the tables: a count, a session, a message. Their own tests look into the audit. */
const others = [
  'POST /api/accounts/:id/unlock',
  'POST /api/sessions/end',
  'POST /api/accounts/messages',
  'POST /api/messages/:id/retry',
  'PUT /api/factor-rules/:id',
]

test('asvs-16.2.1 every path of the API that writes is known to leave something in the audit', () => {
  assert.deepEqual([...Object.keys(events), ...others].sort(), [...new Set(writePaths.map(({ route }) => route))].sort())
})

test('asvs-16.2.1 what is done by the API is recorded in the transaction that does it, with who did it and from where', async (t) => {
  const { system, actor, target, send } = await startMatrix(t)
  for (const path of writePaths.filter(({ route, says }) => route in events && says === undefined)) {
    const it = await target({ has: [] })
    // Nobody does this to the own account.
    if (path.url?.(it).endsWith(it.self.id)) continue
    const audited = await assertAudited(system, path.route, () => send(path, it), [events[path.route]!])
    for (const row of audited) {
      assert.equal(row.actor, actor.id, `${path.route}: ${row.event}`)
      assert.equal(row.address, '127.0.0.1', `${path.route}: ${row.event}`)
    }
  }
})

test('asvs-16.2.1 a password that somebody sets is recorded in the transaction that sets it', async (t) => {
  const { system } = await startMatrix(t)
  const fresh = await system.addAccount({ password: 'initial' })
  const browser = system.browser()
  await browser.logIn(fresh.username, fresh.password)
  await browser.get('/choose-password')
  const fields = { newPassword: goodPassword, newPasswordAgain: goodPassword }
  await assertAudited(system, 'a choice', () => browser.post('/choose-password', fields), ['password_chosen', 'login'])
  await browser.get('/change-password')
  const change = { currentPassword: goodPassword, newPassword: next, newPasswordAgain: next }
  await assertAudited(system, 'a change', () => browser.post('/change-password', change), ['password_changed'])
  await system.sql("update account set email = 'somebody@example.com' where id = $1", [fresh.id])
  const { token } = await system.database.in(system.main, async (tx) => makeRecoveryLink(tx, (await lockAccount(tx, fresh.id))!))
  const other = system.browser()
  await openLink(other, `/recover?token=${token}`)
  const reset = () => other.post('/recover', { newPassword: goodPassword, newPasswordAgain: goodPassword })
  await assertAudited(system, 'a reset', reset, ['password_reset', 'session_ended'])
})

test('asvs-16.2.1 what an import does, and its way back, is recorded in the transactions that do it', async (t) => {
  const { system, browser } = await startMatrix(t)
  const checked = await upload(browser, 'Username,Full Name,Profile\nimported,Somebody,Agent\n')
  await system.sql('update import set state = state where id = $1', [checked.id])
  const started = await assertAudited(system, 'a run', () => run(browser, checked), [
    'import_started',
    'account_created',
    'import_finished',
  ])
  assert.ok(started.length >= 3)
  await assertAudited(system, 'its way back', () => call(browser, 'POST', `/api/imports/${checked.id}/undo`, {}), [
    'import_undone',
    'account_removed',
  ])
})

test('asvs-16.2.1 the rules are changed in the transaction that records it, and so is a wish for new passwords', async (t) => {
  const { system, browser } = await startMatrix(t)
  const { version, values } = await call<{ version: number; values: Rules }>(browser, 'GET', '/api/rules')
  const sessions = { ...Object.fromEntries(namesOf('sessions').map((name) => [name, values[name]])), idleMinutes: 45 }
  const change = { area: 'sessions', version, values: sessions, reasons: {} }
  await assertAudited(system, 'rules', () => browser.sendJson('PUT', '/api/rules', change), ['rules_changed'])
  const ask = () => browser.sendJson('POST', '/api/rules/expire-passwords')
  await assertAudited(system, 'new passwords', ask, ['passwords_expired'])
})

test('asvs-16.2.1 who takes lists away is recorded', async (t) => {
  const { system, browser } = await startMatrix(t)
  for (const [url, event] of [
    ['/api/accounts/export', 'accounts_exported'],
    ['/api/audit/export', 'audit_exported'],
  ] as const) {
    assert.equal((await browser.sendJson('POST', url, { format: 'csv' })).status, 200)
    assert.equal((await system.sql('select from audit_event where event = $1', [event])).length, 1, event)
  }
})
