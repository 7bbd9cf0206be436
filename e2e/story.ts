// What every story has: a server, an instance that nobody else uses, and people who can do the usual things.

import { test as base, expect, type Page } from '@playwright/test'
import { accountFieldNames } from '../contracts/account-fields.ts'
import { linkIn } from '../test/mail-server.ts'
import { type NewInstance, startServer, type TestServer } from './server.ts'
import { type Texts, textsIn } from './texts.ts'

export { expect }

/** Lasting passwords that keep the rules. */
export const goodPassword = 'walnut drifts over copper rails'
export const otherGoodPassword = 'seven lanterns beneath a slow tram'

type Stories = { instance: NewInstance }

export const test = base.extend<Stories, { server: TestServer }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that one needs from this pattern.
    async ({}, use) => {
      const server = await startServer()
      await use(server)
      await server.stop()
    },
    { scope: 'worker' },
  ],
  instance: async ({ server }, use) => {
    const before = server.errors().length
    await use(await server.createInstance())
    expect(server.errors().slice(before), 'what the server logged as an error meanwhile').toEqual([])
  },
  baseURL: async ({ instance }, use) => use(instance.url),
})

const english = textsIn('en')

/** Opens the login page and sends it. */
export async function logIn(page: Page, username: string, password: string, t: Texts = english): Promise<void> {
  await page.goto('/login')
  await sendLogin(page, username, password, t)
}

/** Fills in the login page that is open, and sends it. */
export async function sendLogin(page: Page, username: string, password: string, t: Texts = english): Promise<void> {
  await page.getByLabel(t('common:username')).fill(username)
  await page.getByLabel(t('sign-in:password'), { exact: true }).fill(password)
  await page.getByRole('button', { name: t('sign-in:log_in') }).click()
}

/** Fills in the new password, twice, on the page that asks for one. */
export async function fillNewPassword(page: Page, password: string, again = password, t: Texts = english): Promise<void> {
  await page.getByLabel(t('passwords:new_password'), { exact: true }).fill(password)
  await page.getByLabel(t('passwords:new_password_again')).fill(again)
}

export async function saveAndLogIn(page: Page, t: Texts = english): Promise<void> {
  await page.getByRole('button', { name: t('sign-in:save_and_log_in') }).click()
}

/** The whole first login: from the initial password to home. */
export async function logInForTheFirstTime(page: Page, instance: NewInstance, t: Texts = english): Promise<void> {
  await logIn(page, instance.username, instance.initialPassword, t)
  await fillNewPassword(page, goodPassword, goodPassword, t)
  await saveAndLogIn(page, t)
  await expectHome(page, t)
}

/** Takes an entry of the user menu. */
export async function takeFromMenu(
  page: Page,
  entry: 'home:change_password' | 'common:language' | 'home:log_out',
  t: Texts = english,
): Promise<void> {
  await openMenu(page)
  const menu = page.getByRole('navigation', { name: t('home:user_menu') })
  await menu.getByRole(entry === 'home:log_out' ? 'button' : 'link', { name: t(entry) }).click()
}

export async function openMenu(page: Page): Promise<void> {
  await page.getByRole('banner').getByText('Administrator').click()
}

export async function logOut(page: Page, t: Texts = english): Promise<void> {
  await takeFromMenu(page, 'home:log_out', t)
  await expect(page.getByText(t('sign-in:logged_out'))).toBeVisible()
}

export async function expectHome(page: Page, t: Texts = english): Promise<void> {
  await expect(page.getByRole('heading', { name: t('home:welcome', { name: 'Administrator' }) })).toBeVisible()
}

/** Nobody is logged in in this browser: a page for people who are leads to the login. */
export async function expectNobodyLoggedIn(page: Page, t: Texts = english): Promise<void> {
  await page.goto('/home')
  await expect(page).toHaveURL(/\/login\?next=%2Fhome$/)
  await expect(page.getByRole('heading', { name: t('sign-in:log_in') })).toBeVisible()
}

type Person = { username: string; fullName: string; email: string | null }

/** Adds somebody as the Administrator who is logged in on this page. They have no password yet. */
export async function addPerson(page: Page, person: Person, profile = 'Agent'): Promise<void> {
  const status = await page.evaluate<number>(`(async () => {
    const read = async (url) => (await fetch(url)).json()
    const [{ formToken }, { profiles }] = [await read('/api/session'), await read('/api/accounts/choices')]
    const nothing = Object.fromEntries(${JSON.stringify(accountFieldNames)}.map((field) => [field, null]))
    const profileId = profiles.find(({ name }) => name === '${profile}').id
    const body = JSON.stringify({ ...nothing, profileId, enabled: true, credentials: 'none', ...${JSON.stringify(person)} })
    const headers = { 'content-type': 'application/json', 'x-form-token': formToken }
    return (await fetch('/api/accounts', { method: 'POST', headers, body })).status
  })()`)
  expect(status).toBe(201)
}

/** Presses "Forgot your password?" and sends the username. */
export async function askForPassword(page: Page, username: string, t: Texts = english): Promise<void> {
  await page.goto('/login')
  await page.getByRole('link', { name: t('sign-in:forgot_password') }).click()
  await page.getByLabel(t('common:username')).fill(username)
  await page.getByRole('button', { name: t('recovery:ask') }).click()
  await expect(page.getByRole('heading', { name: t('recovery:asked') })).toBeVisible()
}

/** The link of the last message to an address, as soon as it has arrived. */
export async function linkTo(server: TestServer, address: string, count = 1): Promise<string> {
  const links = () => server.mailsTo(address).filter(({ text }) => text?.includes('/recover?'))
  await expect.poll(() => links().length).toBe(count)
  return linkIn(links().at(-1)!)
}

/** Sets the password on the page that a link has opened. */
export async function saveNewPassword(page: Page, password: string, t: Texts = english): Promise<void> {
  await fillNewPassword(page, password, password, t)
  await page.getByRole('button', { name: t('recovery:save') }).click()
}

/** The Administrator, who is logged in, allows people to end their other session. */
export async function allowToEndOtherSession(page: Page): Promise<void> {
  await page.goto('/console/login-rules')
  await page.getByRole('switch', { name: 'Users may end their other session' }).check()
  await page.getByRole('region', { name: 'Session rules' }).getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
}

/** Creates somebody without email, and returns the initial password. */
export async function createPerson(page: Page, username: string, fullName: string): Promise<string> {
  await page.goto('/console/users/new')
  await page.getByLabel('Username').fill(username)
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(fullName)
  await page.getByRole('button', { name: 'Create' }).click()
  return page.locator('.password').innerText()
}

/** Lets the sessions of an instance be idle for so long. The channel looks when it opens, and whichever of the pages has it opens it anew. */
export async function letBeIdle(server: TestServer, { name }: NewInstance, time: string, ...pages: Page[]): Promise<void> {
  await server.sql(
    'update session set last_active_at = now() - $1::interval where ended_at is null and instance_id = (select id from instance where name = $2)',
    [time, name],
  )
  for (const each of pages) await each.evaluate('dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))')
}

/** Lets the sessions of an instance be idle until these pages warn. A request of theirs that is still on its way is an action, so once more if need be. */
export async function untilWarned(server: TestServer, instance: NewInstance, ...pages: Page[]): Promise<void> {
  await expect(async () => {
    await letBeIdle(server, instance, '58 minutes 5 seconds', ...pages)
    for (const each of pages) await expect(each.getByRole('button', { name: 'Stay logged in' })).toBeVisible({ timeout: 2000 })
  }).toPass()
}
