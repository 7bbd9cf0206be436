// Whoever needs a second factor and has none sets one up before anything else; and a password alone never binds one again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../../test/browser.ts'
import { codeOf, demand, giveSheet, loggedInWith, typeCode, upToFactor } from '../../../test/factors.ts'
import { loggedIn, startFloor } from '../../../test/floor.ts'
import { goodPassword, startNodes, type TestSystem } from '../../../test/nodes.ts'
import { resetFactors } from '../../credentials/credentials.ts'

/** The codes of the sheet that a page shows. */
const shownCodes = (body: string) => [...body.matchAll(/<li>([0-9A-Z]{4}-[0-9A-Z]{4})<\/li>/g)].map(([, code]) => code!)

/** The secret that a page shows in letters. */
function shownSecret(body: string): Buffer {
  const letters = /<code class="letters">([A-Z2-7 ]+)<\/code>/.exec(body)![1]!.replaceAll(' ', '')
  const bits = [...letters]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)))
}

async function enrolSheet(browser: Browser) {
  const made = await browser.post('/enrolment/begin', { kind: 'code_sheet' })
  const codes = shownCodes(made.body)
  return { codes, answer: await browser.post('/enrolment', { kind: 'code_sheet', code: codes[0]! }) }
}

const reset = (system: TestSystem, accountId: string) =>
  system.database.in(system.main, (tx) => resetFactors(tx, accountId, { kind: 'system' }, undefined))

test('asvs-6.3.3 whose profile demands a second factor sets one up between the password and the session, by sheet or by app', async (t) => {
  const system = await startNodes(t)
  await demand(system, 'Agent', 'required', { grace_logins: 0 })
  for (const kind of ['code_sheet', 'totp'] as const) {
    const account = await system.addAccount({ password: 'initial' })
    const browser = system.browser()
    assert.equal((await browser.logIn(account.username, account.password)).location, '/enrolment')
    const page = await browser.get('/enrolment')
    assert.match(page.body, /Set up an app[\s\S]*Make a code sheet/)
    assert.doesNotMatch(page.body, /Later/)
    assert.equal((await browser.post('/enrolment/later')).status, 409)
    assert.equal((await browser.get('/home')).location, '/login?next=%2Fhome')
    let answer: { location: string | undefined; status: number }
    if (kind === 'code_sheet') {
      // Left, and begun anew: the first sheet is worth nothing.
      const former = shownCodes((await browser.post('/enrolment/begin', { kind })).body)
      const codes = shownCodes((await browser.post('/enrolment/begin', { kind })).body)
      assert.equal((await browser.post('/enrolment', { kind, code: former[0]! })).status, 422)
      answer = await browser.post('/enrolment', { kind, code: codes[0]! })
    } else {
      assert.equal((await browser.post('/enrolment/begin', { kind })).location, '/enrolment?kind=totp')
      const secret = shownSecret((await browser.get('/enrolment?kind=totp')).body)
      assert.deepEqual(shownSecret((await browser.get('/enrolment?kind=totp')).body), secret, 'a reload changes nothing')
      assert.equal((await browser.post('/enrolment', { kind, code: '12345' })).status, 422)
      answer = await browser.post('/enrolment', { kind, code: codeOf(secret) })
    }
    assert.equal(answer.location, '/choose-password', 'and only then is a password chosen')
    await browser.get('/choose-password')
    const chosen = await browser.post('/choose-password', { newPassword: goodPassword, newPasswordAgain: goodPassword })
    assert.equal(chosen.location, '/home')
    const [{ amr } = { amr: [] }] = await system.sql<{ amr: string[] }>('select amr from session where account_id = $1', [
      account.id,
    ])
    assert.deepEqual(amr, ['mfa', 'otp', 'pwd'])
  }
  assert.deepEqual(await system.sql("select id from factor where state = 'pending'"), [])
})

test('a set-up that was left is no factor: the next login begins it anew, and nobody else’s page finishes it', async (t) => {
  const system = await startNodes(t)
  await demand(system, 'Agent', 'required')
  const account = await system.addAccount()
  const first = system.browser()
  await first.logIn(account.username, account.password)
  await first.get('/enrolment')
  const codes = shownCodes((await first.post('/enrolment/begin', { kind: 'code_sheet' })).body)
  const second = system.browser()
  assert.equal((await second.logIn(account.username, account.password)).location, '/enrolment')
  await second.get('/enrolment')
  const { signIn } = second.hidden.get('/enrolment/begin')!
  assert.equal((await second.post('/enrolment', { signIn: signIn!, kind: 'code_sheet', code: codes[0]! })).status, 422)
  assert.equal((await enrolSheet(second)).answer.location, '/home')
  const late = await first.post('/enrolment', { kind: 'code_sheet', code: codes[0]! })
  assert.notEqual(late.location, '/home', 'what waited elsewhere binds nothing beside it')
  assert.equal((await system.sql("select id from factor where state = 'live'")).length, 1)
})

test('the enrolment is put off as often and as long as the rule says, and from its date on only', async (t) => {
  const system = await startNodes(t)
  await demand(system, 'Agent', 'required', { grace_logins: 2, grace_days: 3, required_from: '2999-01-01T00:00:00Z' })
  const account = await system.addAccount()
  const free = await loggedIn(system, account)
  await free.post('/log-out')
  await demand(system, 'Agent', 'required', { required_from: '2020-01-01T00:00:00Z' })
  const logIn = async () => {
    const browser = system.browser()
    assert.equal((await browser.logIn(account.username, account.password)).location, '/enrolment')
    return { browser, page: await browser.get('/enrolment') }
  }
  for (const left of [2, 1]) {
    const { browser, page } = await logIn()
    assert.match(page.body, new RegExp(`${left} more time`))
    assert.equal((await browser.post('/enrolment/later')).location, '/home')
    await browser.get('/home')
    await browser.post('/log-out')
  }
  const { browser, page } = await logIn()
  assert.doesNotMatch(page.body, /more time/)
  assert.equal((await browser.post('/enrolment/later')).status, 409)
  await system.sql("update factor_grace set postponed = 1, began_at = now() - interval '3 days'")
  assert.equal((await (await logIn()).browser.post('/enrolment/later')).status, 409, 'the days are over')
})

test('a login is put off once however many nodes are asked at the same moment', async (t) => {
  const system = await startNodes(t, 3)
  await demand(system, 'Agent', 'required', { grace_logins: 3 })
  const account = await system.addAccount()
  const browsers: Browser[] = []
  for (let i = 0; i < 6; i += 1) {
    const browser = system.browser(i % 3)
    await browser.logIn(account.username, account.password)
    await browser.get('/enrolment')
    browsers.push(browser)
  }
  const answers = await system.race(
    'factor_grace',
    browsers.map((browser) => () => browser.post('/enrolment/later')),
  )
  assert.equal(answers.filter(({ status }) => status !== 409 || !/put off/.test(String(status))).length >= 3, true)
  assert.deepEqual(await system.sql('select postponed from factor_grace'), [{ postponed: 3 }])
})

test('asvs-6.4.4 nist-4.1.2.1 after a reset the password alone binds no first factor; an initial password does', async (t) => {
  const { system, supervisor, ana } = await startFloor(t)
  const codes = await giveSheet(system, ana.id)
  const browser = await loggedInWith(system, ana, 'code_sheet', codes[0]!)
  const waiting = await upToFactor(system, ana)
  assert.equal(await reset(system, ana.id), 1)
  assert.match((await browser.get('/login')).body, /your second factors were reset/)
  assert.equal((await typeCode(waiting, 'code_sheet', codes[1]!)).status, 403, 'what was begun with the old ones is void')

  const thief = system.browser()
  assert.equal((await thief.logIn(ana.username, ana.password)).location, '/enrolment')
  const page = await thief.get('/enrolment')
  assert.match(page.body, /password alone is not enough/)
  assert.doesNotMatch(page.body, /enrolment\/begin/)
  const signIn = thief.hidden.get('/second-factor/vouch')!.signIn!
  for (const kind of ['totp', 'code_sheet']) {
    assert.equal((await thief.post('/enrolment/begin', { signIn, kind })).status, 403)
    assert.equal((await thief.post('/enrolment', { signIn, kind, code: '000000' })).status, 403)
  }
  assert.equal((await thief.post('/enrolment/later', { signIn })).status, 409, 'and it is not put off')

  const boss = await loggedIn(system, supervisor)
  const { slips } = JSON.parse((await boss.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })).body)
  const person = system.browser()
  assert.equal((await person.logIn(ana.username, slips[0].initialPassword)).location, '/enrolment')
  await person.get('/enrolment')
  assert.equal((await enrolSheet(person)).answer.location, '/choose-password')
})

test('asvs-6.4.3 a password that was set by a mailed link goes round no factor and binds none after a reset', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  const codes = await giveSheet(system, account.id)
  // What a link leaves behind: another password, and other credentials.
  await system.sql('update account set credential_version = credential_version + 1')
  await typeCode(await upToFactor(system, account), 'code_sheet', codes[0]!)
  await reset(system, account.id)
  const browser = system.browser()
  assert.equal((await browser.logIn(account.username, account.password)).location, '/enrolment')
  assert.doesNotMatch((await browser.get('/enrolment')).body, /enrolment\/begin/)
})

test('whose profile demands a key has none of the other kinds offered, and those do not do', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  const codes = await giveSheet(system, account.id)
  await demand(system, 'Agent', 'passkey', { grace_logins: 0 })
  const browser = await upToFactor(system, account)
  assert.equal((await typeCode(browser, 'code_sheet', codes[0]!)).location, '/enrolment')
  await browser.get('/enrolment')
  const [{ id } = { id: '' }] = await system.sql<{ id: string }>('select id from sign_in where step = $1', ['enrolment'])
  assert.equal((await browser.post('/enrolment/begin', { signIn: id, kind: 'code_sheet' })).status, 403)
})

test('a demand that comes with another profile, or changes at the same moment, is passed by nobody', async (t) => {
  const system = await startNodes(t)
  await demand(system, 'Supervisor', 'required')
  const account = await system.addAccount()
  const openSteps = async () =>
    (await system.sql<{ open_steps: string[] }>('select open_steps from account where id = $1', [account.id]))[0]!.open_steps
  assert.deepEqual(await openSteps(), [])
  await system.sql(
    "update account set profile_id = (select id from profile where name = 'Supervisor' and instance_id = $2) where id = $1",
    [account.id, system.main.id],
  )
  assert.deepEqual(await openSteps(), ['enrolment'])
  await giveSheet(system, account.id)
  assert.deepEqual(await openSteps(), ['second_factor'])
  await reset(system, account.id)
  assert.deepEqual(await openSteps(), ['enrolment'])
  await demand(system, 'Supervisor', 'offered')
  assert.deepEqual(await openSteps(), ['enrolment'], 'a reset forces it whatever is demanded')
  const made = await system.addAccount({ profile: 'Supervisor' })
  await demand(system, 'Supervisor', 'required')
  assert.deepEqual(await system.sql('select open_steps from account where id = $1', [made.id]), [{ open_steps: ['enrolment'] }])
})
