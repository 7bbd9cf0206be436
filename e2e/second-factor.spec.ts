// A floor without mail and phones has second factors: sheets with the slips, a supervisor's word, and an app for whoever has one.
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { codeOf } from '../test/factors.ts'
import { contentWidth, expectAccessible } from './looks.ts'
import { createPerson, expect, fillNewPassword, goodPassword, logIn, logInForTheFirstTime, saveAndLogIn, test } from './story.ts'

/** Everybody can use the page as it stands, narrow and wide, light and dark; and it can be looked at. */
async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [320, 1280]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 720 })
      await expectAccessible(page, `${name}, ${colorScheme}, ${width} px`)
      expect.soft(await contentWidth(page), `${name}, ${width} px`).toBeLessThanOrEqual(width)
      if (process.env.SCREENS)
        await page.screenshot({ path: join(process.env.SCREENS, `${name}-${width}-${colorScheme}.png`), fullPage: true })
    }
}

/** The Administrator demands a second factor of agents, and has sheets come with the slips. */
async function demandOfAgents(page: Page): Promise<void> {
  await page.goto('/console/factor-rules')
  const agents = page.getByRole('region', { name: 'Agent' })
  await agents.getByText('Look at it and change it').click()
  await agents.getByRole('radio', { name: 'Required' }).check()
  await agents.getByRole('switch', { name: 'A code sheet comes with each slip' }).check()
  await agents.getByLabel('Logins to put it off').fill('0')
  await look(page, 'factor-rules')
  await agents.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
}

test('an agent with a printed slip and sheet is in without scripts, mail and phone; and with the supervisor’s word when the sheet is at home', async ({
  page,
  browser,
  instance,
}) => {
  // Every page is looked at four times.
  test.setTimeout(300_000)
  await logInForTheFirstTime(page, instance)
  await demandOfAgents(page)
  const initialPassword = await createPerson(page, 'ana', 'Ana Souza')
  const codes = await page.locator('.slip.codes li').allInnerTexts()
  expect(codes).toHaveLength(60)
  await look(page, 'slip-with-codes')

  const plain = await browser.newContext({ baseURL: instance.url, javaScriptEnabled: false })
  const ana = await plain.newPage()
  await test.step('the first login: slip, sheet, own password', async () => {
    await logIn(ana, 'ana', initialPassword)
    await expect(ana.getByLabel('Code number 1 of your sheet')).toBeFocused()
    await ana.getByLabel('Code number 1 of your sheet').fill('0000-0000')
    await ana.getByRole('button', { name: 'Go on' }).click()
    await expect(ana.getByRole('alert')).toContainText('This is not the code with number 1')
    await ana.getByLabel('Code number 1 of your sheet').fill(codes[0]!)
    await ana.getByRole('button', { name: 'Go on' }).click()
    await fillNewPassword(ana, goodPassword)
    await saveAndLogIn(ana)
    await expect(ana.getByRole('heading', { name: 'Welcome, Ana Souza' })).toBeVisible()
  })

  await test.step('the sheet lies at home: the supervisor types the number, and it goes on by itself', async () => {
    await ana.getByRole('banner').getByText('Ana Souza').click()
    await ana.getByRole('button', { name: 'Log Out' }).click()
    await logIn(ana, 'ana', goodPassword)
    await ana.getByRole('button', { name: 'Ask my Supervisor' }).click()
    const number = await ana.locator('.number').innerText()

    page.once('dialog', (dialog) => void dialog.accept())
    await page.goto('/console/desk?search=ana')
    // One person is found, so why they can't log in is open.
    await page.getByLabel('Number on their screen').fill(number)
    await look(page, 'desk-vouch')
    await page.getByRole('button', { name: 'Vouch' }).click()
    await expect(page.getByText('Their login goes on')).toBeVisible()
    await expect(ana.getByRole('heading', { name: 'Welcome, Ana Souza' })).toBeVisible({ timeout: 15_000 })
  })
  await plain.close()

  await test.step('the same pages with scripts, as they look', async () => {
    const seen = await (await browser.newContext({ baseURL: instance.url })).newPage()
    await logIn(seen, 'ana', goodPassword)
    await look(seen, 'second-factor-sheet')
    await seen.getByLabel('Code number 2 of your sheet').fill('0000-0000')
    await seen.getByRole('button', { name: 'Go on' }).click()
    await expect(seen.getByRole('alert')).toContainText('This is not the code with number 2')
    await look(seen, 'second-factor-wrong')
    await seen.getByRole('button', { name: 'Ask my Supervisor' }).click()
    await expect(seen.locator('.number')).toHaveText(/^\d{3} \d{3}$/)
    await look(seen, 'waits-for-supervisor')
    await seen.context().close()
  })
})

test('whoever needs a factor sets up an app between the password and home, and sees it under My security', async ({
  page,
  browser,
  instance,
}) => {
  test.setTimeout(300_000)
  await logInForTheFirstTime(page, instance)
  await demandOfAgents(page)
  await page.goto('/console/factor-rules')
  const agents = page.getByRole('region', { name: 'Agent' })
  await agents.getByText('Look at it and change it').click()
  await agents.getByRole('switch', { name: 'A code sheet comes with each slip' }).uncheck()
  await agents.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  const initialPassword = await createPerson(page, 'eva', 'Eva Ramos')

  const context = await browser.newContext({ baseURL: instance.url })
  const eva = await context.newPage()
  await logIn(eva, 'eva', initialPassword)
  await expect(eva.getByRole('heading', { name: 'Set up a second step' })).toBeVisible()
  await look(eva, 'enrolment')
  await eva.getByRole('button', { name: 'Make a code sheet' }).click()
  await expect(eva.locator('.sheet li')).toHaveCount(60)
  await look(eva, 'set-up-sheet')
  await eva.getByRole('link', { name: 'Back' }).click()
  await eva.getByRole('button', { name: 'Set up an app' }).click()
  const letters = (await eva.locator('.letters').innerText()).replaceAll(' ', '')
  const bits = [...letters]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const secret = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)))
  await look(eva, 'set-up-app')
  await eva.getByLabel('Code that the app shows now').fill(codeOf(secret))
  await eva.getByRole('button', { name: 'Finish' }).click()
  await fillNewPassword(eva, goodPassword)
  await saveAndLogIn(eva)
  await eva.getByRole('banner').getByText('Eva Ramos').click()
  await eva.getByRole('link', { name: 'My security' }).click()
  await expect(eva.getByRole('heading', { name: 'Authenticator app or token', level: 2 })).toBeVisible()
  await look(eva, 'my-security')
  await context.close()
})
