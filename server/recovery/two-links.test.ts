import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startMail, toOf } from '../../test/messages.ts'
import { until } from '../../test/nodes.ts'
import { askForLink, isPasswordOf, linkIn, openLink, setPassword } from '../../test/recovery.ts'

const newPassword = 'seven lanterns beneath a slow tram'

test('two people’s links in one browser: the password goes to whom the page names', async (t) => {
  const { server, system } = await startMail(t)
  await server.start()
  await system.work()
  const getLink = async (username: string) => {
    const links = () =>
      server.mails.filter((mail) => mail.text?.includes('/recover?token=') && toOf(mail)[0]?.startsWith(username))
    await askForLink(system.browser(), username)
    await until(() => links().length > 0)
    return linkIn(links().at(-1)!)
  }
  const ana = await system.addAccount({ username: 'ana', email: 'ana@example.com' })
  const ben = await system.addAccount({ username: 'ben', email: 'ben@example.com' })
  const browser = system.browser()
  await openLink(browser, await getLink('ana'))
  const anasPage = { ...browser.hidden.get('/recover') }
  assert.match((await openLink(browser, await getLink('ben'))).body, /name="username" value="ben"/)
  const sent = await browser.post('/recover', {
    ...anasPage,
    username: 'ana',
    newPassword,
    newPasswordAgain: newPassword,
  })
  assert.equal(sent.status, 409)
  assert.match(sent.body, /Another person’s page was opened here/)
  assert.ok(await isPasswordOf(system, ana.id, ana.password))
  assert.ok(await isPasswordOf(system, ben.id, ben.password))
  assert.equal((await setPassword(browser, newPassword)).location, '/login?saved', 'Ben’s page goes on')
  assert.ok(await isPasswordOf(system, ben.id, newPassword))
  assert.ok(await isPasswordOf(system, ana.id, ana.password))
})
