// How many links an hour has, and for whom.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startMail } from '../../test/messages.ts'
import { allDone, askForLink } from '../../test/recovery.ts'

test('cve-C10 a stranger uses up what one network may ask for, and neither keeps other networks from links nor known browsers', async (t) => {
  const { server, system } = await startMail(t, 1, { TRUSTED_PROXIES: '127.0.0.1' })
  await server.start()
  await system.work()
  const own = await system.addAccount({ username: 'own', email: 'own@example.com' })
  const people = ['one', 'two', 'three', 'four', 'five', 'six', 'seven']
  for (const username of people) await system.addAccount({ username, email: `${username}@example.com` })
  const known = system.browser()
  assert.equal((await known.logIn(own.username, own.password)).location, '/home')
  await known.get('/home')
  await known.post('/log-out')
  const ask = async (address: string, username: string, browser = system.browser()) => {
    browser.headers = { 'x-forwarded-for': address }
    assert.equal((await askForLink(browser, username)).status, 303)
    await allDone(system)
  }
  const sentTo = async () =>
    (await system.sql<{ to: string }>('select to_address as to from message order by created_at')).map(
      ({ to }) => to.split('@')[0],
    )

  await ask('203.0.113.9', 'one')
  await system.sql('update recovery_network set links = 59')
  await ask('203.0.113.77', 'two')
  await ask('203.0.113.78', 'three')
  assert.deepEqual(await sentTo(), ['one', 'two'], 'the same network has sixty')
  await ask('198.51.100.7', 'four')
  await ask('2001:db8:1:2::3', 'five')
  await ask('2001:db8:1:ffff::3', 'own', known)
  assert.deepEqual(await sentTo(), ['one', 'two', 'four', 'five', 'own'])
  assert.deepEqual(await system.sql('select network, links from recovery_network order by network'), [
    { network: '198.51.100.0/24', links: 1 },
    { network: '2001:db8:1::/48', links: 1 },
    { network: '203.0.113.0/24', links: 60 },
  ])

  // With many networks all of it can be used up; whoever asks in a browser of their own is sent a link all the same.
  await system.sql('update recovery_hour set links = 599')
  await ask('192.0.2.1', 'six')
  await ask('192.0.2.1', 'seven')
  await ask('192.0.2.1', 'own', known)
  await ask('192.0.2.1', 'own')
  assert.deepEqual((await sentTo()).slice(5), ['six', 'own'])
  assert.deepEqual(
    await system.sql(
      "select detail - 'device' as detail, host(address) as address from audit_event where event = 'recovery_links_used_up' order by id",
    ),
    [
      { detail: { network: '203.0.113.0/24' }, address: '203.0.113.77' },
      { detail: {}, address: '192.0.2.1' },
    ],
    'each is told of once',
  )
})

test('links that are held back are counted for whoever watches', async (t) => {
  const { system } = await startMail(t)
  await system.addAccount({ username: 'ana', email: 'ana@example.com' })
  await system.addAccount({ username: 'ben', email: 'ben@example.com' })
  const { decideRecovery } = await import('./decide-recovery.ts')
  const held: string[] = []
  const decide = async (username: string) => {
    await askForLink(system.browser(), username)
    const [ask] = await system.sql<{ id: string }>('select id from recovery_ask')
    await decideRecovery({ ...system, onHeldBack: (share) => held.push(share) }, { instanceId: system.main.id, askId: ask!.id })
  }
  await decide('ana')
  await system.sql('update recovery_hour set links = 600')
  await decide('ben')
  await system.sql('update recovery_network set links = 60')
  await decide('ben')
  assert.deepEqual(held, ['instance', 'network'])
  assert.deepEqual(await system.sql('select links from recovery_network'), [{ links: 60 }])
})
