import assert from 'node:assert/strict'
import { test } from 'node:test'
import { demand, giveSheet, loggedInWith, typeCode, upToFactor } from '../../test/factors.ts'
import { startNodes } from '../../test/nodes.ts'
import { commands } from './commands.ts'

test('the command line mends a lost second factor, also of the last Administrator', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount({ profile: 'Administrator' })
  const context = { system: { database: system.database, keys: system.keys }, config: { publicUrl: new URL('http://localhost:8080') } } as never
  const run = async (words: string, values: string[] = [username]) => {
    const { json } = await commands.find((command) => command.words === words)!.run(context, values, { instance: 'main' })
    return json as Record<string, unknown>
  }
  assert.deepEqual(await run('account reset-factors'), { instance: 'main', username, reset: 0 })
  const old = await giveSheet(system, id)
  const { codes } = (await run('account code-sheet')) as { codes: string[] }
  const browser = await upToFactor(system, { id, username, password })
  assert.equal((await typeCode(browser, 'code_sheet', old[0]!)).status, 401)
  assert.equal((await typeCode(browser, 'code_sheet', codes[0]!)).location, '/home')
  assert.equal((await run('account reset-factors')).reset, 1)
  const { initialPassword } = (await run('account new-password')) as { initialPassword: string }
  const person = system.browser()
  assert.equal((await person.logIn(username, initialPassword)).location, '/enrolment')
  assert.match((await person.get('/enrolment')).body, /enrolment\/begin/)
  await assert.rejects(run('account reset-factors', ['nobody']), /nobody/)
})

test('asvs-6.3.3 the compliance report says whose profile goes by the password alone, and what the last logins were worth', async (t) => {
  const system = await startNodes(t)
  const context = { system: { database: system.database, keys: system.keys }, config: {} } as never
  const report = async () =>
    (await commands.find(({ words }) => words === 'compliance-report')!.run(context, [], { instance: 'main' })).json as {
      factorFindings: { clauses: string[]; kept: boolean; deviations: { profile: string }[] }[]
      lastLogins: object
    }
  const two = await system.addAccount()
  const codes = await giveSheet(system, two.id)
  await loggedInWith(system, two, 'code_sheet', codes[0]!)
  const one = await system.addAccount()
  await system.browser().logIn(one.username, one.password)
  const { factorFindings, lastLogins } = await report()
  assert.deepEqual(lastLogins, { twoFactors: 1, vouched: 0, passwordAlone: 1, never: 1 })
  const everybody = factorFindings.find(({ clauses }) => clauses.includes('ASVS 5.0, 6.3.3'))!
  assert.deepEqual([everybody.kept, everybody.deviations.length], [false, 3])
  for (const profile of ['Administrator', 'Supervisor']) await demand(system, profile, 'required')
  await demand(system, 'Agent', 'required', { required_from: '2999-01-01T00:00:00Z' })
  const later = (await report()).factorFindings.find(({ clauses }) => clauses.includes('ASVS 5.0, 6.3.3'))!
  assert.deepEqual(
    later.deviations.map(({ profile }) => profile),
    ['Agent'],
  )
  await demand(system, 'Agent', 'required', { required_from: '2020-01-01T00:00:00Z' })
  assert.ok((await report()).factorFindings.find(({ clauses }) => clauses.includes('ASVS 5.0, 6.3.3'))!.kept)
})
