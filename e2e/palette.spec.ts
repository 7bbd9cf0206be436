// Ctrl-K: everything is found from everywhere, as far as whoever presses may see and do it.
import { expectAccessible } from './looks.ts'
import { addPerson, expect, fillNewPassword, goodPassword, logIn, logInForTheFirstTime, saveAndLogIn, test } from './story.ts'

test('Ctrl-K finds a person and gives a new password, finds a rule and leads to its field, and leads to screens and teams', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await addPerson(page, { username: 'ana', fullName: 'Ana Souza', email: null })
  await page.goto('/console/audit')
  await expect(page.getByRole('heading', { name: 'Audit' })).toBeVisible()
  const open = async (words: string) => {
    await page.keyboard.press('Control+k')
    await expect(page.getByRole('combobox', { name: 'Search everything' })).toBeFocused()
    await page.keyboard.type(words)
  }
  const option = (name: string | RegExp) => page.getByRole('option', { name })
  await open('souza')
  await expect(option('Ana Souza ana')).toHaveAttribute('aria-selected', 'true')
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page, `palette, ${colorScheme}`)
  }
  await option('Ana Souza: New initial password').click()
  await page.getByRole('dialog', { name: 'New initial password' }).getByRole('button', { name: 'New initial password' }).click()
  await expect(page.getByRole('article', { name: 'Ana Souza' })).toBeVisible()
  page.once('dialog', (dialog) => void dialog.accept())

  await open('minimum len')
  await expect(option(/^Minimum length 15 characters/)).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Minimum length' })).toBeFocused()

  await open('live')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Live' })).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'Search everything' })).toBeHidden()

  // Without accents, by the arrow keys, and out again by Escape.
  await open('ana')
  await expect(option('Ana Souza ana')).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await expect(option('Ana Souza: Why can’t they log in?')).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('searchbox', { name: 'Who needs help?' })).toHaveValue('ana')
})

test('/ goes to the search of the screen and ? shows the keys, unless somebody types or has turned single keys off', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await page.goto('/console/users')
  await expect(page.getByRole('row', { name: /Administrator/ })).toBeVisible()
  await page.keyboard.press('/')
  const search = page.getByRole('searchbox', { name: 'Search' })
  await expect(search).toBeFocused()
  await page.keyboard.type('a?/')
  await expect(search).toHaveValue('a?/')
  await search.blur()
  await page.keyboard.press('?')
  const keys = page.getByRole('dialog', { name: 'Keys' })
  await expect(keys).toContainText('Search everything')
  await expectAccessible(page, 'keys')
  await keys.getByRole('switch', { name: 'Single keys' }).uncheck()
  await keys.getByRole('button', { name: 'Close' }).click()
  await expect(keys).toBeHidden()
  await page.locator('h1').click()
  await page.keyboard.press('/')
  await expect(search).not.toBeFocused()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Search everything' })).toBeFocused()
})

test('the palette offers a supervisor only what the profile permits', async ({ page, browser, instance }) => {
  await logInForTheFirstTime(page, instance)
  await addPerson(page, { username: 'ana', fullName: 'Ana Souza', email: null })
  await addPerson(page, { username: 'sofia', fullName: 'Sofía Costa', email: null }, 'Supervisor')
  await page.goto('/console/users?search=sofia')
  await page.getByRole('checkbox', { name: 'Select Sofía Costa' }).check()
  await page.getByRole('button', { name: 'New initial password' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'New initial password' }).click()
  const initialPassword = await page.locator('.password').innerText()
  const supervisor = await (await browser.newContext({ baseURL: instance.url })).newPage()
  await logIn(supervisor, 'sofia', initialPassword)
  await fillNewPassword(supervisor, goodPassword)
  await saveAndLogIn(supervisor)
  await supervisor.goto('/console')
  await supervisor.getByRole('button', { name: 'Search everything' }).click()
  await expect(supervisor.getByRole('option')).toHaveText(['Start', 'Desk', 'Users', 'Requests', 'Live', 'Teams'])
  // Of another team, and a rule.
  for (const words of ['souza', 'minimum']) {
    await supervisor.getByRole('combobox').fill(words)
    await expect(supervisor.getByText('Nothing matches.')).toBeVisible()
  }
})
