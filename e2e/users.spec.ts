// An Administrator creates people, hands out slips, and the people log in with them.
import { contentWidth, expectAccessible } from './looks.ts'
import { expect, fillNewPassword, goodPassword, logIn, logInForTheFirstTime, saveAndLogIn, test } from './story.ts'

test('an account without email: created, its slip shown once, and its person logs in with it', async ({
  page,
  browser,
  instance,
}) => {
  const violations: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) violations.push(message.text())
  })
  await logInForTheFirstTime(page, instance)
  await page.getByRole('link', { name: 'Console' }).click()
  await page.getByRole('link', { name: 'Users' }).click()
  await expect(page.getByRole('heading', { name: 'Users' })).toBeVisible()
  await expect(page.getByText('1 user', { exact: true })).toBeVisible()

  await page.getByRole('link', { name: 'New user' }).click()
  await page.getByLabel('Username').fill('ana souza')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ana Souza')
  await page.getByRole('textbox', { name: 'Email' }).fill('nobody')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByText('Letters, digits and')).toBeVisible()
  await expect(page.getByText('An email address looks like')).toBeVisible()
  await expect(page.getByLabel('Username')).toBeFocused()
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Ana Souza')
  await page.getByLabel('Username').fill('ana')
  await page.getByRole('textbox', { name: 'Email' }).fill('')
  await page.getByRole('button', { name: 'Create' }).click()

  const slip = page.getByRole('article', { name: 'Ana Souza' })
  await expect(slip.getByRole('img', { name: 'QR code' })).toBeVisible()
  await expect(slip).toContainText(instance.url)
  const initialPassword = await slip.locator('.password').innerText()
  expect(initialPassword).toMatch(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/)
  expect(violations.filter((text) => !/status of 422/.test(text))).toEqual([])

  const second = await browser.newContext({ baseURL: instance.url })
  const person = await second.newPage()
  await logIn(person, 'ANA', initialPassword.toLowerCase().replaceAll('-', ' '))
  await fillNewPassword(person, goodPassword)
  await saveAndLogIn(person)
  await expect(person.getByRole('heading', { name: 'Welcome, Ana Souza' })).toBeVisible()
  await expect(person.getByRole('link', { name: 'Console' })).toHaveCount(0)

  // Slips are gone for ever once one leaves.
  page.once('dialog', (dialog) => dialog.accept())
  await page.getByRole('link', { name: 'Users' }).click()
  await expect(page.getByText('2 users')).toBeVisible()
  await expect(page.getByRole('row', { name: /Ana Souza/ })).toContainText('Ready')

  // Disabled: out at once, with the reason where one looks.
  await page.getByRole('checkbox', { name: 'Select Ana Souza' }).check()
  await page.getByRole('button', { name: 'Disable' }).click()
  const dialog = page.getByRole('dialog', { name: 'Disable' })
  await dialog.getByLabel('Reason').fill('on leave')
  await dialog.getByRole('button', { name: 'Disable' }).click()
  await expect(page.getByRole('row', { name: /Ana Souza/ })).toContainText('on leave')
  await person.reload()
  await expect(person.getByText('your account was disabled')).toBeVisible()
  await second.close()
})

test('an account with email: the message brings the initial password, and the account shows that it has left', async ({
  page,
  browser,
  server,
  instance,
}) => {
  const email = `ana@${instance.name}.example`
  await logInForTheFirstTime(page, instance)
  await page.goto('/console/users/new')
  await page.getByLabel('Username').fill('ana')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ana Souza')
  await page.getByRole('textbox', { name: 'Email' }).fill(email)
  await page.getByRole('radio', { name: 'A message' }).check()
  await page.getByRole('combobox', { name: 'Language' }).click()
  await page.getByRole('option', { name: 'Español' }).click()
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByText(`The message to ${email} left`)).toBeVisible()

  const [mail] = server.mailsTo(email)
  expect(mail?.text).toContain(instance.url)
  const initialPassword = /([0-9A-Z]{4}-){3}[0-9A-Z]{4}/.exec(mail?.text ?? '')![0]
  const second = await browser.newContext({ baseURL: instance.url })
  const person = await second.newPage()
  await logIn(person, 'ana', initialPassword)
  await fillNewPassword(person, goodPassword)
  await saveAndLogIn(person)
  // The account speaks Spanish, whatever the browser does.
  await expect(person.getByRole('heading', { name: 'Ana Souza' })).toBeVisible()
  await expect(person.locator('html')).toHaveAttribute('lang', 'es')
  await second.close()
})

test('the list shows the columns that somebody chooses, in this browser from then on', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await page.goto('/console/users')
  const row = page.getByRole('row', { name: /Administrator/ })
  await expect(row).toContainText('In since')
  await expect(page.getByRole('columnheader', { name: 'Device now' })).toHaveCount(0)
  await page.getByText('Columns', { exact: true }).click()
  await page.getByRole('checkbox', { name: 'Device now' }).check()
  await page.getByRole('checkbox', { name: 'Email' }).uncheck()
  await expect(row).toContainText('Chrome')
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await expectAccessible(page, 'columns')
  await page.reload()
  await expect(page.getByRole('columnheader', { name: 'Device now' })).toBeVisible()
  await expect(page.getByRole('columnheader', { name: 'Email' })).toHaveCount(0)
  await page.setViewportSize({ width: 320, height: 800 })
  await page.getByText('Columns', { exact: true }).click()
  expect(await contentWidth(page)).toBeLessThanOrEqual(320)
})
