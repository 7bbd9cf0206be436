// A real browser with a real key, as far as one can be had: Chromium's virtual authenticator.
import type { Page } from '@playwright/test'
import { expect, expectHome, goodPassword, logIn, logInForTheFirstTime, logOut, test } from './story.ts'

/** Plugs a key in, which its person touches by themselves. */
async function plugIn(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    unplug: () => session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }),
    touch: (enabled: boolean) => session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
  }
}

test('an Administrator sets a key up, is in by it after the password, and then without a password', async ({
  page,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  const key = await plugIn(page)
  await page.goto('/security')
  await page.getByRole('button', { name: 'Set up a key' }).click()
  await page.getByRole('button', { name: 'Set up a key' }).click()
  await expect(page.getByRole('status')).toContainText('It is set up')
  await expect(page.getByRole('heading', { name: 'Passkey or security key', level: 2 })).toBeVisible()

  await test.step('the same key is not set up twice', async () => {
    await page.getByRole('button', { name: 'Set up a key' }).click()
    await expect(page).toHaveURL(/login\?again/)
    await page.getByLabel('Password', { exact: true }).fill(goodPassword)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('button', { name: 'Use the key' }).click()
    await expect(page).toHaveURL(/\/security$/)
    await page.getByRole('button', { name: 'Set up a key' }).click()
    await page.getByRole('button', { name: 'Set up a key' }).click()
    await expect(page.getByRole('alert')).toContainText('set up for you already')
  })

  await test.step('after the password', async () => {
    // The field of the username would be answered at once by a key that is always touched.
    await key.touch(false)
    await page.goto('/home')
    await logOut(page)
    await logIn(page, instance.username, goodPassword)
    await key.touch(true)
    await page.getByRole('button', { name: 'Use the key' }).click()
    await expectHome(page)
  })

  await test.step('without a password', async () => {
    await key.touch(false)
    await logOut(page)
    await page.goto('/login')
    await key.touch(true)
    await page.getByRole('button', { name: 'Use a passkey or security key' }).click()
    await expectHome(page)
  })

  await test.step('a key that is not there loses nothing', async () => {
    await key.touch(false)
    await logOut(page)
    await key.unplug()
    await logIn(page, instance.username, goodPassword)
    await expect(page.getByRole('button', { name: 'Use the key' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Ask my Supervisor' })).toBeVisible()
  })
})
