// Two screens and one seat: refused, moved, told, freed.
import type { Browser, Page } from '@playwright/test'
import type { NewInstance } from './server.ts'
import {
  allowToEndOtherSession,
  createPerson,
  expect,
  expectHome,
  fillNewPassword,
  goodPassword,
  logIn,
  logInForTheFirstTime,
  saveAndLogIn,
  test,
} from './story.ts'

async function anotherBrowser(browser: Browser, instance: NewInstance): Promise<Page> {
  return (await browser.newContext({ baseURL: instance.url })).newPage()
}

test('a second browser is refused; where the rule allows it, the session moves, and the first screen says where to', async ({
  page,
  browser,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  const second = await anotherBrowser(browser, instance)
  await logIn(second, instance.username, goodPassword)
  await expect(second.getByRole('heading', { name: 'The user is already logged in' })).toBeVisible()
  await expect(second.getByRole('button', { name: 'Log out there' })).toHaveCount(0)

  await allowToEndOtherSession(page)
  await page.goto('/home')
  await logIn(second, instance.username, goodPassword)
  await expect(second.getByText('Chrome')).toBeVisible()
  await second.getByRole('button', { name: 'Log out there and log in here' }).click()
  await expectHome(second)

  // At once, without a reload.
  await expect(page.getByRole('alert')).toContainText('moved to another device')
  await expect(page.getByRole('alert')).toContainText('Chrome')
  await page.getByRole('alert').getByRole('link', { name: 'Log In' }).click()
  await page.getByRole('button', { name: 'This was not me' }).click()
  await expect(page.getByText('Your supervisors find it on your account')).toBeVisible()

  await second.goto('/console/users')
  await second.getByRole('link', { name: 'Administrator' }).click()
  await expect(second.getByRole('alert')).toContainText('Somebody else may know this password')
})

test('one seat: the second person is refused, sees it free, and is in; a supervisor ends the session and says why', async ({
  page,
  browser,
  server,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  const passwords = [await createPerson(page, 'ana', 'Ana Souza'), await createPerson(page, 'ben', 'Ben Ortiz')]
  await server.command('instance', 'seats', instance.name, '2', '--reserve', '0')
  const ana = await anotherBrowser(browser, instance)
  await logIn(ana, 'ana', passwords[0]!)
  await fillNewPassword(ana, goodPassword)
  await saveAndLogIn(ana)
  await expect(ana.getByRole('heading', { name: 'Welcome, Ana Souza' })).toBeVisible()

  const ben = await anotherBrowser(browser, instance)
  await logIn(ben, 'ben', passwords[1]!)
  await fillNewPassword(ben, goodPassword)
  await saveAndLogIn(ben)
  await expect(ben.getByRole('heading', { name: 'All seats are in use' })).toBeVisible()
  await expect(ben.getByText('Your new password is saved')).toBeVisible()

  await page.goto('/console/live')
  await expect(page.getByText('2 of 2 in use')).toBeVisible()
  await expect(page.getByText('All seats are in use')).toBeVisible()
  await page.getByRole('checkbox', { name: 'Select Ana Souza' }).check()
  await page.getByRole('button', { name: 'End session' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('Shift is over')
  await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click()
  await expect(page.getByText('1 session is ended.')).toBeVisible()
  await expect(page.getByText('1 of 2 in use')).toBeVisible()
  await expect(ana.getByRole('alert')).toContainText('Reason: Shift is over')

  // What he typed is kept for a minute.
  await ben.getByRole('button', { name: 'Try again' }).click()
  await expect(ben.getByRole('heading', { name: 'Welcome, Ben Ortiz' })).toBeVisible()
  // The screen finds out by itself.
  await expect(page.getByRole('row', { name: /Ben Ortiz/ })).toBeVisible()
  expect(await server.command('instance', 'seats', instance.name)).toMatchObject({
    seats: 2,
    inUse: 2,
    peakToday: 2,
    refusalsToday: 1,
  })
})
