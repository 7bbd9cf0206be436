// Everybody can use every screen of the console: with a screen reader, on a narrow screen, in light and in dark.
import { everyConsoleState } from './console-states.ts'
import { contentWidth, expectAccessible } from './looks.ts'
import { expect, logInForTheFirstTime, test } from './story.ts'

// One after the other takes twice as long as beside each other.
for (const colorScheme of ['light', 'dark'] as const)
  test(`every screen of the console follows WCAG 2.2 AA as far as axe can tell, ${colorScheme}, and fits 320 px`, async ({
    page,
    instance,
    server,
  }) => {
    test.setTimeout(600_000)
    await logInForTheFirstTime(page, instance)
    // A colour is judged once it is there: what fades in has less contrast on its way, which nobody reads.
    await page.emulateMedia({ reducedMotion: 'reduce', colorScheme })
    for await (const name of everyConsoleState(page, server, instance)) {
      for (const width of [320, 1280])
        await test.step(`${name}, ${width} px`, async () => {
          await page.setViewportSize({ width, height: 720 })
          await expectAccessible(page, `${name}, ${colorScheme}, ${width} px`)
          expect.soft(await contentWidth(page), `${name}, ${width} px`).toBeLessThanOrEqual(width)
        })
    }
  })

test('the console loads under 250 KB before its first screen, and no style or script that its policy forbids', async ({
  page,
  instance,
}) => {
  const complaints: string[] = []
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
  await logInForTheFirstTime(page, instance)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  let bytes = 0
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await page.goto('/console/users')
  await expect(page.getByRole('row', { name: /Administrator/ })).toBeVisible()
  await page.waitForLoadState('networkidle')
  expect(bytes).toBeGreaterThan(50_000)
  expect(bytes).toBeLessThan(250_000)
  expect(complaints).toEqual([])
  test.info().annotations.push({ type: 'bytes', description: String(bytes) })
  console.log(`the console's first screen: ${Math.round(bytes / 1000)} KB`)
})
