// From the slip in the hand to the own home, and what may go wrong on the way.
import type { Page } from '@playwright/test'
import {
  expect,
  expectHome,
  fillNewPassword,
  goodPassword,
  logIn,
  logInForTheFirstTime,
  logOut,
  saveAndLogIn,
  test,
} from './story.ts'

const rule = (page: Page, code: string) => page.locator(`#rules li[data-code=${code}]`)

test('asvs-6.4.1 the initial password leads to the choice of an own one, which leads home', async ({ page, instance }) => {
  await logIn(page, instance.username, instance.initialPassword)
  await expect(page).toHaveURL('/choose-password')
  await expect(page.getByRole('heading', { name: 'Choose your password' })).toBeVisible()
  await expect(page.getByLabel('Username')).toHaveValue('admin')

  await fillNewPassword(page, goodPassword)
  await saveAndLogIn(page)
  await expectHome(page)
  const facts = page.getByRole('main')
  await expect(facts.locator('dt:text-is("Username") + dd')).toHaveText('admin')
  await expect(facts.locator('dt:text-is("Profile") + dd')).toHaveText('Administrator')
  await expect(facts.locator('dt:text-is("Logged in since") + dd')).toHaveText(/\b\d{4}\b.*\d:\d\d/)
})

test('asvs-6.4.1 an initial password opens no session, and is void once an own one is chosen', async ({ page, instance }) => {
  await logIn(page, instance.username, instance.initialPassword)
  await expect(page).toHaveURL('/choose-password')
  await page.goto('/home')
  await expect(page).toHaveURL(/\/login\?next=%2Fhome$/)

  await logInForTheFirstTime(page, instance)
  await logOut(page)
  await logIn(page, instance.username, instance.initialPassword)
  await expect(page.getByRole('alert')).toContainText('Incorrect username or password')
})

test('an initial password can be typed in lower case, without dashes or with spaces', async ({ page, instance }) => {
  const groups = instance.initialPassword.toLowerCase().split('-')
  for (const typed of [groups.join(''), groups.join(' ')]) {
    await logIn(page, instance.username, typed)
    await expect(page).toHaveURL('/choose-password')
  }
})

test('asvs-6.2.1 asvs-6.2.4 a refused password names the rules that it breaks', async ({ page, instance }) => {
  await logIn(page, instance.username, instance.initialPassword)
  const field = page.getByLabel('New password', { exact: true })

  await fillNewPassword(page, 'password1234567')
  await saveAndLogIn(page)
  await expect(page.getByRole('alert')).toContainText('This password cannot be used')
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await expect(field).toHaveAccessibleDescription(/Not easy to guess/)
  await expect(rule(page, 'guessable')).toHaveAttribute('data-state', 'broken')
  await expect(rule(page, 'too_short')).not.toHaveAttribute('data-state', 'broken')

  await fillNewPassword(page, 'admin')
  await saveAndLogIn(page)
  await expect(page.getByRole('alert')).toContainText('This password cannot be used')
  await expect(rule(page, 'personal')).toHaveAttribute('data-state', 'broken')
  await expect(rule(page, 'too_short')).toHaveAttribute('data-state', 'broken')
  await expect(rule(page, 'guessable')).not.toHaveAttribute('data-state', 'broken')

  await fillNewPassword(page, instance.initialPassword)
  await saveAndLogIn(page)
  await expect(rule(page, 'unchanged')).toHaveAttribute('data-state', 'broken')

  await fillNewPassword(page, goodPassword)
  await saveAndLogIn(page)
  await expectHome(page)
})

test('the rules tick themselves off while one types', async ({ page, instance }) => {
  await logIn(page, instance.username, instance.initialPassword)
  const field = page.getByLabel('New password', { exact: true })
  const kept = page.locator('#rules li[data-state=kept]')
  const shown = await page.locator('#rules li').count()
  await expect(kept).toHaveCount(0)

  await field.pressSequentially('Admin')
  await expect(rule(page, 'personal')).toHaveAttribute('data-state', 'broken')
  await expect(rule(page, 'too_short')).toHaveAttribute('data-state', 'broken')
  await expect(rule(page, 'too_short')).toContainText('not met yet')

  await field.pressSequentially(' drifts over copper rails')
  await expect(kept).toHaveCount(shown)
  await expect(rule(page, 'too_short')).toContainText('met')

  await field.clear()
  await expect(kept).toHaveCount(0)
  await expect(page.locator('#rules li[data-state=broken]')).toHaveCount(0)
})

test('two new passwords that differ are refused', async ({ page, instance }) => {
  await logIn(page, instance.username, instance.initialPassword)
  await fillNewPassword(page, goodPassword, `${goodPassword}s`)
  await saveAndLogIn(page)
  await expect(page.getByRole('alert')).toContainText('typed differently the second time')
  await expect(page.getByLabel('New password', { exact: true })).toHaveValue('')

  await fillNewPassword(page, goodPassword)
  await saveAndLogIn(page)
  await expectHome(page)
})

test('cve-C10 the browser of the first login is a known one, which the guesses of others do not lock out', async ({
  page,
  browser,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await logOut(page)
  const attacker = await browser.newContext()
  const guesses = await attacker.newPage()
  for (let guess = 0; guess < 8; guess += 1) await logIn(guesses, instance.username, 'not the password')
  await logIn(guesses, instance.username, goodPassword)
  await expect(guesses.getByRole('alert')).toContainText('Incorrect username or password')
  await logIn(page, instance.username, goodPassword)
  await expectHome(page)
  await attacker.close()
})

test('asvs-7.1.2 a second browser is refused, and told since when and on what device the first is logged in', async ({
  page,
  browser,
  instance,
}) => {
  const userAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const first = await browser.newContext({ userAgent })
  await logInForTheFirstTime(await first.newPage(), instance)

  await logIn(page, instance.username, goodPassword)
  await expect(page.getByRole('heading', { name: 'The user is already logged in' })).toBeVisible()
  await expect(page.getByText('Firefox, Windows')).toBeVisible()
  await expect(page.locator('dt:text-is("Since") + dd')).toHaveText(/\b\d{4}\b.*\d:\d\d/)
  await page.goto('/home')
  await expect(page).toHaveURL(/\/login/)

  await logOut(await reloadHome(first.pages()[0]!))
  await logIn(page, instance.username, goodPassword)
  await expectHome(page)
  await first.close()
})

/** The first browser is not disturbed by the second. */
async function reloadHome(page: Page): Promise<Page> {
  await page.reload()
  await expectHome(page)
  return page
}
