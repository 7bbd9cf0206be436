// The network fails at the worst moment, or somebody clicks twice: the server has done what was asked, and the browser never hears of it.
import { once } from 'node:events'
import { type IncomingMessage, request as send } from 'node:http'
import type { Page } from '@playwright/test'
import {
  expect,
  expectHome,
  fillNewPassword,
  goodPassword,
  logIn,
  logInForTheFirstTime,
  logOut,
  otherGoodPassword,
  saveAndLogIn,
  test,
} from './story.ts'

test('nobody is locked out when the answer to Log In gets lost', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await logOut(page)
  const lost = loseNextAnswer(page)
  await logIn(page, instance.username, goodPassword)
  expect(await lost).toBe(303)

  await logIn(page, instance.username, goodPassword)
  await expectHome(page)
})

test('nobody is locked out when the answer to Save and log in gets lost', async ({ page, instance }) => {
  await logIn(page, instance.username, instance.initialPassword)
  await fillNewPassword(page, goodPassword)
  const lost = loseNextAnswer(page)
  await saveAndLogIn(page)
  expect(await lost).toBe(303)

  await logIn(page, instance.username, goodPassword)
  await expectHome(page)
})

test('nobody is locked out when the answer to Change Password gets lost', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  await page.goto('/change-password')
  await page.getByLabel('Current password').fill(goodPassword)
  await fillNewPassword(page, otherGoodPassword)
  const lost = loseNextAnswer(page)
  await page.getByRole('main').getByRole('button', { name: 'Change Password' }).click()
  expect(await lost).toBe(303)

  await page.goto('/login')
  if (new URL(page.url()).pathname === '/login') await logIn(page, instance.username, otherGoodPassword)
  await expectHome(page)
})

/** Delivers the next form that the page sends, and cuts the connection instead of handing the answer over. Returns the answer's status. */
function loseNextAnswer(page: Page): Promise<number> {
  return new Promise((resolve, reject) => {
    void page.route(
      () => true,
      async (route) => {
        const request = route.request()
        if (request.method() !== 'POST' || !request.isNavigationRequest()) return route.fallback()
        try {
          const url = new URL(request.url())
          const cookies = await page.context().cookies(request.url())
          const headers = {
            ...request.headers(),
            host: url.host,
            'sec-fetch-site': 'same-origin',
            cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
          }
          // Only browsers know *.localhost by themselves.
          const sent = send({ host: 'localhost', port: url.port, path: url.pathname, method: 'POST', headers })
          sent.end(request.postDataBuffer())
          const [answer] = (await once(sent, 'response')) as [IncomingMessage]
          answer.resume()
          await route.abort('connectionreset')
          await page.unrouteAll()
          resolve(answer.statusCode!)
        } catch (error) {
          reject(error)
        }
      },
    )
  })
}
