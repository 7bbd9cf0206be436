import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addModule } from '../../test/module.ts'
import { startNodes } from '../../test/nodes.ts'
import { changeModule, listModules, type ModuleFields } from '../outward/modules/modules.ts'

const tilesIn = (body: string) =>
  [...body.matchAll(/class="tile" href="([^"]+)" target="_blank" rel="noopener">\s*<span class="initials[^>]*>([^<]+)/g)].map(
    ([, address, initials]) => [address, initials],
  )

test('home shows the modules that somebody may use and can open, and no other', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const at = (host: string) => ({ address: `https://${host}.example.com/` })
  await addModule(system, { name: 'wall board', ...at('wall') })
  await addModule(system, { name: 'CRM', ...at('crm') })
  await addModule(system, { name: 'Off', ...at('off'), enabled: false })
  await addModule(system, { name: 'Hidden', ...at('hidden'), onHome: false })
  await addModule(system, { name: 'Not mine', ...at('other'), profiles: [] })
  await addModule(system, { name: 'Nowhere' })
  const browser = system.browser()
  await browser.logIn(username, password)
  const { body } = await browser.get('/home')
  assert.deepEqual(tilesIn(body), [
    ['https://crm.example.com/', 'CR'],
    ['https://wall.example.com/', 'WB'],
  ])
  assert.ok(!body.includes('role="search"'), 'so few are seen at one look')
})

test('of many modules one finds some by a few letters, without scripts; what was typed is only text', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  for (let i = 0; i < 9; i += 1) await addModule(system, { name: `Módulo ${i}`, address: `https://m${i}.example.com/` })
  const browser = system.browser()
  await browser.logIn(username, password)
  assert.equal(tilesIn((await browser.get('/home')).body).length, 9)
  assert.deepEqual(tilesIn((await browser.get('/home?find=modulo+7')).body), [['https://m7.example.com/', 'M7']])
  const none = (await browser.get(`/home?find=${encodeURIComponent('"><script>alert(1)</script>')}`)).body
  assert.deepEqual(tilesIn(none), [])
  assert.match(none, /No module is called that/)
  assert.ok(!none.includes('<script>alert'))
})

test('a profile lands at its module after the login, unless the person was going somewhere else or may not use it', async (t) => {
  const system = await startNodes(t)
  const { username, password } = await system.addAccount()
  const [{ id: agent } = { id: '' }] = await system.sql<{ id: string }>("select id from profile where name = 'Agent'")
  const address = 'https://inbox.example.com/'
  const module = await addModule(system, { name: 'Inbox', address, profiles: [agent], landing: [agent] })
  const browser = system.browser()
  assert.equal((await browser.logIn(username, password)).location, '/home/landing')
  assert.match((await browser.get('/home/landing')).body, /http-equiv="refresh" content="0;url=https:\/\/inbox\.example\.com\/"/)
  assert.equal((await browser.get('/home')).status, 200, 'home itself leads nowhere')
  await browser.post('/log-out')

  await browser.get('/login?next=%2Fchange-language')
  assert.equal((await browser.post('/login', { username, password, next: '/change-language' })).location, '/change-language')
  await browser.post('/log-out')

  await system.sql('update module set enabled = false where id = $1', [module.id])
  assert.equal((await browser.logIn(username, password)).location, '/home')
  assert.equal((await browser.get('/home/landing')).location, '/home')
})

test('a profile lands at one module: the last one that says so, however many say it at once', async (t) => {
  const system = await startNodes(t, 2)
  const [{ id: agent } = { id: '' }] = await system.sql<{ id: string }>("select id from profile where name = 'Agent'")
  const fields = { address: 'https://crm.example.com/', profiles: [agent] }
  const modules = [
    await addModule(system, { ...fields, landing: [agent] }),
    await addModule(system, fields),
    await addModule(system, fields),
  ]
  const all = () => system.database.in(system.main, listModules)
  const land = async (id: string) => {
    const { clientId: _, kind: __, secrets: ___, id: ____, ...said } = (await all()).find((each) => each.id === id)!
    await system.database.in(system.main, (tx) =>
      changeModule(tx, { kind: 'operator' }, id, { ...(said as ModuleFields & { version: number }), landing: [agent] }),
    )
  }
  await land(modules[1]!.id)
  const landing = async () => (await all()).filter((each) => each.landing.length > 0).map(({ id }) => id)
  assert.deepEqual(await landing(), [modules[1]!.id])
  await system.sql('update module_profile set lands = false')
  const results = await system.race<object>(
    'module_profile',
    modules.map(
      ({ id }) =>
        () =>
          land(id).then(
            () => ({}),
            (error) => ({ error }),
          ),
    ),
  )
  assert.equal(results.length, 3)
  assert.equal((await landing()).length, 1)
})
