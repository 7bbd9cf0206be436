// A supervisor vouches for a person by the number on their screen: for one waiting sign-in, once, for five minutes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../../test/browser.ts'
import { demand, giveSheet, upToFactor } from '../../../test/factors.ts'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import type { TestAccount, TestSystem } from '../../../test/nodes.ts'
import { resetFactors } from '../../credentials/credentials.ts'

/** Stands before the number: it, and where the page asks whether it was typed. */
async function waitsForSupervisor(
  system: TestSystem,
  account: TestAccount,
): Promise<{ browser: Browser; number: string; wait: string }> {
  const browser = await upToFactor(system, account)
  const { location } = await browser.post('/second-factor/vouch')
  const page = await browser.get(location!)
  const number = /<p class="number">(\d{3} \d{3})<\/p>/.exec(page.body)![1]!
  return { browser, number, wait: location! }
}

const vouch = (helper: Browser, { id }: { id: string }, number: string) =>
  helper.sendJson('POST', `/api/accounts/${id}/vouch`, { number })
const codeIn = ({ body }: { body: string }) => JSON.parse(body).code as string
const other = (number: string) => (number.startsWith('1') ? '2' : '1') + number.slice(1)

test('nist-3.1.2.1 a supervisor types the number, and the login goes on by itself; audited on both sides', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  await giveSheet(system, ana.id)
  const helper = await loggedIn(system, supervisor)
  assert.equal(codeIn(await vouch(helper, ana, '123456')), 'nobody_waits')
  const { browser, number, wait } = await waitsForSupervisor(system, ana)
  assert.deepEqual(JSON.parse((await browser.get('/api/sign-in/vouch')).body), { state: 'waits' })
  const seen = JSON.parse((await helper.get(`/api/accounts/${ana.id}/factors`)).body)
  assert.equal(seen.waiting.length, 1)
  assert.equal(seen.factors[0].codesLeft, 60)
  assert.ok(!JSON.stringify(seen).includes(number.replace(' ', '')))
  assert.equal((await browser.get(wait)).status, 200, 'nobody has typed it')
  assert.equal((await vouch(helper, ana, number)).status, 200)
  assert.deepEqual(JSON.parse((await browser.get('/api/sign-in/vouch')).body), { state: 'vouched' })
  assert.equal((await browser.get(wait)).location, '/home')
  assert.deepEqual(await system.sql('select amr from session where account_id = $1', [ana.id]), [
    { amr: ['mfa', 'pwd', 'vouched'] },
  ])
  assert.equal((await browser.get(wait)).status, 403, 'once')
  const [event] = await system.sql("select actor_account_id, account_id from audit_event where event = 'vouched'")
  assert.deepEqual(event, { actor_account_id: supervisor.id, account_id: ana.id })
})

test('asvs-6.6.2 a vouch is for the sign-in whose number was typed, and for no other of the same person', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  await giveSheet(system, ana.id)
  const helper = await loggedIn(system, supervisor)
  const thief = await waitsForSupervisor(system, ana)
  const person = await waitsForSupervisor(system, ana)
  assert.notEqual(thief.number, person.number)
  await vouch(helper, ana, person.number)
  assert.equal((await thief.browser.get(thief.wait)).status, 200, 'still waits')
  assert.equal((await thief.browser.get(person.wait)).status, 409, 'and the other address is not its own')
  assert.equal((await person.browser.get(person.wait)).location, '/home')
})

test('nist-3.2.2 five wrong numbers end it, also typed at the same moment; so do five minutes, by the database’s clock', async (t) => {
  const { system, supervisor, ana } = await startFloor(t, 2)
  await giveSheet(system, ana.id)
  const helper = await loggedIn(system, supervisor)
  const first = await waitsForSupervisor(system, ana)
  const answers = await system.race(
    'vouch',
    Array.from({ length: 6 }, () => () => vouch(helper, ana, other(first.number))),
    1,
  )
  assert.deepEqual(answers.map(codeIn).sort(), ['nobody_waits', ...Array(5).fill('wrong_number')])
  assert.equal(codeIn(await vouch(helper, ana, first.number)), 'nobody_waits')
  assert.match((await first.browser.get(first.wait)).body, /This number is over/)
  assert.equal((await first.browser.post('/second-factor/vouch')).location, first.wait)
  assert.match((await first.browser.get(first.wait)).body, /This number is over/, 'asking again does not begin the count anew')

  const second = await waitsForSupervisor(system, ana)
  await system.sql("update vouch set expires_at = expires_at - interval '299 seconds' where wrong = 0")
  assert.equal((await vouch(helper, ana, second.number)).status, 200)
  await system.sql("update vouch set expires_at = expires_at - interval '2 seconds' where wrong = 0")
  assert.match((await second.browser.get(second.wait)).body, /This number is over/)
})

test('asvs-6.6.4 asking twenty times is one entry at the desk', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  await giveSheet(system, ana.id)
  const { browser } = await waitsForSupervisor(system, ana)
  for (let i = 0; i < 20; i += 1) {
    await browser.get('/second-factor')
    await browser.post('/second-factor/vouch')
  }
  const seen = JSON.parse((await (await loggedIn(system, supervisor)).get(`/api/accounts/${ana.id}/factors`)).body)
  assert.equal(seen.waiting.length, 1)
  assert.equal((await system.sql("select id from audit_event where event = 'vouch_asked'")).length, 1)
})

test('cve-C15 one vouches within reach, and never for oneself', async (t) => {
  const { system, supervisor, ana, ben, admin } = await startFloor(t)
  const helper = await loggedIn(system, supervisor)
  for (const each of [ben, admin, supervisor]) await giveSheet(system, each.id)
  const outside = await waitsForSupervisor(system, ben)
  assert.equal(codeIn(await vouch(helper, ben, outside.number)), 'account_not_found')
  const self = await waitsForSupervisor(system, supervisor)
  assert.equal(codeIn(await vouch(helper, supervisor, self.number)), 'own_account')
  await system.sql('update account set team_id = (select team_id from account where id = $1) where id = $2', [ana.id, admin.id])
  const above = await waitsForSupervisor(system, admin)
  assert.equal(codeIn(await vouch(helper, admin, above.number)), 'beyond_your_permissions')
})

test('nobody is vouched for where the profile does not want it, or more often than it says', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  await giveSheet(system, ana.id)
  await demand(system, 'Agent', 'offered', { daily_vouches: 1 })
  const helper = await loggedIn(system, supervisor)
  const { browser, number, wait } = await waitsForSupervisor(system, ana)
  await vouch(helper, ana, number)
  assert.equal((await browser.get(wait)).location, '/home')
  await browser.get('/home')
  await browser.post('/log-out')
  assert.equal((await (await upToFactor(system, ana)).post('/second-factor/vouch')).status, 409)
  await demand(system, 'Agent', 'offered', { daily_vouches: 20, vouching: false })
  const off = await upToFactor(system, ana)
  assert.doesNotMatch((await off.get('/second-factor')).body, /Ask my Supervisor/)
  assert.equal((await off.post('/second-factor/vouch')).status, 409)
})

test('asvs-6.4.4 somebody who was vouched for sets a new factor up after a reset, and changes no other', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  await giveSheet(system, ana.id)
  const helper = await loggedIn(system, supervisor)
  const vouched = await waitsForSupervisor(system, ana)
  await vouch(helper, ana, vouched.number)
  assert.equal((await vouched.browser.get(vouched.wait)).location, '/home')
  await vouched.browser.get('/security')
  for (const url of ['/security/begin', '/security/remove', '/security/rename']) {
    const [{ id } = { id: '' }] = await system.sql<{ id: string }>("select id from factor where state = 'live'")
    const answer = await vouched.browser.post(url, url === '/security/begin' ? { kind: 'totp' } : { factor: id })
    assert.equal(answer.location, '/login?again&next=/security', url)
  }
  assert.equal((await vouched.browser.get('/change-password')).location, '/login?again&next=/change-password')

  await system.database.in(system.main, (tx) => resetFactors(tx, ana.id, { kind: 'system' }, undefined))
  const person = system.browser()
  assert.equal((await person.logIn(ana.username, ana.password)).location, '/enrolment')
  await person.get('/enrolment')
  const { location } = await person.post('/second-factor/vouch')
  const number = /<p class="number">(\d{3} \d{3})<\/p>/.exec((await person.get(location!)).body)![1]!
  await vouch(helper, ana, number)
  assert.equal((await person.get(location!)).location, '/enrolment')
  assert.match((await person.get('/enrolment')).body, /enrolment\/begin/)
})
