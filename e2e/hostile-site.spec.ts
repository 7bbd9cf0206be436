// A page of somebody else that works on the browser of a person of ours: it changes nothing and shows nothing.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import {
  expect,
  expectHome,
  expectNobodyLoggedIn,
  fillNewPassword,
  goodPassword,
  logIn,
  logInForTheFirstTime,
  logOut,
  otherGoodPassword,
  saveAndLogIn,
  test as story,
} from './story.ts'

type Hostile = {
  port: number
  /** What it serves at every address from now on. */
  serve(html: string): void
}

const test = story.extend<{ hostile: Hostile }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that one needs from this pattern.
  hostile: async ({}, use) => {
    let page = ''
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'text/html').end(request.url === '/own' ? '<p>its own page</p>' : page)
    }).listen(0)
    await once(server, 'listening')
    await use({
      port: (server.address() as AddressInfo).port,
      serve(html) {
        page = html
      },
    })
    server.closeAllConnections()
    server.close()
  },
})

/** From where it attacks: another site, which gets no cookies; and another port of our host, which the browser sends all cookies from. */
const places = {
  'another site': (port: number) => `http://127.0.0.1:${port}/`,
  'another port of the same host': (port: number, host: string) => `http://${host}:${port}/`,
} as const

for (const [place, address] of Object.entries(places)) {
  /** Opens the hostile page, which sends the form at once, and waits for the answer. */
  async function attack(page: Page, hostile: Hostile, target: string, fields: Record<string, string>): Promise<void> {
    const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`)
    hostile.serve(`<form method="post" action="${target}">${inputs.join('')}</form><script>document.forms[0].submit()</script>`)
    const answered = page.waitForResponse((response) => response.url() === target && response.request().method() === 'POST')
    await page.goto(address(hostile.port, new URL(target).hostname), { waitUntil: 'commit' })
    await answered
    await page.waitForLoadState()
  }

  test(`asvs-3.5.1 cve-C17 ${place} cannot log anybody out, nor change a password or a language`, async ({
    page,
    browser,
    instance,
    hostile,
  }) => {
    await logInForTheFirstTime(page, instance)
    const passwords = { currentPassword: goodPassword, newPassword: otherGoodPassword, newPasswordAgain: otherGoodPassword }
    // The value that binds a form can be had by anybody, for their own visit.
    const attacker = await (await browser.newContext()).newPage()
    await attacker.goto('/login')
    const formToken = await attacker.locator('input[name=formToken]').first().inputValue()

    for (const more of [{}, { formToken }] as Record<string, string>[]) {
      await attack(page, hostile, `${instance.url}/log-out`, { ...more })
      await attack(page, hostile, `${instance.url}/change-password`, { username: 'admin', ...passwords, ...more })
      await attack(page, hostile, `${instance.url}/change-language`, { language: 'pt', ...more })
      await page.goto('/home')
      await expectHome(page)
    }
    await logOut(page)
    await logIn(page, instance.username, otherGoodPassword)
    await expect(page.getByRole('alert')).toContainText('Incorrect username or password')
    await logIn(page, instance.username, goodPassword)
    await expectHome(page)
    await attacker.context().close()
  })

  test(`asvs-3.5.1 cve-C17 ${place} cannot log anybody in, nor choose the password of a first login`, async ({
    page,
    browser,
    instance,
    hostile,
  }) => {
    const attacker = await (await browser.newContext()).newPage()
    await attacker.goto('/login')
    const formToken = await attacker.locator('input[name=formToken]').first().inputValue()

    await logIn(page, instance.username, instance.initialPassword)
    for (const more of [{}, { formToken }] as Record<string, string>[])
      await attack(page, hostile, `${instance.url}/choose-password`, {
        username: instance.username,
        newPassword: otherGoodPassword,
        newPasswordAgain: otherGoodPassword,
        ...more,
      })
    await page.goto('/choose-password')
    await fillNewPassword(page, goodPassword)
    await saveAndLogIn(page)
    await expectHome(page)
    await logOut(page)

    for (const more of [{}, { formToken }] as Record<string, string>[]) {
      const login = { username: instance.username, password: goodPassword, next: '/home', ...more }
      await attack(page, hostile, `${instance.url}/login`, login)
      await expectNobodyLoggedIn(page)
    }
    await attacker.context().close()
  })

  test(`asvs-3.4.6 cve-C17 ${place} cannot show the login page within its own`, async ({ page, instance, hostile }) => {
    hostile.serve(`<iframe name="own" src="/own"></iframe><iframe name="ours" src="${instance.url}/login"></iframe>`)
    const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'))
    await page.goto(address(hostile.port, new URL(instance.url).hostname))
    await refused
    // What does not refuse is shown, so the next line means something.
    await expect(page.frameLocator('[name=own]').getByText('its own page')).toBeVisible()
    await expect(page.frameLocator('[name=ours]').getByLabel('Username')).toHaveCount(0)
    await expect.poll(() => page.frame('ours')?.url()).toMatch(/^chrome-error:/)
  })
}
