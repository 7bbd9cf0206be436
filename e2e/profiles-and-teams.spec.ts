// An Administrator makes a profile and a team; what both permit holds at once for whoever is logged in.
import type { Browser, Page } from '@playwright/test'
import type { NewInstance } from './server.ts'
import { expect, fillNewPassword, goodPassword, logIn, logInForTheFirstTime, saveAndLogIn, test } from './story.ts'

/** Makes somebody in the console that is open, and returns their initial password. */
async function createUser(page: Page, fullName: string, more: { profile?: string; team?: string } = {}): Promise<string> {
  await page.goto('/console/users/new')
  await page.getByLabel('Username').fill(fullName.split(' ')[0]!.toLowerCase())
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(fullName)
  for (const [label, value] of Object.entries(more)) {
    await page.getByRole('combobox', { name: new RegExp(label, 'i') }).click()
    await page.getByRole('option', { name: value, exact: true }).click()
  }
  await page.getByRole('button', { name: 'Create' }).click()
  const password = await page.getByRole('article', { name: fullName }).locator('.password').innerText()
  page.once('dialog', (dialog) => dialog.accept())
  return password
}

/** A browser of their own, in which somebody has just logged in for the first time. */
async function personOf(browser: Browser, instance: NewInstance, username: string, initialPassword: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: instance.url })
  const person = await context.newPage()
  await logIn(person, username, initialPassword)
  await fillNewPassword(person, goodPassword)
  await saveAndLogIn(person)
  await expect(person.getByRole('heading', { name: /Welcome/ })).toBeVisible()
  return person
}

test('a profile is made and given, and what is changed in it holds at the next request of who is logged in', async ({
  page,
  browser,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  const password = await createUser(page, 'Ana Souza')
  await page.getByRole('link', { name: 'Profiles' }).click()
  await expect(page.getByRole('row', { name: /Administrator/ })).toContainText('Your profile')
  await expect(page.getByText('These three are built in')).toBeVisible()

  await page.getByRole('link', { name: 'Agent', exact: true }).click()
  await expect(page.getByRole('listitem').filter({ hasText: 'See the accounts' })).toContainText('Not permitted')
  await expect(page.getByText('This is a built-in profile')).toBeVisible()
  await page.getByRole('link', { name: 'New profile like this' }).click()
  const name = page.getByRole('textbox', { name: 'Name' })
  await expect(name).toHaveValue('Agent (copy)')
  await name.fill('supervisor')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByText('This is the name of a built-in profile')).toBeVisible()
  await expect(name).toBeFocused()
  // On a screen of any height the field that is gone to is seen, and not behind the header.
  for (const height of [600, 700, 760, 800, 840]) {
    await page.setViewportSize({ width: 1280, height })
    await page.getByRole('button', { name: 'Create' }).focus()
    await page.keyboard.press('Enter')
    await expect(name).toBeFocused()
    const header = await page.getByRole('banner').boundingBox()
    expect((await name.boundingBox())!.y, `at ${height} pixels`).toBeGreaterThan(header!.y + header!.height)
  }
  await name.fill('Watcher')
  // By keyboard alone.
  const view = page.getByRole('checkbox', { name: 'See the accounts' })
  await view.focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await expect(page.getByText('2 permissions')).toBeVisible()
  await name.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('row', { name: /Watcher/ })).toContainText('2 permissions')

  await page.getByRole('link', { name: 'Users', exact: true }).click()
  await page.getByRole('link', { name: 'Ana Souza' }).click()
  await page.getByRole('link', { name: 'Details' }).click()
  await page.getByRole('combobox', { name: 'Profile' }).click()
  await page.getByRole('option', { name: 'Watcher' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()

  const person = await personOf(browser, instance, 'ana', password)
  await person.goto('/console')
  await expect(person.getByText('2 users')).toBeVisible()
  await expect(person.getByRole('navigation').getByRole('link')).toHaveText(['Users'])

  await page.getByRole('link', { name: 'Profiles' }).click()
  await page.getByRole('link', { name: 'Watcher' }).click()
  await page.getByRole('checkbox', { name: 'All of Users' }).check()
  await expect(page.getByText('11 permissions')).toBeVisible()
  await page.getByRole('checkbox', { name: 'All of Users' }).uncheck()
  await page.getByRole('checkbox', { name: 'See the teams' }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.').last()).toBeVisible()
  // The next thing that she does is refused, and what she may no longer see goes from her screen.
  await person.getByRole('searchbox', { name: 'Search' }).fill('boss')
  await expect(person.getByRole('alert')).toContainText('Your profile does not permit this')
  await expect(person.getByRole('navigation').getByRole('link')).toHaveText(['Teams'])
  await person.goto('/console')
  await expect(person.getByText('You supervise no team yet')).toBeVisible()

  // A profile that somebody has stays; one that nobody has goes.
  await page.getByRole('button', { name: 'Remove' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove' })
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Accounts that have it: 1')
  await dialog.getByRole('button', { name: 'Cancel' }).last().click()
  await person.context().close()
})

test('a team is made with its supervisor, who sees the own team only', async ({ page, browser, instance }) => {
  await logInForTheFirstTime(page, instance)
  const password = await createUser(page, 'Sol Rivas', { profile: 'Supervisor' })
  await createUser(page, 'Ana Souza')
  await page.goto('/console/teams')
  await expect(page.getByText('There are no teams yet')).toBeVisible()
  for (const team of ['North', 'South']) {
    await page.getByRole('link', { name: 'Teams' }).click()
    await page.getByRole('link', { name: 'New team' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill(team)
    if (team === 'North') {
      await page.getByRole('combobox', { name: 'Supervisors' }).fill('riv')
      await page.getByRole('option', { name: 'Sol Rivas (sol)' }).click()
    }
    await page.getByRole('button', { name: 'Create' }).click()
    await expect(page.getByRole('row', { name: new RegExp(team) })).toBeVisible()
  }
  await expect(page.getByRole('row', { name: /North/ })).toContainText('Sol Rivas')
  await page.getByRole('link', { name: 'New team' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('NORTH')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByText('This name is taken')).toBeVisible()
  page.once('dialog', (dialog) => dialog.accept())
  await page.getByRole('link', { name: 'Teams' }).click()

  // An agent as a supervisor would see nobody: it is done, and said.
  await page.getByRole('link', { name: 'South' }).click()
  await page.getByRole('combobox', { name: 'Supervisors' }).fill('ana')
  await page.getByRole('option', { name: 'Ana Souza (ana)' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('note')).toContainText('Ana Souza: supervises this team, but sees nobody in it')

  await createUser(page, 'Ben Ortiz', { team: 'North' })
  await createUser(page, 'Cris Lima', { team: 'South' })
  await page.goto('/console/teams')
  await page.getByRole('row', { name: /North/ }).getByRole('link', { name: '1 user' }).click()
  await expect(page.getByRole('row', { name: /Ben Ortiz/ })).toBeVisible()
  await expect(page.getByRole('row', { name: /Cris Lima/ })).toHaveCount(0)
  await page.goto('/console/teams')
  await page.getByRole('link', { name: 'North' }).click()
  await page.getByRole('button', { name: 'Remove' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove' })
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Accounts in it: 1')

  const person = await personOf(browser, instance, 'sol', password)
  await person.goto('/console/users')
  await expect(person.getByText('1 user', { exact: true })).toBeVisible()
  await expect(person.getByRole('row', { name: /Ben Ortiz/ })).toBeVisible()
  await person.getByRole('link', { name: 'Teams' }).click()
  await expect(person.getByText('1 team', { exact: true })).toBeVisible()
  await expect(person.getByRole('link', { name: 'South' })).toHaveCount(0)
  await person.getByRole('link', { name: 'North' }).click()
  await expect(person.getByText('Supervisors: Sol Rivas')).toBeVisible()
  await expect(person.getByRole('textbox', { name: 'Name' })).toHaveCount(0)
  await expect(person.getByRole('button', { name: 'Save' })).toHaveCount(0)
  await person.context().close()
})
