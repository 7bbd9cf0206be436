import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startNodes } from '../../test/nodes.ts'
import { commands } from './commands.ts'

test('the command line mends each thing that keeps an account out', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  const context = { system: { database: system.database, keys: system.keys } } as never
  const run = (words: string, options: Record<string, string> = {}) =>
    commands.find((command) => command.words === words)!.run(context, [username], { instance: 'main', ...options })
  const logsIn = async () => {
    const browser = system.browser()
    const { status, location } = await browser.logIn(username, password)
    if (location === '/home') {
      await browser.get('/home')
      await browser.post('/log-out')
    }
    return location === '/home' ? true : status
  }
  const ways: [string, string, () => Promise<unknown>][] = [
    ["valid_until = '2020-01-01'", 'its last day', () => run('account change', { 'last-day': 'none' })],
    ["valid_from = '2099-01-01'", 'its first day', () => run('account change', { 'first-day': '2020-01-01' })],
    ["login_hours = '{}'", 'its hours', () => run('account change', { 'login-hours': 'always' })],
    ['enabled = false', 'being disabled', () => run('account enable')],
  ]
  for (const [set, what, mend] of ways) {
    await system.sql(`update account set ${set} where id = $1`, [id])
    assert.notEqual(await logsIn(), true, what)
    await mend()
    assert.equal(await logsIn(), true, what)
  }
  for (let tries = 0; tries < 6; tries += 1) await system.browser().logIn(username, 'wrong')
  assert.equal(await logsIn(), 401)
  await run('account unlock')
  assert.equal(await logsIn(), true)
  await run('account change', { profile: 'Administrator' })
  const [{ name } = { name: '' }] = await system.sql<{ name: string }>(
    'select p.name from account a join profile p on p.id = a.profile_id where a.id = $1',
    [id],
  )
  assert.equal(name, 'Administrator')
  const changes = await system.sql("select id from audit_event where event = 'account_changed' and actor_kind = 'operator'")
  assert.equal(changes.length, 4)

  await assert.rejects(Promise.resolve(run('account change')), /Say what to change/)
  await assert.rejects(Promise.resolve(run('account change', { 'last-day': '2026-02-30' })), /--last-day is a day/)
  await assert.rejects(Promise.resolve(run('account change', { profile: 'Nobody' })), /There is no profile "Nobody"/)
})
