// The console when the session ends under it, and how one finds the way back to where one was.
import { expect, goodPassword, logIn, logInForTheFirstTime, sendLogin, test } from './story.ts'

test('a link into the console that is opened when nobody is logged in leads there after the login', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await page.getByText('Administrator').first().click()
  await page.getByRole('button', { name: 'Log Out' }).click()
  await expect(page).toHaveURL(/\/login/)
  await page.goto('/console/users?search=adm&state=ready')
  await sendLogin(page, instance.username, goodPassword)
  await expect(page).toHaveURL(/\/console\/users\?search=adm&state=ready$/)
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue('adm')
  await expect(page.getByRole('row', { name: /Administrator/ })).toBeVisible()
})

test('a session that ends while somebody types says why, and after a login in a new tab nothing is lost', async ({
  page,
  context,
  server,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await page.goto('/console/users/new')
  await page.getByLabel('Username').fill('ana')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ana Souza')
  await server.command('session', 'end', instance.username, '--instance', instance.name)
  const ended = page.getByRole('dialog', { name: 'You are logged out' })
  await expect(ended).toContainText('ended by an administrator')

  const opened = context.waitForEvent('page')
  await ended.getByRole('link', { name: 'Log in in a new tab' }).click()
  const tab = await opened
  await sendLogin(tab, instance.username, goodPassword)
  await expect(tab).toHaveURL(/\/console\/users\/new$/)
  await page.bringToFront()
  await page.evaluate('dispatchEvent(new Event("focus"))')
  await expect(ended).toBeHidden()
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Ana Souza')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('article', { name: 'Ana Souza' })).toBeVisible()
})

test('what somebody else may see is not left on the screen: after another person’s login the console begins anew', async ({
  page,
  context,
  server,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await page.goto('/console/users/new')
  await page.getByLabel('Username').fill('ana')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ana Souza')
  await page.getByRole('button', { name: 'Create' }).click()
  const initialPassword = await page.locator('.password').innerText()
  await server.command('session', 'end', instance.username, '--instance', instance.name)

  const tab = await context.newPage()
  await logIn(tab, 'ana', initialPassword)
  await tab.getByLabel('New password', { exact: true }).fill(goodPassword)
  await tab.getByLabel('New password, again').fill(goodPassword)
  await tab.getByRole('button', { name: 'Save and log in' }).click()
  await expect(tab.getByRole('heading', { name: 'Welcome, Ana Souza' })).toBeVisible()
  page.on('dialog', (dialog) => void dialog.accept())
  await page.bringToFront()
  await page.evaluate('dispatchEvent(new Event("focus"))')
  await expect(page.getByText(initialPassword)).toHaveCount(0)
})
