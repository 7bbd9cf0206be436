// What is refused for what passes by itself is tried again without typing anything anew: by one press, or by the page when it is time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startNodes } from '../../test/nodes.ts'
import { changeSeats } from '../sessions/sessions.ts'

test('a login that another session keeps out is tried again from its page, once, and enters when that one has ended', async (t) => {
  const system = await startNodes(t, 2)
  const ana = await system.addAccount()
  const [there, here] = [system.browser(0), system.browser(1)]
  await there.logIn(ana.username, ana.password)
  assert.equal((await here.logIn(ana.username, ana.password)).status, 409)
  const again = await here.post('/try-again', { step: 'other_session' })
  assert.equal(again.status, 409, 'it still lives')
  assert.doesNotMatch(again.body, /data-free-in/)
  assert.equal((await there.get('/home')).status, 200, 'and trying does not end it, whatever the rule says')

  await system.sql("update session set lapses_at = now() + interval '20 seconds'")
  const closed = await here.post('/try-again', { step: 'other_session' })
  assert.match(closed.body, /data-free-in="(1\d|2[01])"/)
  await system.sql("update session set lapses_at = now() - interval '1 second'")
  const entered = await Promise.all([1, 2].map(() => here.post('/try-again', { step: 'other_session' })))
  assert.deepEqual(entered.map(({ status }) => status).sort(), [303, 403], 'what was kept works once')
  assert.equal((await here.get('/home')).status, 200)
})

test('a login that finds no seat is tried again from its page; after another password nothing of it is left', async (t) => {
  const system = await startNodes(t)
  const [ana, ben, boss] = [
    await system.addAccount(),
    await system.addAccount(),
    await system.addAccount({ profile: 'Administrator' }),
  ]
  await changeSeats(system.database, system.main, { seats: 1, seatReserve: 1 })
  const [first, second, third] = [system.browser(), system.browser(), system.browser()]
  await first.logIn(ana.username, ana.password)
  assert.match((await second.logIn(ben.username, ben.password)).body, /All seats are in use/)
  assert.equal((await second.post('/try-again', { step: 'seat' })).status, 409)
  assert.equal((await second.post('/try-again', { step: 'other_session' })).status, 403, 'it waits for its own step only')
  await first.get('/home')
  await first.post('/log-out')
  assert.equal((await second.post('/try-again', { step: 'seat' })).location, '/home')

  assert.equal((await third.logIn(ana.username, ana.password)).status, 409)
  await second.get('/home')
  const admin = system.browser()
  await admin.logIn(boss.username, boss.password)
  await admin.get('/home')
  await admin.sendJson('POST', '/api/accounts/slips', { accountIds: [ana.id] })
  await second.post('/log-out')
  assert.equal((await third.post('/try-again', { step: 'seat' })).status, 403)
})
