// From the user menu: a new password for somebody who knows the current one.
import type { Page } from '@playwright/test'
import {
  expect,
  expectHome,
  expectNobodyLoggedIn,
  fillNewPassword,
  goodPassword,
  logIn,
  logInForTheFirstTime,
  logOut,
  otherGoodPassword,
  takeFromMenu,
  test,
} from './story.ts'

async function change(page: Page, current: string, to: string, again = to): Promise<void> {
  await page.getByLabel('Current password').fill(current)
  await fillNewPassword(page, to, again)
  await page.getByRole('main').getByRole('button', { name: 'Change Password' }).click()
}

test('asvs-6.2.2 asvs-6.2.3 the new password logs in afterwards, and the old one does not', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await takeFromMenu(page, 'home:change_password')
  await expect(page).toHaveURL('/change-password')
  await change(page, goodPassword, otherGoodPassword)
  await expect(page.getByRole('status')).toHaveText('Your password is changed.')
  await expectHome(page)

  await logOut(page)
  await logIn(page, instance.username, goodPassword)
  await expect(page.getByRole('alert')).toContainText('Incorrect username or password')
  await expect(page.getByLabel('Username')).toHaveValue(instance.username)
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('')
  await logIn(page, instance.username, otherGoodPassword)
  await expectHome(page)
})

test('asvs-6.2.3 a wrong current password is said beside its field, and aloud, and changes nothing', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await takeFromMenu(page, 'home:change_password')
  await change(page, 'not the password', otherGoodPassword)
  const current = page.getByLabel('Current password')
  await expect(page.getByRole('alert')).toContainText('The current password is not right')
  await expect(current).toHaveAttribute('aria-invalid', 'true')
  await expect(current).toHaveAccessibleDescription(/The current password is not right/)
  await expect(current).toBeFocused()
  await expect(current).toHaveValue('')

  await page.getByRole('link', { name: 'Cancel' }).click()
  await logOut(page)
  await logIn(page, instance.username, goodPassword)
  await expectHome(page)
})

test('asvs-6.2.1 a new password that breaks rules, or differs the second time, is refused', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await takeFromMenu(page, 'home:change_password')
  await change(page, goodPassword, 'admin')
  await expect(page.getByRole('alert')).toContainText('This password cannot be used')
  await expect(page.locator('#rules li[data-code=personal]')).toHaveAttribute('data-state', 'broken')

  await change(page, goodPassword, goodPassword)
  await expect(page.getByText('Different from your current one')).toBeVisible()

  await change(page, goodPassword, otherGoodPassword, goodPassword)
  await expect(page.getByRole('alert')).toContainText('typed differently the second time')

  await change(page, goodPassword, otherGoodPassword)
  await expect(page.getByRole('status')).toHaveText('Your password is changed.')
})

test('asvs-7.2.4 changing the password gives the browser a new session secret, and the one before opens nothing', async ({
  page,
  context,
  browser,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  const before = await context.cookies()
  await takeFromMenu(page, 'home:change_password')
  await change(page, goodPassword, otherGoodPassword)
  await expectHome(page)

  const thief = await browser.newContext()
  await thief.addCookies(before)
  const stolen = await thief.newPage()
  await stolen.goto('/home')
  await expect(stolen).toHaveURL(/\/login/)
  await page.reload()
  await expectHome(page)
  await thief.close()
})

test('a tab that was open while the password was changed in another still logs out', async ({ page, context, instance }) => {
  await logInForTheFirstTime(page, instance)
  const otherTab = await context.newPage()
  await otherTab.goto('/change-password')
  await change(otherTab, goodPassword, otherGoodPassword)
  await expectHome(otherTab)
  await logOut(page)
  await expectNobodyLoggedIn(otherTab)
})

test('asvs-7.4.4 Log Out is on every page of somebody who is logged in', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  for (const path of ['/home', '/change-password', '/change-language', '/no-such-page']) {
    await page.goto(path)
    await expect.soft(page.locator('form[action="/log-out"]').getByRole('button', { includeHidden: true }), path).toHaveCount(1)
  }
})
