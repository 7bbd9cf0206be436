// The way into a module behind a proxy, by intents and codes that work once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atModule, crm, startBehindProxy } from '../../../test/at-module.ts'
import type { Browser } from '../../../test/browser.ts'
import { loggedIn } from '../../../test/floor.ts'
import { addModule } from '../../../test/module.ts'
import type { TestSystem } from '../../../test/nodes.ts'
import { sealIntent } from './intent.ts'

/** A code as the browser of somebody gets it on its way. */
async function coded(system: TestSystem, own: Browser) {
  const there = atModule(system)
  const started = new URL((await there.get('/.gatehouse/start?to=/tickets')).location!)
  const { location } = await own.get(started.pathname + started.search)
  return { there, signIn: started.pathname + started.search, callback: new URL(location!).pathname + new URL(location!).search }
}

test('a code works once, in the browser that began, at its host, and while the session lives', async (t) => {
  const { system, ana } = await startBehindProxy(t, 3)
  await addModule(system, { name: 'Other', address: 'https://other.example.com' }, 'proxy')
  const own = await loggedIn(system, ana)
  const isRefused = async (browser: Browser, callback: string) => {
    const { location } = await browser.get(callback)
    assert.match(location!, /why=(expired|cookie)/)
    assert.equal(browser.cookies.has('__Host-gatehouse-module'), false)
  }
  // Who sends somebody else into the module with a link gets them into nothing, and the other way round.
  const victim = await coded(system, own)
  await isRefused(atModule(system), victim.callback)
  const attacker = await coded(system, own)
  const mixed = atModule(system)
  mixed.cookies.set('__Host-gatehouse-module-visit', attacker.there.cookies.get('__Host-gatehouse-module-visit')!)
  await isRefused(mixed, victim.callback)
  victim.there.headers['x-forwarded-host'] = 'other.example.com'
  await isRefused(victim.there, victim.callback)
  victim.there.headers['x-forwarded-host'] = crm
  // The intent has been used up.
  assert.match((await own.get(victim.signIn)).location!, /why=expired/)
  await system.sql("update forward_sign_in set code_expires_at = now() - interval '1 second'")
  await isRefused(victim.there, victim.callback)
  const late = await coded(system, own)
  await own.post('/log-out')
  await isRefused(late.there, late.callback)

  const again = await loggedIn(system, ana)
  const { there, callback } = await coded(system, again)
  const cookies = [...there.cookies]
  const racers = Array.from({ length: 9 }, (_, i) => () => {
    const racer = atModule(system, i % 3)
    for (const [name, value] of cookies) racer.cookies.set(name, value)
    return racer.get(callback)
  })
  // Connections that are opened at that moment would take longer than the race.
  await Promise.all(racers.map((_, i) => atModule(system, i % 3).get('/.gatehouse/callback?code=x')))
  const answers = await system.race('forward_sign_in', racers)
  assert.equal(answers.filter(({ location }) => location === '/tickets').length, 1)
  assert.equal(answers.filter(({ headers }) => String(headers['set-cookie'] ?? '').includes('-module=')).length, 1)
})

test('an intent works once, however many requests race for it on three nodes, and for ten minutes', async (t) => {
  const { system, ana } = await startBehindProxy(t, 3)
  const own = await loggedIn(system, ana)
  const there = atModule(system)
  const begin = async () => new URL((await there.get('/.gatehouse/start?to=/')).location!)
  const at = await begin()
  const racers = Array.from({ length: 9 }, (_, i) => () => {
    const racer = system.browser(i % 3)
    for (const [name, value] of own.cookies) racer.cookies.set(name, value)
    return racer.get(at.pathname + at.search)
  })
  await Promise.all(racers.map((_, i) => atModule(system, i % 3).get('/.gatehouse/callback?code=x')))
  const answers = await system.race('forward_sign_in', racers)
  assert.equal(answers.filter(({ location }) => location!.includes('/.gatehouse/callback?')).length, 1)
  const [module] = await system.sql<{ id: string }>('select id from module')
  const intent = { moduleId: module!.id, nonceHash: Buffer.alloc(32), wanted: '/' }
  const minutesAgo = (minutes: number, instance = system.main) =>
    own.get(`/forward-auth/sign-in?intent=${sealIntent(system.keys, instance, intent, Date.now() - minutes * 60_000)}`)
  assert.match((await minutesAgo(9)).location!, /callback/)
  assert.match((await minutesAgo(10.1)).location!, /why=expired/)
  const { instance: other } = await system.addInstance('other', 'other.example.com')
  assert.match((await minutesAgo(0, other)).location!, /why=expired/, 'of another instance')
  const forged = at.searchParams.get('intent')!.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))
  assert.match((await own.get(`/forward-auth/sign-in?intent=${forged}`)).location!, /why=expired/)
})

test('asvs-2.4.1 whoever only comes by writes nothing down, however often', async (t) => {
  const { system } = await startBehindProxy(t)
  for (let i = 0; i < 50; i += 1) assert.equal((await atModule(system).get(`/.gatehouse/start?to=/${i}`)).status, 303)
  assert.deepEqual(await system.sql('select from forward_sign_in'), [])
})
