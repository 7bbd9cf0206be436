// Everybody can use every page: with a screen reader, a keyboard, a narrow screen, large text, in light and in dark.
import type { Page } from '@playwright/test'
import { contentWidth, expectAccessible } from './looks.ts'
import { everyState } from './states.ts'
import { expect, logIn, logInForTheFirstTime, test } from './story.ts'

test('every page in every state follows WCAG 2.2 AA as far as axe can tell, in light and dark, narrow and wide', async ({
  page,
  browser,
  instance,
  server,
}) => {
  test.setTimeout(300_000)
  const second = await browser.newContext()
  for await (const { name, page: shown } of everyState({ page, elsewhere: await second.newPage(), instance, server }))
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [320, 1280])
        await test.step(`${name}, ${colorScheme}, ${width} px`, async () => {
          await shown.emulateMedia({ colorScheme })
          await shown.setViewportSize({ width, height: 720 })
          await expectAccessible(shown, `${name}, ${colorScheme}, ${width} px`)
        })
  await second.close()
})

test('wcag-1.4.4 wcag-1.4.10 wcag-2.4.7 every page fits 320 px and text of twice the size, and shows where the keyboard is', async ({
  page,
  browser,
  instance,
  server,
}) => {
  test.setTimeout(300_000)
  const second = await browser.newContext()
  for await (const { name, page: shown } of everyState({ page, elsewhere: await second.newPage(), instance, server }))
    await test.step(name, async () => {
      await shown.setViewportSize({ width: 320, height: 720 })
      expect.soft(await contentWidth(shown), `${name}, 320 px`).toBeLessThanOrEqual(320)
      await shown.setViewportSize({ width: 640, height: 720 })
      await shown.evaluate('document.documentElement.style.fontSize = "200%"')
      expect.soft(await contentWidth(shown), `${name}, text at 200 %`).toBeLessThanOrEqual(640)
      await shown.evaluate('document.documentElement.style.fontSize = ""')
      await expectFocusIsSeenEverywhere(shown)
    })
  await second.close()
})

test('wcag-2.1.1 wcag-2.4.3 wcag-2.4.7 the login works by keyboard alone, in order, and one sees where one is', async ({
  page,
  instance,
}) => {
  await page.goto('/login')
  const order = [
    page.getByLabel('Username'),
    page.getByLabel('Password', { exact: true }),
    page.getByRole('button', { name: 'Show' }),
    page.getByRole('button', { name: 'Log In' }),
    page.getByRole('button', { name: 'Use a passkey or security key' }),
    page.getByRole('link', { name: 'Forgot your password?' }),
    page.getByRole('link', { name: 'Español' }),
    page.getByRole('link', { name: 'Português' }),
  ]
  for (const [index, place] of order.entries()) {
    if (index > 0) await page.keyboard.press('Tab')
    await expect(place).toBeFocused()
    await expectFocusIsSeen(page)
  }

  await order[0]!.focus()
  await page.keyboard.type(instance.username)
  await page.keyboard.press('Tab')
  await page.keyboard.type(instance.initialPassword)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/choose-password')
})

test('wcag-2.1.1 wcag-2.4.7 the user menu opens, closes and works by keyboard alone', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await page.keyboard.press('Tab')
  await expect(page.getByRole('banner').getByRole('link')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('banner').getByText('Administrator')).toBeFocused()
  await expectFocusIsSeen(page)
  const menu = page.getByRole('navigation', { name: 'User menu' })
  await page.keyboard.press('Enter')
  await expect(menu).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(menu).toBeHidden()
  await expect(page.getByRole('banner').getByText('Administrator')).toBeFocused()

  await page.keyboard.press('Space')
  for (const name of ['Home', 'Console', 'Change Password', 'My security', 'Language']) {
    await page.keyboard.press('Tab')
    await expect(menu.getByRole('link', { name })).toBeFocused()
    await expectFocusIsSeen(page)
  }
  await page.keyboard.press('Tab')
  await expect(menu.getByRole('button', { name: 'Log Out' })).toBeFocused()
  await expectFocusIsSeen(page)
  await page.keyboard.press('Enter')
  await expect(page.getByText('You are logged out.')).toBeVisible()
})

test('wcag-3.3.1 a refusal is announced, and the cursor is where one types again', async ({ page, instance }) => {
  await logIn(page, instance.username, 'not the password')
  await expect(page.getByRole('alert')).toContainText('Incorrect username or password')
  const password = page.getByLabel('Password', { exact: true })
  await expect(password).toBeFocused()
  await expect(password).toHaveAttribute('aria-invalid', 'true')
  await expect(password).toHaveAccessibleDescription(/Incorrect username or password/)
})

/** Goes round the page with the Tab key, and comes by everything that can be used. */
async function expectFocusIsSeenEverywhere(page: Page): Promise<void> {
  // Of radio buttons, the keyboard stops at the one that is chosen.
  const places = page
    .locator('a[href], button, summary, input:not([type=hidden], [type=radio]:not(:checked))')
    .filter({ visible: true })
  const count = await places.count()
  for (let pressed = 0; pressed <= count; pressed += 1) {
    await page.keyboard.press('Tab')
    const isOnPage = await page.evaluate<boolean>(
      'document.activeElement !== document.body && (document.activeElement.dataset.visited = "") === ""',
    )
    if (isOnPage) await expectFocusIsSeen(page)
  }
  expect.soft(await page.locator('[data-visited]').count(), page.url()).toBe(count)
}

async function expectFocusIsSeen(page: Page): Promise<void> {
  const [style, width, place] = await page.evaluate<string[]>(`(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement)
    return [outlineStyle, outlineWidth, document.activeElement.outerHTML]
  })()`)
  expect.soft(style, place).not.toBe('none')
  expect.soft(Number.parseFloat(width!), place).toBeGreaterThanOrEqual(2)
}
