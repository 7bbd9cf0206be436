// Somebody forgot the password: by a link in a message, and through a supervisor, in three languages, on a phone-sized screen.
import type { Page } from '@playwright/test'
import { type Language, languages } from '../contracts/languages.ts'
import {
  addPerson,
  askForPassword,
  expect,
  fillNewPassword,
  goodPassword,
  linkTo,
  logIn,
  logInForTheFirstTime,
  otherGoodPassword,
  saveAndLogIn,
  saveNewPassword,
  sendLogin,
  test,
} from './story.ts'
import { textsIn } from './texts.ts'

const stories: { language: Language; locale: string; viewport: { width: number; height: number } }[] = [
  { language: 'en', locale: 'en-GB', viewport: { width: 1280, height: 720 } },
  { language: 'es', locale: 'es-UY', viewport: { width: 360, height: 720 } },
  { language: 'pt', locale: 'pt-BR', viewport: { width: 360, height: 720 } },
]

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, window] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]')
  expect(content).toBeLessThanOrEqual(window)
}

for (const { language, locale, viewport } of stories)
  test.describe(`${languages[language].name}, ${viewport.width} px`, () => {
    test.use({ locale, viewport })
    const t = textsIn(language)

    test('with email: the link sets a new password, works once, and its person is told', async ({
      page,
      browser,
      instance,
      server,
    }) => {
      const email = `ana@${instance.name}.example`
      await logInForTheFirstTime(page, instance, t)
      await addPerson(page, { username: 'ana', fullName: 'Ana Souza', email })
      const context = await browser.newContext({ baseURL: instance.url, locale, viewport })
      const person = await context.newPage()

      await askForPassword(person, 'ana', t)
      await expectNoSidewaysScroll(person)
      const link = await linkTo(server, email)
      expect(link.startsWith(`${instance.url}/recover?token=`)).toBe(true)
      await person.goto(link)
      await expect(person).toHaveURL(`${instance.url}/recover`)
      await expect(person.getByLabel(t('common:username'))).toHaveValue('ana')
      await fillNewPassword(person, goodPassword, goodPassword, t)
      await expect(person.locator('#rules li[data-state=kept]')).toHaveCount(await person.locator('#rules li').count())
      await saveNewPassword(person, 'ana', t)
      await expect(person.getByRole('alert')).toHaveText(t('passwords:refused'))
      await expectNoSidewaysScroll(person)
      await saveNewPassword(person, otherGoodPassword, t)
      await expect(person.getByRole('status')).toHaveText(t('sign-in:password_saved_log_in'))
      await expectNoSidewaysScroll(person)
      await sendLogin(person, 'ana', otherGoodPassword, t)
      await expect(person.getByRole('heading', { name: t('home:welcome', { name: 'Ana Souza' }) })).toBeVisible()
      await expect.poll(() => server.mailsTo(email).map(({ subject }) => subject)).toHaveLength(2)

      const again = await context.newPage()
      await again.goto(link)
      await expect(again.getByRole('heading', { name: t('problems:recovery_link_invalid.title') })).toBeVisible()
      await expectNoSidewaysScroll(again)
      await again.getByRole('link', { name: t('recovery:ask_anew') }).click()
      await expect(again.getByRole('button', { name: t('recovery:ask') })).toBeVisible()
      await context.close()
    })

    test('without email: the request appears in the console by itself, and the slip lets its person in', async ({
      page,
      browser,
      instance,
    }) => {
      await logInForTheFirstTime(page, instance, t)
      await addPerson(page, { username: 'ben', fullName: 'Ben Ortiz', email: null })
      await page.goto('/console/users')
      await expect(page.getByRole('link', { name: 'Ben Ortiz' })).toBeVisible()
      const title = await page.title()
      const context = await browser.newContext({ baseURL: instance.url, locale, viewport })
      const person = await context.newPage()
      await askForPassword(person, 'Ben', t)

      await expect(page.getByText(t('console:requests.notice', { name: 'Ben Ortiz' }))).toBeVisible()
      await expect(page).toHaveTitle(`(1) ${title}`)
      await page.getByRole('button', { name: t('console:requests.notice_next') }).click()
      await expect(page.getByRole('heading', { name: t('console:requests.title') })).toBeVisible()
      await expectNoSidewaysScroll(page)
      await page.getByRole('button', { name: `${t('console:requests.refuse')}: Ben Ortiz` }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel(t('console:requests.reason')).fill('no badge')
      await dialog.getByRole('button', { name: t('console:requests.refuse') }).click()
      await expect(page.getByText(t('console:requests.none'))).toBeVisible()
      await expect(page).toHaveTitle(`${t('console:requests.title')} · ${instance.name}`)

      await askForPassword(person, 'ben', t)
      await page.getByRole('button', { name: `${t('console:requests.new_password')}: Ben Ortiz` }).click()
      const slip = page.getByRole('article', { name: 'Ben Ortiz' })
      const initialPassword = await slip.locator('.password').innerText()
      await expectNoSidewaysScroll(page)
      await logIn(person, 'ben', initialPassword, t)
      await fillNewPassword(person, goodPassword, goodPassword, t)
      await saveAndLogIn(person, t)
      await expect(person.getByRole('heading', { name: t('home:welcome', { name: 'Ben Ortiz' }) })).toBeVisible()
      await context.close()
    })
  })

test('of two who answer one request, the second hears who was faster', async ({ page, browser, instance, server }) => {
  const email = `boss@${instance.name}.example`
  await logInForTheFirstTime(page, instance)
  await addPerson(page, { username: 'ben', fullName: 'Ben Ortiz', email: null })
  await addPerson(page, { username: 'boss', fullName: 'Bo Boss', email }, 'Administrator')
  const context = await browser.newContext({ baseURL: instance.url, javaScriptEnabled: false })
  const other = await context.newPage()
  await askForPassword(other, 'boss')
  await other.goto(await linkTo(server, email))
  await saveNewPassword(other, otherGoodPassword)
  await askForPassword(other, 'ben')
  await context.close()
  const second = await browser.newContext({ baseURL: instance.url })
  const boss = await second.newPage()
  await logIn(boss, 'boss', otherGoodPassword)
  await boss.goto('/console/requests')
  const button = (at: Page) => at.getByRole('button', { name: 'New password: Ben Ortiz' })
  await expect(button(boss)).toBeVisible()
  await page.goto('/console/requests')
  await expect(button(page)).toBeVisible()
  // What the second sees is of a moment ago.
  await boss.route('**/api/recovery-requests', (route) => route.abort())
  await button(page).click()
  await expect(page.getByRole('article', { name: 'Ben Ortiz' })).toBeVisible()
  await button(boss).click()
  await expect(boss.getByRole('alert').filter({ hasText: 'Administrator was faster' })).toBeVisible()
  await second.close()
})

test('a request that comes while the console is being opened is told of at once', async ({ page, browser, instance, server }) => {
  await logInForTheFirstTime(page, instance)
  await addPerson(page, { username: 'ben', fullName: 'Ben Ortiz', email: null })
  const context = await browser.newContext({ baseURL: instance.url, javaScriptEnabled: false })
  const person = await context.newPage()
  const mayOpen = Promise.withResolvers<void>()
  await page.route('**/api/live', (route) => mayOpen.promise.then(() => route.continue()))
  const asked = page.waitForResponse('**/api/recovery-requests')
  await page.goto('/console/users')
  expect(await (await asked).json()).toMatchObject({ requests: [] })
  await askForPassword(person, 'ben')
  await expect
    .poll(() =>
      server.sql('select 1 from recovery_request r join instance i on i.id = r.instance_id where i.name = $1', [instance.name]),
    )
    .toHaveLength(1)
  mayOpen.resolve()
  await expect(page.getByText('Ben Ortiz needs a new password')).toBeVisible()
  await context.close()
})
