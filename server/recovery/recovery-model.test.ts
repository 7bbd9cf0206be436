// The machine of docs/recovery.md against a model of it: all requests, in any order, from any state. A password is set only by who has
// just shown a proof that nobody has used, and a session begins only with the whole of a login.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Browser } from '../../test/browser.ts'
import { startMail } from '../../test/messages.ts'
import { goodPassword, type TestSystem } from '../../test/nodes.ts'
import { allDone, askForLink, isPasswordOf, linkIn } from '../../test/recovery.ts'

type Link = { path: string; state: 'live' | 'void' | 'used' | 'expired' }

/** What must be true. The person has one browser, in which cookies come and go; supervisors have another. */
type Model = {
  email: boolean
  enabled: boolean
  /** The password that works, whether lasting or initial; undefined when there is none. */
  password: { text: string; lasting: boolean }
  links: Link[]
  /** The link that the person's browser has opened. */
  opened: Link | undefined
  /** Whether the person's browser holds a login that waits for a password to be chosen. */
  pending: boolean
  /** Whether the account has a session. It is the person's browser that has it. */
  session: boolean
  request: 'none' | 'open'
  /** Links sent, and requests opened, in this hour. */
  linksSent: number
  requestsOpened: number
  passwords: number
}

type Real = { system: TestSystem; id: string; person: Browser; supervisor: Browser; mailed: () => string[] }
type Step = fc.AsyncCommand<Model, Real>

/** Whatever was begun with the credentials of before is worth nothing. */
function newCredentials(model: Model, text: string, lasting: boolean): void {
  model.password = { text, lasting }
  for (const link of model.links) if (link.state === 'live') link.state = 'void'
  model.pending = false
  model.request = 'none'
}

const step = (name: string, run: (model: Model, real: Real) => Promise<void>): Step => ({
  check: () => true,
  async run(model, real) {
    await run(model, real)
    await agrees(model, real, name)
  },
  toString: () => name,
})

/** The database says what the model says. */
async function agrees(model: Model, { system, id, person }: Real, name: string): Promise<void> {
  const [row] = await system.sql<{
    lasting: boolean
    sessions: number
    requests: number
    links: number
    used: number
    resets: number
  }>(
    `select (select hash is not null from password where account_id = $1) as lasting,
      (select count(*)::int from session where account_id = $1 and ended_at is null) as sessions,
      (select count(*)::int from recovery_request r join account a on a.id = r.account_id where a.id = $1 and closed_at is null
        and expires_at > now() and r.credential_version = a.credential_version and a.enabled) as requests,
      (select count(*)::int from recovery_link l join account a on a.id = l.account_id where a.id = $1 and ended_at is null
        and expires_at > now() and l.credential_version = a.credential_version and l.sent_to = a.email and a.enabled) as links,
      (select count(*)::int from recovery_link where account_id = $1 and end_reason = 'used') as used,
      (select count(*)::int from audit_event where account_id = $1 and event = 'password_reset') as resets`,
    [id],
  )
  const live = model.enabled && model.email ? model.links.filter(({ state }) => state === 'live').length : 0
  assert.deepEqual(
    row,
    {
      lasting: model.password.lasting,
      sessions: model.session ? 1 : 0,
      requests: model.request === 'open' && model.enabled ? 1 : 0,
      links: live,
      used: model.links.filter(({ state }) => state === 'used').length,
      resets: model.links.filter(({ state }) => state === 'used').length,
    },
    name,
  )
  if (model.password.lasting) assert.ok(await isPasswordOf(system, id, model.password.text), name)
  assert.equal((await person.get('/home')).status === 200, model.session, `${name}: who is logged in`)
}

const ask = step('ask', async (model, { system, mailed }) => {
  const before = mailed().length
  await askForLink(system.browser(), 'ana')
  await allDone(system)
  const sent = model.enabled && model.email && model.linksSent < 3
  assert.equal(mailed().length, before + (sent ? 1 : 0))
  if (sent) {
    for (const link of model.links) if (link.state === 'live') link.state = 'void'
    model.links.push({ path: mailed().at(-1)!, state: 'live' })
    model.linksSent += 1
  }
  if (model.enabled && !model.email && (model.request === 'open' || model.requestsOpened < 3)) {
    if (model.request === 'none') model.requestsOpened += 1
    model.request = 'open'
  }
})

const works = (model: Model, link: Link | undefined) => link?.state === 'live' && model.enabled && model.email

const open = (which: number) =>
  step(`open link ${which}`, async (model, { person }) => {
    const link = model.links.at(-1 - which)
    if (link === undefined) return
    assert.equal((await person.get(link.path)).location, '/recover')
    const { status } = await person.get('/recover')
    assert.equal(status, works(model, link) ? 200 : 410)
    model.opened = status === 200 ? link : undefined
  })

const openNonsense = step('open nonsense', async (model, { person }) => {
  await person.get(`/recover?token=${'A'.repeat(43)}`)
  assert.equal((await person.get('/recover')).status, 410)
  model.opened = undefined
})

const nextPassword = (model: Model) => `${goodPassword} number ${++model.passwords}`

const setNew = step('set', async (model, { person }) => {
  await person.get('/login')
  await person.get('/forgot-password')
  const text = nextPassword(model)
  const { status, location } = await person.post('/recover', { newPassword: text, newPasswordAgain: text, username: 'ana' })
  const { opened } = model
  model.opened = undefined
  if (!works(model, opened)) return assert.equal(status, 410)
  assert.equal(location, '/login?saved')
  newCredentials(model, text, true)
  opened!.state = 'used'
  model.session = false
})

const setWeak = step('set a weak one', async (model, { person }) => {
  await person.get('/forgot-password')
  const { status } = await person.post('/recover', { newPassword: 'short', newPasswordAgain: 'short' })
  if (!works(model, model.opened)) model.opened = undefined
  assert.equal(status, model.opened ? 422 : 410)
})

const choose = step('choose', async (model, { person }) => {
  await person.get('/forgot-password')
  const text = nextPassword(model)
  const { status, location } = await person.post('/choose-password', { newPassword: text, newPasswordAgain: text })
  const may = model.pending && model.enabled
  model.pending = false
  if (!may) return assert.ok(status === 403 || location === '/home', `${status} ${location}`)
  newCredentials(model, text, true)
  assert.equal(location, '/home')
  model.session = true
})

const logIn = (right: boolean) =>
  step(right ? 'log in' : 'log in with a wrong password', async (model, { person, system }) => {
    // Waits after wrong passwords are not what this is about.
    await system.sql('delete from login_attempt')
    await person.get('/forgot-password')
    const { status, location } = await person.post('/login', { username: 'ana', password: right ? model.password.text : 'wrong' })
    if (model.session) return assert.equal(location, '/home')
    if (!right || !model.enabled) return assert.equal(status, 401)
    assert.equal(location, model.password.lasting ? '/home' : '/choose-password')
    if (model.password.lasting) model.session = true
    else model.pending = true
  })

const logOut = step('log out', async (model, { person }) => {
  await person.get('/home')
  await person.post('/log-out')
  model.session = false
})

const change = step('change the password', async (model, { person, system }) => {
  await system.sql('delete from login_attempt')
  await person.get('/change-password')
  const text = nextPassword(model)
  const { status } = await person.post('/change-password', {
    currentPassword: model.password.text,
    newPassword: text,
    newPasswordAgain: text,
  })
  if (!model.session) return assert.ok(status >= 300, String(status))
  assert.equal(status, 303)
  newCredentials(model, text, true)
})

const requests = async ({ supervisor }: Real) =>
  JSON.parse((await supervisor.get('/api/recovery-requests')).body).requests as { id: string }[]

let lastRequest = crypto.randomUUID() as string
const settle = (how: 'answer' | 'refuse') =>
  step(how, async (model, real) => {
    const [request] = await requests(real)
    assert.equal(request !== undefined, model.request === 'open' && model.enabled)
    const body = how === 'answer' ? {} : { reason: 'nobody was here' }
    // One that is over is pressed too.
    const { status, body: said } = await real.supervisor.sendJson(
      'POST',
      `/api/recovery-requests/${request?.id ?? lastRequest}/${how}`,
      body,
    )
    if (request === undefined) return assert.ok([404, 409].includes(status), `${status} ${said}`)
    lastRequest = request.id
    assert.ok(status < 300, said)
    model.request = 'none'
    if (how === 'refuse') return
    newCredentials(model, JSON.parse(said).slip.initialPassword, false)
    model.session = false
  })

const slip = step('slip', async (model, { supervisor, id }) => {
  const { body } = await supervisor.sendJson('POST', '/api/accounts/slips', { accountIds: [id] })
  newCredentials(model, JSON.parse(body).slips[0].initialPassword, false)
  model.session = false
})

const email = (given: boolean) =>
  step(given ? 'give an address' : 'take the address', async (model, { system, id }) => {
    await system.sql('update account set email = $2 where id = $1', [id, given ? 'ana@example.com' : null])
    model.email = given
  })

const enable = (enabled: boolean) =>
  step(enabled ? 'enable' : 'disable', async (model, { supervisor, id }) => {
    const how = enabled ? ['enable', {}] : ['disable', { reason: '' }]
    await supervisor.sendJson('POST', `/api/accounts/${how[0]}`, { accountIds: [id], ...(how[1] as object) })
    model.enabled = enabled
    if (!enabled) model.session = false
  })

const expire = step('time passes', async (model, { system }) => {
  await system.sql(
    "update recovery_link set created_at = created_at - interval '2 hours', expires_at = expires_at - interval '2 hours'",
  )
  await system.sql("update message set created_at = created_at - interval '2 hours'")
  await system.sql(
    "update recovery_request set opened_at = opened_at - interval '25 hours', expires_at = expires_at - interval '25 hours'",
  )
  await system.sql('update sign_in set expires_at = now()')
  for (const link of model.links) if (link.state === 'live') link.state = 'expired'
  model.request = 'none'
  model.pending = false
  model.linksSent = 0
  model.requestsOpened = 0
})

const scan = step('scan', async (model, { system }) => {
  for (const { path } of model.links) {
    const scanner = system.browser()
    await scanner.get(path)
    await scanner.get('/recover')
    await scanner.send('HEAD', path)
  }
})

/** Steps as people mean them to follow each other, which chance alone seldom finds. */
const inOrder = (...several: Step[]): Step => ({
  check: () => true,
  async run(model, real) {
    for (const each of several) await each.run(model, real)
  },
  toString: () => several.join(', then '),
})

const steps = [
  ...[ask, open(0), open(1), openNonsense, setNew, setWeak, choose, logIn(true), logIn(false), logOut, change],
  ...[settle('answer'), settle('refuse'), slip, email(true), email(false), enable(true), enable(false), expire, scan],
  ...[
    inOrder(email(true), ask, open(0)),
    inOrder(enable(true), email(true), ask, scan, open(0), setNew),
    inOrder(open(0), setNew),
    inOrder(setNew, setNew),
  ],
  ...[inOrder(email(false), ask, settle('answer')), inOrder(slip, logIn(true), choose), inOrder(enable(true), logIn(true))],
  // What voids a link that stands open in a browser.
  ...[slip, change, ask, expire, email(false), enable(false)].map((each) => inOrder(ask, open(0), each, setNew)),
]

test('asvs-2.3.1 cve-C02 in whatever order requests come, no password is set without a proof, and no session begins without all steps', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  await system.work()
  const admin = await system.addAccount({ username: 'boss', profile: 'Administrator' })
  const supervisor = system.browser()
  await supervisor.logIn(admin.username, admin.password)
  await supervisor.get('/home')
  const seen = new Map<string, number>()
  const runs = process.env.MODEL_RUNS

  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.commands(
        steps.map((each) => fc.constant(each)),
        { size: 'max', maxCommands: 30 },
      ),
      async (withEmail, commands) => {
        await system.sql("delete from account where username = 'ana'")
        server.mails.length = 0
        const { id } = await system.addAccount({ username: 'ana', ...(withEmail && { email: 'ana@example.com' }) })
        const real: Real = {
          ...{ system, id, supervisor, person: system.browser() },
          mailed: () => server.mails.filter(({ text }) => text?.includes('/recover?')).map(linkIn),
        }
        for (const each of commands) seen.set(String(each), (seen.get(String(each)) ?? 0) + 1)
        const model = (): Model => ({
          ...{ email: withEmail, enabled: true, password: { text: goodPassword, lasting: true }, links: [], opened: undefined },
          ...{ pending: false, session: false, request: 'none', linksSent: 0, requestsOpened: 0, passwords: 0 },
        })
        await fc.asyncModelRun(() => ({ model: model(), real }), commands)
      },
    ),
    // The same walks every time; MODEL_RUNS=100 takes others, and more of them.
    runs === undefined ? { numRuns: 9, seed: 26, endOnFailure: true } : { numRuns: Number(runs), endOnFailure: true },
  )
  // A walk that never gets anywhere proves nothing.
  const [led] = await system.sql<Record<string, number>>(
    `select count(*) filter (where event = 'password_reset')::int as resets, count(*) filter (where event = 'password_chosen')::int as chosen,
      count(*) filter (where event = 'recovery_request_answered')::int as answered, count(*) filter (where event = 'login')::int as logins
    from audit_event`,
  )
  for (const [what, times] of Object.entries(led!)) assert.ok(times > 1, `${what}: ${times}`)
  t.diagnostic(JSON.stringify({ ...led, ...Object.fromEntries(seen) }))
})
