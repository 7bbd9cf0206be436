// Something of everything that a version keeps, made by what people and operators do, so that it is what the version itself leaves.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { simpleParser } from 'mailparser'
import type pg from 'pg'
import { createInstance } from '../../server/operator/create-instance.ts'
import { findRules } from '../../server/rules/rules.ts'
import { changeSeats } from '../../server/sessions/sessions.ts'
import type { System } from '../../server/system.ts'
import type { Browser } from '../browser.ts'
import { linkIn } from '../mail-server.ts'
import type { Facts, Visitor } from './load-fixture.ts'

export type FixtureNeeds = {
  system: System
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  /** The instance `main`, of which nobody has seen anything yet. */
  main: { id: string; hostname: string; username: string; initialPassword: string }
  /** Where messages become files. */
  outbox: string
  browser(host: string): Browser
  work(): void
  rest(): Promise<void>
}

export type Filled = Omit<Facts, 'version' | 'commit' | 'postgres' | 'secretKey' | 'madeAt' | 'rows' | 'audit'>

const given = 'Bienvenida 2026 al equipo'
const nothing = {
  email: null,
  phone: null,
  teamId: null,
  language: null,
  timeZone: null,
  validFrom: null,
  validUntil: null,
  loginHours: null,
}
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

export async function fillFixture(needs: FixtureNeeds): Promise<Filled> {
  const { system, sql, main, browser, outbox } = needs
  needs.work()
  await changeSeats(system.database, main, { seats: 40, seatReserve: 2, overlapPercent: 10, overlapMinutes: 30 })
  const passwords: Record<string, string> = {}
  let admin = browser(main.hostname)
  passwords.admin = await firstLogin(admin, main.username, main.initialPassword)

  await changeRules(admin, 'passwords', { minimumLength: 12, formerPasswords: 3 }, { minimumLength: 'decided in 2026' })
  await changeRules(
    admin,
    'sessions',
    { idleMinutes: 90, endOtherSession: true },
    { idleMinutes: 'calls may take longer than an hour' },
  )
  await changeRules(admin, 'sign-in', { longestWaitMinutes: 30, resetLinkMinutes: 60 })

  const profiles = await get<{ profiles: { id: string; name: string }[] }>(admin, '/api/profiles')
  const profileId = (name: string) => profiles.profiles.find((each) => each.name === name)!.id
  const lead = await make(admin, '/api/profiles', {
    name: 'Team lead',
    permissions: ['accounts.view', 'accounts.update', 'accounts.extend', 'teams.view', 'sessions.view', 'requests.answer'],
  })

  /** Creates an account; what comes back is its initial password. */
  const hire = async (username: string, more: Record<string, unknown> = {}) => {
    const { credentials = 'slip', profile = profileId('Agent'), ...rest } = more
    const body = { username, enabled: true, credentials, ...nothing, profileId: profile, fullName: `Ana ${username}`, ...rest }
    const answer = await admin.sendJson('POST', '/api/accounts', body)
    assert.equal(answer.status, 201, answer.body)
    const { id, slip } = JSON.parse(answer.body) as { id: string; slip: { initialPassword: string } | null }
    return { id, initialPassword: slip?.initialPassword ?? '' }
  }
  /** Creates an account that has chosen a lasting password, and logs it out. */
  const settle = async (username: string, more: Record<string, unknown> = {}) => {
    const account = await hire(username, more)
    const own = browser(main.hostname)
    passwords[username] = await firstLogin(own, username, account.initialPassword)
    assert.equal((await own.post('/log-out')).status, 303)
    return account
  }

  const supervisor = await settle('sam', { profile: profileId('Supervisor'), fullName: 'Sam Süßmayr', email: 'sam@example.com' })
  const leader = await settle('lea', { profile: lead.id, fullName: 'Lea Núñez' })
  const north = await make(admin, '/api/teams', { name: 'North', supervisors: [supervisor.id, leader.id] })
  const south = await make(admin, '/api/teams', { name: 'South', supervisors: [supervisor.id] })

  await settle('ana', { email: 'ana@example.com', teamId: north.id, language: 'es', timeZone: 'America/Montevideo' })
  await settle('ben', { teamId: north.id, phone: '+598 2 123' })
  await settle('hugo', { email: 'hugo@example.com', teamId: south.id })
  await settle('ines', { teamId: south.id })
  const { id: elsa } = await settle('elsa', { teamId: south.id })
  await admin.sendJson('POST', '/api/accounts/disable', { accountIds: [elsa], reason: 'parental leave' })
  await settle('fran', { teamId: north.id })
  await sql("update account set valid_from = current_date - 400, valid_until = current_date - 10 where username = 'fran'")
  const week = {
    mon: [['00:00', '24:00']],
    sat: [
      ['08:00', '12:30'],
      ['14:00', '24:00'],
    ],
  }
  await hire('gus', { teamId: south.id, loginHours: week })
  await hire('nora', { credentials: 'none' })
  const slip = { username: 'carla', password: (await hire('carla', { teamId: north.id })).initialPassword }

  const reporter = browser(main.hostname)
  await logIn(reporter, 'ben', passwords.ben!)
  const changed = 'eleven quiet herons cross the weir'
  await reporter.get('/change-password')
  const change = { currentPassword: passwords.ben!, newPassword: changed, newPasswordAgain: changed }
  assert.equal((await reporter.post('/change-password', change)).status, 303)
  passwords.ben = changed
  await reporter.get('/home')
  await reporter.post('/log-out')
  for (const wrong of ['one', 'two', 'three']) await browser(main.hostname).logIn('ben', wrong)
  await browser(main.hostname).logIn('nobody-of-that-name', 'four')

  const file =
    'Username,Full Name,Email,Profile,Team,Phone,Password\r\n' +
    `olga,Olga Ibáñez,,Agent,North,1001,\r\npaco,Paco Gil,,Agent,South,1002,${given}\r\n` +
    'ines,Inés Ruiz,,Agent,South,1003,\r\nno good,Nobody,,,,,\r\n'
  const uploaded = await upload(admin, file, 'people.csv')
  assert.equal(uploaded.state, 'checked')
  const updated = await admin.sendJson('PUT', `/api/imports/${uploaded.id}`, {
    mapping: uploaded.columns.map(({ field }) => field),
    hasHeader: true,
    onExisting: 'update',
  })
  assert.equal(updated.status, 200, updated.body)
  assert.equal((await admin.sendJson('POST', `/api/imports/${uploaded.id}/run`)).status, 202)
  const details = () => get<Import>(admin, `/api/imports/${uploaded.id}`)
  await until(async () => (await details()).state === 'done')
  const done = await details()
  assert.deepEqual(done.outcomes, { created: 2, changed: 1, skipped: 0, refused: 1 })
  const report = (await admin.get(`/api/imports/${done.id}/report`)).body
  const checked = await upload(admin, 'Username,Full Name\r\nquim,Quim Sala\r\nrosa,Rosa Vidal\r\n', 'later.csv')
  assert.equal(checked.state, 'checked')

  await hire('kim', { email: 'kim@example.com', credentials: 'message' })
  await askForHelp(browser(main.hostname), 'hugo')
  await askForHelp(browser(main.hostname), 'ines')
  await until(async () => (await sql("select from message where state = 'waiting'")).length === 0)
  await until(async () => (await sql('select from recovery_request')).length === 1)
  await askForHelp(browser(main.hostname), 'ines')
  await until(async () => (await sql('select from recovery_ask')).length === 0)
  const mails = await Promise.all(readdirSync(outbox).map((name) => simpleParser(readFileSync(join(outbox, name)))))
  const { pathname, search } = new URL(linkIn(mails.find(({ text }) => text?.includes('/recover?token='))!))

  const acme = await createInstance(system, {
    name: 'acme',
    hostname: 'acme.localhost',
    seats: 1,
    language: 'pt',
    timeZone: 'America/Sao_Paulo',
  })
  const acmeAdmin = browser(acme.hostname)
  const acmePassword = await firstLogin(acmeAdmin, acme.username, acme.initialPassword)
  await fillAcme(needs, acmeAdmin, acme.hostname)
  assert.equal((await acmeAdmin.post('/log-out')).status, 303)

  // From here on nobody works on jobs, and what has to be fresh is fresh.
  await needs.rest()
  const { cookies } = admin
  admin = browser(main.hostname)
  for (const [name, value] of cookies) admin.cookies.set(name, value)
  assert.equal((await admin.get('/home')).status, 200)
  await hire('luis', { email: 'luis@example.com', credentials: 'message' })
  const [waiting] = await sql<{ id: string }>("select id from message where state = 'waiting'")
  const dora = browser(main.hostname)
  assert.equal((await dora.logIn('dora', (await hire('dora')).initialPassword)).location, '/choose-password')
  const first = browser(main.hostname)
  await logIn(first, 'ana', passwords.ana!)
  const second = browser(main.hostname)
  second.headers = { 'user-agent': firefox }
  assert.equal((await second.logIn('ana', passwords.ana!)).status, 409)
  assert.equal((await second.post('/take-over')).location, '/home')
  assert.equal((await second.get('/home')).status, 200)

  const { reasons } = await get<{ reasons: Record<string, string> }>(admin, '/api/rules')
  await admin.get('/home')
  assert.equal((await admin.post('/log-out')).status, 303)

  return {
    hosts: { main: main.hostname, acme: acme.hostname },
    passwords,
    passwordsToReplace: { slip, given: { username: 'paco', password: given } },
    acmeAdmin: { username: acme.username, password: acmePassword },
    disabled: 'elsa',
    live: visitor('ana', second),
    moved: visitor('ana', first),
    choosing: visitor('dora', dora),
    recoveryLink: { username: 'hugo', path: pathname + search },
    recoveryRequest: { username: 'ines', asked: 2 },
    waitingMessage: { id: waiting!.id, username: 'luis' },
    imports: { done: { id: done.id, report }, checked: { id: checked.id, creates: ['quim', 'rosa'] } },
    rules: { main: await system.database.in(main, findRules), acme: await system.database.in(acme, findRules) },
    reasons,
    teams: await sql(
      `select name, (select count(*)::int from account a where a.team_id = t.id) as members,
        array(select a.username from team_supervisor s join account a on a.id = s.account_id where s.team_id = t.id order by 1) as supervisors
      from team t where instance_id = $1 order by name`,
      [main.id],
    ),
    profiles: await sql('select name, permissions from profile where instance_id = $1 order by name', [main.id]),
    seats: { seats: 40, reserve: 2 },
  }
}

type Import = { id: string; state: string; columns: { field: string | null }[]; outcomes: Record<string, number> }

async function upload(browser: Browser, file: string, name: string): Promise<Import> {
  const token = { 'x-form-token': browser.formToken }
  const answer = await browser.send('POST', `/api/imports?name=${name}`, file, 'application/octet-stream', token)
  assert.equal(answer.status, 201, answer.body)
  return JSON.parse(answer.body) as Import
}

/** An instance of one seat, in which somebody is told that all seats are in use. */
async function fillAcme({ browser }: FixtureNeeds, admin: Browser, host: string): Promise<void> {
  const { profiles } = await get<{ profiles: { id: string; name: string }[] }>(admin, '/api/profiles')
  const profileId = profiles.find(({ name }) => name === 'Agent')!.id
  const waiting: Browser[] = []
  for (const username of ['ana', 'bia']) {
    const body = { username, enabled: true, credentials: 'slip', ...nothing, profileId, fullName: `Ana ${username}` }
    const { slip } = await make<{ slip: { initialPassword: string } }>(admin, '/api/accounts', body)
    const own = browser(host)
    assert.equal((await own.logIn(username, slip.initialPassword)).location, '/choose-password')
    waiting.push(own)
  }
  for (const own of waiting) {
    await own.get('/choose-password')
    const newPassword = 'seven lanterns beneath a slow tram'
    assert.equal((await own.post('/choose-password', { newPassword, newPasswordAgain: newPassword })).status, 409)
  }
}

/** Logs in with an initial password and chooses a lasting one, which comes back. */
async function firstLogin(browser: Browser, username: string, initialPassword: string): Promise<string> {
  assert.equal((await browser.logIn(username, initialPassword)).location, '/choose-password')
  await browser.get('/choose-password')
  const newPassword = `walnut drifts over ${username.split('').join('-')} rails`
  const chosen = await browser.post('/choose-password', { newPassword, newPasswordAgain: newPassword })
  assert.equal(chosen.location, '/home', chosen.body)
  await browser.get('/home')
  return newPassword
}

async function logIn(browser: Browser, username: string, password: string): Promise<void> {
  assert.equal((await browser.logIn(username, password)).location, '/home')
  assert.equal((await browser.get('/home')).status, 200)
}

async function askForHelp(browser: Browser, username: string): Promise<void> {
  await browser.get('/forgot-password')
  await browser.post('/forgot-password', { username })
}

async function changeRules(browser: Browser, area: string, values: Record<string, unknown>, reasons = {}): Promise<void> {
  const now = await get<{ version: number; values: Record<string, unknown>; catalogue: { name: string; area: string }[] }>(
    browser,
    '/api/rules',
  )
  const names = now.catalogue.filter((rule) => rule.area === area).map(({ name }) => name)
  const all = { ...Object.fromEntries(names.map((name) => [name, now.values[name]])), ...values }
  const answer = await browser.sendJson('PUT', '/api/rules', { area, version: now.version, values: all, reasons })
  assert.ok(answer.status < 300, answer.body)
}

async function get<T>(browser: Browser, url: string): Promise<T> {
  const answer = await browser.get(url)
  assert.equal(answer.status, 200, `${url}: ${answer.body}`)
  return JSON.parse(answer.body) as T
}

async function make<T = { id: string }>(browser: Browser, url: string, body: unknown): Promise<T> {
  const answer = await browser.sendJson('POST', url, body)
  assert.equal(answer.status, 201, `${url}: ${answer.body}`)
  return JSON.parse(answer.body) as T
}

function visitor(username: string, { cookies }: Browser): Visitor {
  return { username, cookies: Object.fromEntries(cookies) }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries += 1) {
    assert.ok(tries < 300, 'the condition was not met within half a minute')
    await wait(100)
  }
}
