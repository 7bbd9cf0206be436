import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allLanguages } from '../../../contracts/languages.ts'
import type { Area, Rules } from '../../../contracts/rules.ts'
import type { Browser } from '../../../test/browser.ts'
import { startNodes, type TestSystem, until } from '../../../test/nodes.ts'
import { namesOf } from '../../rules/rules.ts'

type Held = { version: number; values: Rules; reasons: Record<string, string>; passwordsChosenAfter: string | null }

async function administrator(system: TestSystem, node = 0): Promise<Browser> {
  const { username, password } = await system.addAccount({ profile: 'Administrator' })
  const browser = system.browser(node)
  assert.equal((await browser.logIn(username, password)).location, '/home')
  await browser.get('/home')
  return browser
}

async function held(browser: Browser): Promise<Held> {
  const answer = await browser.get('/api/rules')
  assert.equal(answer.status, 200, answer.body)
  return JSON.parse(answer.body)
}

/** A change of an area that leaves alone whatever is not named. */
async function put(browser: Browser, area: Area, values: Partial<Rules>, reasons: Record<string, string> = {}, version?: number) {
  const now = await held(browser)
  const all = Object.fromEntries(namesOf(area).map((name) => [name, now.values[name]]))
  return browser.sendJson('PUT', '/api/rules', { area, version: version ?? now.version, values: { ...all, ...values }, reasons })
}

const faultsOf = (answer: { body: string }) =>
  (JSON.parse(answer.body).faults ?? []).map(({ field, code }: { field: string; code: string }) => `${field} ${code}`)

test('asvs-6.1.1 the rules come with the default, the range and the clause of each', async (t) => {
  const system = await startNodes(t)
  const browser = await administrator(system)
  const { version, values, catalogue } = (await held(browser)) as Held & { catalogue: Record<string, unknown>[] }
  assert.deepEqual([version, values.minimumLength, values.languages], [0, 15, allLanguages])
  assert.deepEqual(catalogue[0], {
    name: 'minimumLength',
    area: 'passwords',
    kind: 'number',
    unit: 'characters',
    default: 15,
    least: 8,
    most: 64,
    clause: { keptFrom: 15, clauses: ['NIST SP 800-63B-4, 3.1.1.2 (1)'] },
  })
})

test('asvs-6.2.1 asvs-6.2.9 nist-3.2.2 no floor can be lowered, and every field that cannot be taken is named at once', async (t) => {
  const system = await startNodes(t)
  const browser = await administrator(system)
  const low = await put(browser, 'passwords', { minimumLength: 7, minimumDigits: 11, guessesPower: 7 })
  assert.equal(low.status, 422)
  assert.deepEqual(faultsOf(low), [
    'values.minimumLength out_of_range',
    'values.minimumDigits out_of_range',
    'values.guessesPower out_of_range',
    'reasons.minimumLength reason_required',
    'reasons.minimumDigits reason_required',
  ])
  assert.deepEqual(faultsOf(await put(browser, 'sign-in', { mostFailures: 101, waitsFrom: 2, languages: [] })), [
    'values.waitsFrom out_of_range',
    'values.mostFailures out_of_range',
    'values.languages no_language',
  ])
  assert.deepEqual(faultsOf(await put(browser, 'sign-in', { mostFailures: 3 })), ['values.waitsFrom after_the_end'])
  assert.deepEqual(faultsOf(await put(browser, 'sessions', { idleMinutes: 5, warningMinutes: 5 })), [
    'values.warningMinutes before_the_beginning',
  ])
  assert.deepEqual(await system.sql('select version from rules'), [])
})

test('nist-3.1.1.2 asvs-6.2.5 a rule against a clause needs a reason, and the audit keeps it with what was before and after', async (t) => {
  const system = await startNodes(t)
  const browser = await administrator(system)
  assert.deepEqual(faultsOf(await put(browser, 'passwords', { minimumDigits: 1 }, { minimumDigits: '  ' })), [
    'reasons.minimumDigits reason_required',
  ])
  for (const [reason, code] of [
    ['x'.repeat(501), 'too_long'],
    ['\ud800', 'not_a_text'],
    ['a\u0000b', 'not_a_text'],
  ])
    assert.deepEqual(faultsOf(await put(browser, 'passwords', { minimumDigits: 1 }, { minimumDigits: reason! })), [
      `reasons.minimumDigits ${code}`,
    ])
  const saved = await put(browser, 'passwords', { minimumDigits: 1, formerPasswords: 3 }, { minimumDigits: ' the bank asks ' })
  assert.equal(saved.status, 200, saved.body)
  const { reasons, values, version } = await held(browser)
  assert.deepEqual([reasons, values.minimumDigits, version], [{ minimumDigits: 'the bank asks' }, 1, 1])
  const [event] = await system.sql<{ detail: { changes: object } }>(
    "select detail from audit_event where event = 'rules_changed'",
  )
  assert.deepEqual(event!.detail.changes, {
    minimumDigits: { from: 0, to: 1, reason: 'the bank asks' },
    formerPasswords: { from: 0, to: 3 },
  })
  // Another area leaves the reasons alone; a rule that keeps its clause again needs none.
  assert.equal((await put(browser, 'sessions', { idleMinutes: 30 })).status, 200)
  assert.deepEqual((await held(browser)).reasons, { minimumDigits: 'the bank asks' })
  assert.equal((await put(browser, 'passwords', { minimumDigits: 0 }, { minimumDigits: 'left over' })).status, 200)
  assert.deepEqual((await held(browser)).reasons, {})
})

test('of two who change the rules at the same moment the second hears of the first, also at the very first change', async (t) => {
  const system = await startNodes(t, 2)
  const one = await administrator(system, 0)
  const other = await administrator(system, 1)
  for (const version of [0, 1]) {
    const { values } = await held(one)
    const change = (browser: Browser, formerPasswords: number) => () =>
      browser.sendJson('PUT', '/api/rules', {
        area: 'passwords',
        version,
        values: { ...Object.fromEntries(namesOf('passwords').map((name) => [name, values[name]])), formerPasswords },
        reasons: {},
      })
    const answers = await system.race('rules', [change(one, 5 + version), change(other, 15 + version)])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
    assert.equal((await held(one)).version, version + 1)
  }
  assert.equal((await system.sql("select id from audit_event where event = 'rules_changed'")).length, 2)
})

test('asvs-8.2.1 who may only see the rules changes none, and who may not see them sees none', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const agent = system.browser()
  await agent.logIn(username, password)
  await agent.get('/home')
  const seeing = await system.addAccount()
  await system.sql("insert into profile (instance_id, name, permissions) values ($1, 'Auditor', '{rules.view}')", [
    system.main.id,
  ])
  await system.sql("update account set profile_id = (select id from profile where name = 'Auditor') where id = $1", [seeing.id])
  const auditor = system.browser()
  await auditor.logIn(seeing.username, seeing.password)
  await auditor.get('/home')
  assert.equal((await agent.get('/api/rules')).status, 403)
  const now = await held(auditor)
  assert.equal(
    (await auditor.sendJson('PUT', '/api/rules', { area: 'sessions', version: 0, values: now.values, reasons: {} })).status,
    403,
  )
  assert.equal((await auditor.sendJson('POST', '/api/rules/expire-passwords')).status, 403)
})

test('asvs-8.4.1 the rules of one instance are not those of another', async (t) => {
  const system = await startNodes(t)
  const { instance: acme } = await system.addInstance('acme', 'acme.example.com')
  const browser = await administrator(system)
  assert.equal((await put(browser, 'passwords', { minimumLength: 20 })).status, 200)
  const { username, password } = await system.addAccount({ profile: 'Administrator' }, acme)
  const other = system.browser(0, 'acme.example.com')
  await other.logIn(username, password)
  assert.deepEqual([(await held(other)).version, (await held(other)).values.minimumLength], [0, 15])
})

test('nist-3.1.1.2 a trial password is judged by rules that are not saved, and nothing of it is kept', async (t) => {
  const system = await startNodes(t)
  const browser = await administrator(system)
  const { values } = await held(browser)
  const mine = Object.fromEntries(namesOf('passwords').map((name) => [name, values[name]]))
  const judge = async (more: Partial<Rules>, password: string) => {
    const answer = await browser.sendJson('POST', '/api/rules/preview', { values: { ...mine, ...more }, password })
    assert.equal(answer.status, 200, answer.body)
    return JSON.parse(answer.body)
  }
  assert.deepEqual(await judge({}, 'walnut drifts over copper'), { accepted: true, faults: [] })
  assert.deepEqual(await judge({ minimumLength: 30, minimumDigits: 2 }, 'walnut drifts over copper'), {
    accepted: false,
    faults: [
      { code: 'too_short', count: 30 },
      { code: 'digits', count: 2 },
    ],
  })
  assert.deepEqual(await judge({ guessesPower: 15 }, 'walnut drifts'), {
    accepted: false,
    faults: [{ code: 'too_short', count: 15 }],
  })
  assert.deepEqual(await judge({ minimumLength: 8, guessesPower: 15 }, 'walnutdrift'), {
    accepted: false,
    faults: [{ code: 'guessable' }],
  })
  const wrong = await browser.sendJson('POST', '/api/rules/preview', { values: { ...mine, minimumLength: 3 }, password: 'x' })
  assert.deepEqual(faultsOf(wrong), ['values.minimumLength out_of_range'])
  assert.ok(
    !JSON.stringify(await system.sql('select * from audit_event')).includes('walnut') && !system.logged().includes('walnut'),
  )
})

test('a changed rule holds on every node within about a second', async (t) => {
  const system = await startNodes(t, 2)
  const browser = await administrator(system, 0)
  const { username, password } = await system.addAccount()
  const elsewhere = system.browser(1)
  await elsewhere.logIn(username, password)
  await elsewhere.get('/change-password')
  assert.equal((await put(browser, 'passwords', { minimumLength: 33 })).status, 200)
  const changed = performance.now()
  await until(async () => (await elsewhere.get('/change-password')).body.includes('At least 33 characters'))
  assert.ok(performance.now() - changed < 3000, 'it took no longer than a second and what a busy machine adds')
})

test('the languages that are offered: on the login page, in the menu, and for whoever had chosen another one', async (t) => {
  const system = await startNodes(t, 2)
  const browser = await administrator(system, 0)
  const { username, password } = await system.addAccount()
  await system.sql("update account set language = 'pt' where username = $1", [username])
  assert.equal((await put(browser, 'sign-in', { languages: ['en', 'es'] })).status, 200)
  const visitor = system.browser(1)
  visitor.headers = { 'accept-language': 'pt-BR, es;q=0.5' }
  const page = await visitor.get('/login')
  assert.match(page.body, /<html lang="es">/, 'the best of those that are offered')
  assert.ok(!page.body.includes('hreflang="pt"') && page.body.includes('hreflang="en"'))
  await visitor.get('/language?choose=pt')
  assert.equal(visitor.cookies.has('__Host-gatehouse-language'), false)
  visitor.cookies.set('__Host-gatehouse-language', 'pt')
  assert.match((await visitor.get('/login')).body, /<html lang="es">/, 'a choice of before does not count any more')
  assert.equal((await visitor.logIn(username, password)).location, '/home')
  assert.match((await visitor.get('/home')).body, /<html lang="es">/)
  assert.ok(!(await visitor.get('/change-language')).body.includes('value="pt"'))
})
