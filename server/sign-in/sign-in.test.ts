import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goodPassword, startNodes } from '../../test/nodes.ts'

test('asvs-6.4.1 an initial password opens only the choice of a lasting one, which then logs in', async (t) => {
  const system = await startNodes(t)
  const browser = system.browser()

  const first = await browser.logIn('admin', system.admin.initialPassword, '/change-password')
  assert.equal(first.location, '/choose-password')
  assert.equal((await browser.get('/home')).location, '/login?next=%2Fhome')

  const form = await browser.get('/choose-password')
  assert.equal(form.status, 200)
  const chosen = await browser.post('/choose-password', { newPassword: goodPassword, newPasswordAgain: goodPassword })
  assert.equal(chosen.location, '/change-password', 'leads to the page that was first asked for')
  const home = await browser.get('/home')
  assert.equal(home.status, 200)
  assert.match(home.body, /Administrator/)

  const other = await system.browser().logIn('admin', goodPassword)
  assert.equal(other.status, 409)
  assert.match(other.body, /The user is already logged in/)
  assert.equal((await browser.post('/log-out')).location, '/login?bye')
  assert.equal((await system.browser().logIn('ADMIN', goodPassword)).location, '/home')
  assert.equal(
    (await system.browser().logIn('admin', system.admin.initialPassword)).status,
    401,
    'the initial password is used up',
  )
})
