// A picture of every page in every state, for people to look at: SCREENS=folder npx playwright test screens
import { join } from 'node:path'
import { everyState } from './states.ts'
import { test } from './story.ts'

for (const colorScheme of ['light', 'dark'] as const)
  test(`pictures of every page, ${colorScheme}`, async ({ page, browser, instance, server }) => {
    test.setTimeout(300_000)
    const second = await browser.newContext()
    for await (const state of everyState({ page, elsewhere: await second.newPage(), instance, server })) {
      await state.page.emulateMedia({ colorScheme })
      for (const width of [320, 1280]) {
        await state.page.setViewportSize({ width, height: 720 })
        const path = join(process.env.SCREENS ?? 'screens', `${state.name}-${width}-${colorScheme}.png`)
        await state.page.screenshot({ path, fullPage: true, caret: 'initial', animations: 'disabled' })
      }
    }
    await second.close()
  })
