// The story in three languages: the browser's own, the one chosen at the door, and the one kept for the person.
import type { Page } from '@playwright/test'
import { type Language, languages } from '../contracts/languages.ts'
import { expect, expectHome, goodPassword, logIn, logInForTheFirstTime, logOut, sendLogin, takeFromMenu, test } from './story.ts'
import { textsIn } from './texts.ts'

const stories: { language: Language; locale: string; next: Language }[] = [
  { language: 'en', locale: 'en-GB', next: 'es' },
  { language: 'es', locale: 'es-UY', next: 'pt' },
  { language: 'pt', locale: 'pt-BR', next: 'en' },
]

/** Words of other languages are longer. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
}

for (const { language, locale, next } of stories) {
  test.describe(languages[language].name, () => {
    test.use({ locale, viewport: { width: 320, height: 720 } })
    const t = textsIn(language)
    const inNext = textsIn(next)

    test(`a browser in ${locale} sees every page in its language, and a person keeps the one that they choose`, async ({
      page,
      browser,
      instance,
    }) => {
      const html = page.locator('html')
      await test.step('without choosing anything', async () => {
        await page.goto('/login')
        await expect(html).toHaveAttribute('lang', language)
        await expect(page).toHaveTitle(`${t('sign-in:log_in')} · ${instance.name}`)
        await expect(page.getByRole('link', { name: t('sign-in:forgot_password') })).toBeVisible()
        await sendLogin(page, instance.username, 'not the password', t)
        await expect(page.getByRole('alert')).toHaveText(t('sign-in:incorrect', { minutes: '15' }))
        await expectNoSidewaysScroll(page)
        await expect(html).toHaveAttribute('lang', language)
        await logIn(page, instance.username, instance.initialPassword, t)
        await expect(page.getByRole('heading', { name: t('sign-in:choose_password') })).toBeVisible()
        await expectNoSidewaysScroll(page)
        await logInForTheFirstTime(page, instance, t)
        await expectNoSidewaysScroll(page)
        await expect(html).toHaveAttribute('lang', language)
        await expect(page.getByText(t('home:logged_in_since'))).toBeVisible()
      })

      await test.step('another language from the user menu', async () => {
        await takeFromMenu(page, 'common:language', t)
        await expect(page.getByRole('radio', { name: languages[language].name })).toBeChecked()
        await expectNoSidewaysScroll(page)
        await page.getByRole('radio', { name: languages[next].name }).check()
        await page.getByRole('button', { name: t('common:save') }).click()
        await expectHome(page, inNext)
        await expect(html).toHaveAttribute('lang', next)
        await logOut(page, inNext)
      })

      await test.step('which stays, in another browser too', async () => {
        const other = await browser.newContext()
        const elsewhere = await other.newPage()
        await elsewhere.goto('/login')
        await expect(elsewhere.locator('html')).toHaveAttribute('lang', language)
        await sendLogin(elsewhere, instance.username, goodPassword, t)
        await expectHome(elsewhere, inNext)
        await expect(elsewhere.locator('html')).toHaveAttribute('lang', next)

        await logIn(page, instance.username, goodPassword, inNext)
        await expect(page.getByRole('heading', { name: inNext('sign-in:already_logged_in') })).toBeVisible()
        await other.close()
      })
    })

    test(`a browser in ${locale} changes to another language at the door, which stays`, async ({ page, instance }) => {
      await page.goto('/login?next=%2Fchange-password')
      const choice = page.getByRole('navigation', { name: t('common:language') })
      await expect(choice.locator('[aria-current=true]')).toHaveText(languages[language].name)
      await choice.getByRole('link', { name: languages[next].name }).click()
      await expect(page).toHaveURL('/login?next=%2Fchange-password')
      await expect(page.locator('html')).toHaveAttribute('lang', next)
      await expect(page.getByRole('heading', { name: inNext('sign-in:log_in') })).toBeVisible()

      await logIn(page, instance.username, instance.initialPassword, inNext)
      await expect(page.getByRole('heading', { name: inNext('sign-in:choose_password') })).toBeVisible()
      await expect(page.locator('html')).toHaveAttribute('lang', next)
    })
  })
}

test.describe('a language that we do not have', () => {
  test.use({ locale: 'fi-FI' })
  test('is answered in English', async ({ page }) => {
    await page.goto('/login')
    await expect(page.locator('html')).toHaveAttribute('lang', 'en')
    await expect(page.getByRole('heading', { name: textsIn('en')('sign-in:log_in') })).toBeVisible()
  })
})
