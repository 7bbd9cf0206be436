// What one sees first in the console: the first day of an instance, and then the floor, where each figure leads to the people.
import type { Page } from '@playwright/test'
import { contentWidth, expectAccessible } from './looks.ts'
import {
  addPerson,
  createPerson,
  expect,
  fillNewPassword,
  goodPassword,
  logIn,
  logInForTheFirstTime,
  saveAndLogIn,
  test,
} from './story.ts'

/** Looks at the page as it stands with a machine's eyes: wide, on the narrowest phone, and in the dark. */
async function expectGoodLooks(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [320, 'light'],
    [1280, 'dark'],
  ] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    await expectAccessible(page, `${name}, ${width} px, ${colorScheme}`)
    expect(await contentWidth(page), name).toBeLessThanOrEqual(width)
  }
}

test('the first day: each step has the one button that does it, is ticked by what was done, and the list goes when all is', async ({
  page,
  browser,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await page.goto('/console')
  const list = page.getByRole('region', { name: 'The first day' })
  const step = (name: string) => list.getByRole('listitem').filter({ hasText: name })
  await expect(list.getByText('0 of 8 done')).toBeVisible()
  await expectGoodLooks(page, 'the first day')

  await step('Language and time zone').getByRole('button', { name: 'Set' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(step('Language and time zone').getByRole('img', { name: 'Done' })).toBeVisible()

  await step('A second Administrator').getByRole('link', { name: 'Create' }).click()
  await expect(page.getByRole('combobox', { name: 'Profile' })).toHaveValue('Administrator')
  await page.getByLabel('Username').fill('second')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Second Administrator')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('article', { name: 'Second Administrator' })).toBeVisible()
  page.once('dialog', (dialog) => void dialog.accept())
  await page.getByRole('link', { name: 'Start' }).click()
  // The slip of it was the first one, too.
  await expect(list.getByText('3 of 8 done')).toBeVisible()

  await step('Mail is tried').getByRole('button').click()
  const dialog = page.getByRole('dialog', { name: 'Send a test message' })
  await dialog.getByLabel('Send it to').fill('ana@example.com')
  await dialog.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(dialog.getByText('The mail server took the message')).toBeVisible()
  await dialog.getByRole('button', { name: 'Close' }).click()

  await step('Rules are looked at').getByRole('link').click()
  await page.getByRole('button', { name: 'Keep them as they are' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await page.getByRole('link', { name: 'Start' }).click()
  await step('Teams').getByRole('link').click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Sales')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByText('The team Sales is created.')).toBeVisible()
  await addPerson(page, { username: 'carla', fullName: 'Carla Díaz', email: null })

  await page.getByRole('link', { name: 'Start' }).click()
  await expect(list.getByText('7 of 8 done')).toBeVisible()
  await step('The first supervisor is in').getByRole('link', { name: 'Help them in' }).click()
  await expect(page.getByRole('combobox', { name: 'Profile' })).toHaveValue('Supervisor')
  await page.getByLabel('Username').fill('sofia')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Sofía Costa')
  await page.getByRole('button', { name: 'Create' }).click()
  const initialPassword = await page.locator('.password').innerText()
  const supervisor = await (await browser.newContext({ baseURL: instance.url })).newPage()
  await logInForTheFirstTime(supervisor, { ...instance, username: 'sofia', initialPassword }).catch(() => {})
  page.once('dialog', (dialog) => void dialog.accept())
  await page.getByRole('link', { name: 'Start' }).click()
  await expect(page.getByRole('region', { name: 'On the floor' })).toBeVisible()
  await expect(list).toHaveCount(0)
})

test('the floor: a refused login is a figure that leads to the person, one press makes the slip, and the figure is gone', async ({
  page,
  browser,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await createPerson(page, 'ana', 'Ana Souza')
  page.once('dialog', (dialog) => void dialog.accept())
  await page.goto('/console')
  const now = page.getByRole('region', { name: 'On the floor' })
  await expect(now.getByRole('link')).toHaveText('1 In now')
  const look = page.getByRole('region', { name: 'To look at' })
  await expect(look.getByRole('link', { name: 'Never logged in' })).toHaveText('1 Never logged in')

  const person = await (await browser.newContext({ baseURL: instance.url })).newPage()
  await logIn(person, 'ana', goodPassword)
  await expect(person.getByText('Incorrect username or password')).toBeVisible()
  // By itself, when somebody comes back to the page too.
  await page.reload()
  const refused = look.getByRole('listitem').filter({ hasText: 'Refused today: wrong password' })
  await expect(refused).toContainText('1 refused login today')
  await expectGoodLooks(page, 'the floor')
  const logins = page.getByRole('slider', { name: /^Logins a minute/ })
  await logins.focus()
  await page.keyboard.press('Home')
  await expect(logins).toHaveAttribute('aria-valuetext', /logins? · last week 0/)

  await refused.getByRole('link').click()
  await expect(page.getByRole('button', { name: 'Refused today: wrong password 1' })).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByText('1 user', { exact: true })).toBeVisible()
  await expect(page.getByRole('row', { name: /Ana Souza/ })).toBeVisible()
  await page.goBack()

  await refused.getByRole('button', { name: 'New slips' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'New initial password' }).click()
  await expect(page.getByRole('article', { name: 'Ana Souza' })).toBeVisible()
  page.once('dialog', (dialog) => void dialog.accept())
  await page.getByRole('link', { name: 'Start' }).click()
  await expect(look).toBeVisible()
  await expect(refused).toHaveCount(0)
})

test('a person’s page: in since when, what happened on a day and by whom, where they were, and back to the list as it was', async ({
  page,
  browser,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  const initialPassword = await createPerson(page, 'ana', 'Ana Souza')
  const person = await (await browser.newContext({ baseURL: instance.url })).newPage()
  await logIn(person, 'ana', goodPassword)
  await expect(person.getByText('Incorrect username or password')).toBeVisible()
  await logIn(person, 'ana', initialPassword)
  await fillNewPassword(person, goodPassword)
  await saveAndLogIn(person)
  await expect(person.getByRole('heading', { name: 'Welcome, Ana Souza' })).toBeVisible()
  page.once('dialog', (dialog) => void dialog.accept())
  await page.goto('/console/users?search=souza&sort=lastLoginAt')
  const row = page.getByRole('row', { name: /Ana Souza/ })
  await expect(row.getByText('In since')).toBeVisible()
  await row.getByRole('link', { name: 'Ana Souza' }).click()
  await expect(page.getByText(/^In since .*Chrome/)).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: 'Logged in and working' })).toBeVisible()

  await page.getByRole('link', { name: 'History' }).click()
  await expect(page.getByRole('navigation', { name: 'About Ana Souza' }).locator('[aria-current]')).toHaveText(['History'])
  const line = page.getByRole('main').getByRole('listitem')
  await expect(line.filter({ hasText: 'could not log in: wrong password' })).toBeVisible()
  await expect(line.filter({ hasText: 'Administrator' }).first()).toContainText('created the account of')
  await expect(line.last()).toContainText('Ana Souza logged in.')
  await page.getByRole('button', { name: 'Day before' }).click()
  await expect(page.getByText('Nothing happened on this day.')).toBeVisible()
  await page.reload()
  await expect(page.getByText('Nothing happened on this day.')).toBeVisible()
  await page.getByRole('button', { name: 'Day after' }).click()
  await expect(line.last()).toContainText('Ana Souza logged in.')

  await page.getByRole('link', { name: 'Sessions' }).click()
  await expect(page.getByRole('row', { name: /Still in/ })).toContainText('Chrome')
  await page.getByRole('link', { name: 'Details' }).click()
  await expect(page.getByRole('region', { name: 'What cannot be undone' }).getByRole('button', { name: 'Remove' })).toBeVisible()

  await page.goto('/console/users?search=souza&sort=lastLoginAt')
  await row.getByRole('link', { name: 'Ana Souza' }).click()
  await page.getByRole('link', { name: 'Sessions' }).click()
  await page.getByRole('link', { name: '‹ Users' }).click()
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue('souza')
  await expect(page).toHaveURL(/sort=lastLoginAt/)
})

test('from the start page one name leads to the person at the desk', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await addPerson(page, { username: 'ana', fullName: 'Ana Souza', email: null })
  await page.goto('/console')
  await page.getByRole('searchbox', { name: 'Who needs help?' }).pressSequentially('ana so')
  await expect(page.getByRole('heading', { name: 'Desk' })).toBeVisible()
  await expect(page.getByText('Ana Souza')).toBeVisible()
})
