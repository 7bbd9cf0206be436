import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { codeOf, demand, giveSheet, loggedInWith, typeCode, upToFactor } from '../../test/factors.ts'
import { startNodes } from '../../test/nodes.ts'
import { inBase32, newTotpSecret } from '../authenticators/factors/totp.ts'
import { commands } from './commands.ts'

test('the command line mends a lost second factor, also of the last Administrator', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount({ profile: 'Administrator' })
  const context = {
    system: { database: system.database, keys: system.keys },
    config: { publicUrl: new URL('http://localhost:8080') },
  } as never
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

test('the hardware tokens of a file are given to their people, all or none, and their codes log in', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-tokens-'))
  t.after(() => rm(folder, { recursive: true }))
  const run = async (text: string) => {
    const file = join(folder, 'tokens.csv')
    await writeFile(file, text)
    const context = { system: { database: system.database, keys: system.keys } } as never
    return (await commands.find(({ words }) => words === 'account add-tokens')!.run(context, [file], { instance: 'main' })).json
  }
  const secret = newTotpSecret()
  const good = `${account.username.toUpperCase()}, GA-0001 ,${inBase32(secret)},TOTP,6,30`
  const hex = `${account.username},GA-0002,${newTotpSecret().toString('hex')},totp,8,60`
  for (const [line, fault] of [
    [`${account.username},GA-3,ABCD`, 'secret'],
    [`${account.username},GA-3,${inBase32(secret)},HOTP`, 'kind'],
    [`${account.username},GA-3,${inBase32(secret)},TOTP,5`, 'digits'],
    [`${account.username},GA-3,${inBase32(secret)},TOTP,6,45`, 'step'],
    [`${account.username},,${inBase32(secret)}`, 'serial'],
    [account.username, 'columns'],
    [`nobody,GA-3,${inBase32(secret)}`, 'username'],
  ] as const)
    await assert.rejects(run(`${good}\n${line}\n`), new RegExp(`line 2: ${fault}`), fault)
  assert.deepEqual(await system.sql('select id from factor'), [], 'all or none')
  assert.deepEqual(await run(`\ufeffusername,serial,secret,type,digits,step\r\n${good}\r\n\r\n${hex}\r\n`), {
    instance: 'main',
    added: 2,
    kept: 0,
  })
  assert.deepEqual(await run(good), { instance: 'main', added: 0, kept: 1 })
  await loggedInWith(system, account, 'totp', codeOf(secret))
  assert.deepEqual(await system.sql('select name from factor order by name'), [{ name: 'GA-0001' }, { name: 'GA-0002' }])
})
