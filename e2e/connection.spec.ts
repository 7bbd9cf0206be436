// Without a network nothing that somebody sees or has typed goes away, and all goes on by itself when it is back.
import type { Page } from '@playwright/test'
import { expect, expectHome, goodPassword, logInForTheFirstTime, logOut, sendLogin, test } from './story.ts'

const says = (page: Page) => page.getByText('No connection').first()

test('a console without a network keeps its frame and what was typed, says so, and goes on by itself', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  // Nothing is loaded ahead: what is opened now has to come over the line.
  await page.clock.install()
  await page.goto('/console/users/new')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ana Souza')
  await page.getByLabel('Username').fill('ana')
  await page.context().setOffline(true)
  await expect(says(page)).toBeVisible()
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('alert')).toContainText('No connection')
  await expect(page.getByLabel('Username')).toHaveValue('ana')
  await page.context().setOffline(false)
  await page.clock.runFor(20_000)
  await expect(page.getByRole('status').filter({ hasText: 'No connection' })).toBeHidden()
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('article', { name: 'Ana Souza' })).toBeVisible()
})

test('a screen that was never opened is waited for while the network is away, inside of the frame', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await page.clock.install()
  await page.goto('/console/users')
  await expect(page.getByRole('row', { name: /Administrator/ })).toBeVisible()
  await page.context().setOffline(true)
  await page.getByRole('navigation').getByRole('link', { name: 'Teams' }).click()
  await page.clock.runFor(2000)
  await expect(page.getByRole('heading', { name: 'No connection' })).toBeVisible()
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Users' })).toBeVisible()
  await page.context().setOffline(false)
  await page.clock.runFor(20_000)
  await expect(page.getByRole('heading', { name: 'Teams' })).toBeVisible()
  await expect(says(page)).toBeHidden()
})

test('all screens are loaded once the first one stands, so that a network that goes away takes none', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await page.clock.install()
  await page.goto('/console/users')
  await expect(page.getByRole('row', { name: /Administrator/ })).toBeVisible()
  const last = page.waitForResponse(/audit-screen/)
  await page.clock.runFor(5000)
  await last
  await page.waitForLoadState('networkidle')
  await page.context().setOffline(true)
  for (const name of ['Teams', 'Audit', 'Password rules']) {
    await page.getByRole('navigation').getByRole('link', { name }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'No connection' })).toBeVisible()
    await expect(page.getByRole('navigation').getByRole('link', { name })).toHaveAttribute('aria-current', 'page')
  }
})

test('after an upgrade, whose files have other names, an open console says that a new version is here', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await page.clock.install()
  await page.goto('/console/users')
  await expect(page.getByRole('row', { name: /Administrator/ })).toBeVisible()
  await page.route(/teams-screen/, (route) => route.fulfill({ status: 404, contentType: 'text/html', body: 'not here' }))
  await page.getByRole('navigation').getByRole('link', { name: 'Teams' }).click()
  await expect(page.getByRole('heading', { name: 'A new version is here' })).toBeVisible()
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Users' })).toBeVisible()
  await page.unroute(/teams-screen/)
  await page.getByRole('button', { name: 'Reload' }).click()
  await expect(page.getByRole('heading', { name: 'Teams' })).toBeVisible()
})

test('a login without a network keeps what was typed and says why; with one it goes on', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await logOut(page)
  await page.goto('/login')
  await page.context().setOffline(true)
  await sendLogin(page, instance.username, goodPassword)
  await expect(page.getByRole('alert')).toContainText('No connection')
  await expect(page.getByLabel('Username')).toHaveValue(instance.username)
  await page.context().setOffline(false)
  await expect(page.getByRole('alert')).toBeHidden()
  await page.getByRole('button', { name: 'Log In' }).click()
  await expectHome(page)
})

test('a server that does not answer is no reason to lose what was typed either', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await logOut(page)
  await page.clock.install()
  await page.goto('/login')
  await page.clock.fastForward(60_000)
  await page.context().route('**', (route) => route.abort('connectionrefused'))
  await sendLogin(page, instance.username, goodPassword)
  await expect(page.getByRole('alert')).toContainText('No connection')
  await expect(page.getByLabel('Username')).toHaveValue(instance.username)
  await page.context().unroute('**')
  await page.clock.runFor(4000)
  await expect(page.getByRole('alert')).toBeHidden()
  await page.getByRole('button', { name: 'Log In' }).click()
  await expectHome(page)
})

test('home says that there is no connection, and its menu leads nowhere until there is one', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await page.context().setOffline(true)
  await expect(page.getByRole('alert').filter({ hasText: 'No connection' })).toBeVisible()
  await page.getByRole('link', { name: 'Console' }).first().click()
  await expect(page.getByRole('heading', { name: 'Welcome' })).toBeVisible()
  await page.context().setOffline(false)
  await expect(page.getByRole('alert').filter({ hasText: 'No connection' })).toBeHidden()
})
