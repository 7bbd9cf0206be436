// With the colours of the system (Windows high contrast) one still sees what is chosen: measured by what is drawn, which no rule of axe looks at.
import type { Locator, Page } from '@playwright/test'
import { pixelsOf } from './pixels.ts'
import { addPerson, expect, logInForTheFirstTime, test } from './story.ts'

/** How many pixels inside of a box differ from its ground. */
async function drawnIn(page: Page, what: Locator): Promise<number> {
  const png = await what.screenshot({ animations: 'disabled' })
  const picture = await pixelsOf(page, png)
  return picture.inked(4, 4, picture.width - 8, picture.height - 8)
}

type Window = { getComputedStyle(element: unknown): { getPropertyValue(name: string): string } }

const style = (what: Locator, property: string): Promise<string> =>
  what.evaluate((element, name) => (globalThis as unknown as Window).getComputedStyle(element).getPropertyValue(name), property)

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { forcedColors: 'active', reducedMotion: 'reduce' } })

    test('what is ticked, switched on, chosen or selected is drawn otherwise than what is not', async ({
      page,
      instance,
      server,
    }) => {
      await server.command('instance', 'seats', instance.name, '3')
      await logInForTheFirstTime(page, instance)
      await addPerson(page, { username: 'ana', fullName: 'Ana Souza', email: null })
      await page.goto('/console/users')
      const row = (name: string) => page.getByRole('row', { name: new RegExp(name) })
      const box = (name: string) => row(name).getByRole('checkbox')
      await box('Ana').check()
      const [ticked, open] = [row('Ana'), row('Administrator')].map((each) => each.getByRole('checkbox')) as [Locator, Locator]
      expect(await drawnIn(page, ticked)).toBeGreaterThan(15)
      expect(await drawnIn(page, open)).toBe(0)
      expect(await style(row('Ana').locator('td').first(), 'border-bottom-width')).not.toBe(
        await style(row('Administrator').locator('td').first(), 'border-bottom-width'),
      )

      const link = (name: string) => page.getByRole('navigation').getByRole('link', { name })
      expect(await style(link('Users'), 'background-color')).not.toBe(await style(link('Teams'), 'background-color'))

      await page.goto('/console/users/new')
      const radio = (name: string) => page.locator('.mantine-Radio-inner', { has: page.getByRole('radio', { name }) })
      expect(await drawnIn(page, radio('A slip to print'))).toBeGreaterThan(10)
      expect(await drawnIn(page, radio('None for now'))).toBe(0)
      const track = page.locator('.mantine-Switch-track').first()
      const off = await style(track, 'background-color')
      await page.getByRole('switch').check()
      expect(await style(track, 'background-color')).not.toBe(off)

      await page.goto('/console/live')
      const bar = page.locator('.mantine-Progress-section').first()
      await expect(bar).toBeVisible()
      expect(await style(bar, 'background-color')).not.toBe(
        await style(page.locator('.mantine-Progress-root').first(), 'background-color'),
      )
    })
  })
