// The same story in a browser that runs no scripts: pages are complete without them.
import {
  expect,
  expectHome,
  expectNobodyLoggedIn,
  fillNewPassword,
  goodPassword,
  logIn,
  logOut,
  otherGoodPassword,
  saveAndLogIn,
  takeFromMenu,
  test,
} from './story.ts'

test.use({ javaScriptEnabled: false })

test('without scripts, one logs in for the first time, changes the password, and logs out', async ({ page, instance }) => {
  await test.step('the first login', async () => {
    await logIn(page, instance.username, 'not the password')
    await expect(page.getByRole('alert')).toContainText('Incorrect username or password')
    await logIn(page, instance.username, instance.initialPassword)
    await expect(page).toHaveURL('/choose-password')
    await expect(page.getByRole('button', { name: 'Show' })).toBeHidden()
  })

  await test.step('a password that is refused, and one that is not', async () => {
    await fillNewPassword(page, 'admin')
    await saveAndLogIn(page)
    await expect(page.getByRole('alert')).toContainText('This password cannot be used')
    await expect(page.locator('#rules li[data-state=broken]')).toHaveCount(3)
    await fillNewPassword(page, goodPassword, otherGoodPassword)
    await saveAndLogIn(page)
    await expect(page.getByRole('alert')).toContainText('typed differently the second time')
    await fillNewPassword(page, goodPassword)
    await saveAndLogIn(page)
    await expectHome(page)
  })

  await test.step('a new password and another language from the user menu', async () => {
    await takeFromMenu(page, 'home:change_password')
    await page.getByLabel('Current password').fill(goodPassword)
    await fillNewPassword(page, otherGoodPassword)
    await page.getByRole('main').getByRole('button', { name: 'Change Password' }).click()
    await expect(page.getByRole('status')).toHaveText('Your password is changed.')
    await takeFromMenu(page, 'common:language')
    await page.getByRole('radio', { name: 'English' }).check()
    await page.getByRole('button', { name: 'Save' }).click()
    await expectHome(page)
  })

  await test.step('out, and in again', async () => {
    await logOut(page)
    await expectNobodyLoggedIn(page)
    await logIn(page, instance.username, goodPassword)
    await expect(page.getByRole('alert')).toContainText('Incorrect username or password')
    await logIn(page, instance.username, otherGoodPassword)
    await expectHome(page)
  })
})

test('without scripts, a second browser is refused', async ({ page, browser, instance }) => {
  const first = await browser.newContext({ javaScriptEnabled: false })
  const elsewhere = await first.newPage()
  await logIn(elsewhere, instance.username, instance.initialPassword)
  await fillNewPassword(elsewhere, goodPassword)
  await saveAndLogIn(elsewhere)
  await expectHome(elsewhere)
  await logIn(page, instance.username, goodPassword)
  await expect(page.getByRole('heading', { name: 'The user is already logged in' })).toBeVisible()
  await first.close()
})
