// One channel a browser: what it says of the end of a session, and what its loss does.
import { type Browser, chromium, type Page } from '@playwright/test'
import type { NewInstance, TestServer } from './server.ts'
import {
  allowToEndOtherSession,
  createPerson,
  expect,
  expectHome,
  fillNewPassword,
  goodPassword,
  letBeIdle,
  logIn,
  logInForTheFirstTime,
  saveAndLogIn,
  test,
  untilWarned,
} from './story.ts'

async function anotherBrowser(browser: Browser, instance: NewInstance): Promise<Page> {
  return (await browser.newContext({ baseURL: instance.url })).newPage()
}

/** Waits until the page, or another one of its browser, holds the channel. */
async function channelIsOpen(server: TestServer, instance: NewInstance, username = instance.username): Promise<void> {
  await expect.poll(async () => (await sessionOf(server, instance, username))?.channel_id ?? null).not.toBeNull()
}

async function sessionOf(server: TestServer, { name }: NewInstance, username: string) {
  const [row] = await server.sql(
    `select s.channel_id, s.lapses_at, s.last_seen_at > now() - interval '1 minute' as is_seen from session s join account a on a.id = s.account_id join instance i on i.id = s.instance_id
     where i.name = $1 and a.username = $2 and s.ended_at is null`,
    [name, username],
  )
  return row
}

test('a session that is moved says so on the first screen within a second, and the person says that it was somebody else', async ({
  page,
  browser,
  server,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await allowToEndOtherSession(page)
  await page.goto('/home')
  await channelIsOpen(server, instance)
  const second = await anotherBrowser(browser, instance)
  await logIn(second, instance.username, goodPassword)
  await second.getByRole('button', { name: 'Log out there and log in here' }).click()
  await expect(page.getByRole('alert')).toContainText('moved to another device', { timeout: 1000 })
  await expectHome(second)
  await page.getByRole('alert').getByRole('button', { name: 'This was not me' }).click()
  await expect(page.getByText('Your supervisors find it on your account')).toBeVisible()
})

test('six pages share one channel, and all of them say why the session has ended', async ({
  page,
  browser,
  server,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  const password = await createPerson(page, 'ana', 'Ana Souza')
  await channelIsOpen(server, instance)
  const before = await server.openChannels()
  page.once('dialog', (dialog) => void dialog.accept())
  const first = await anotherBrowser(browser, instance)
  let asked = 0
  first.context().on('request', (request) => {
    if (request.url().endsWith('/api/live')) asked += 1
  })
  await logIn(first, 'ana', password)
  await fillNewPassword(first, goodPassword)
  await saveAndLogIn(first)
  const pages = [first]
  for (let i = 0; i < 5; i += 1) pages.push(await first.context().newPage())
  for (const each of pages.slice(1)) await each.goto('/home')
  await channelIsOpen(server, instance, 'ana')
  expect(asked).toBe(1)
  await expect.poll(() => server.openChannels()).toBe(before + 1)

  // Whoever leads goes, and another one takes its place.
  await pages.shift()!.close()
  await expect.poll(async () => (await sessionOf(server, instance, 'ana'))?.lapses_at ?? null).toBeNull()
  await channelIsOpen(server, instance, 'ana')

  await page.goto('/console/live')
  await page.getByRole('checkbox', { name: 'Select Ana Souza' }).check()
  await page.getByRole('button', { name: 'End session' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('Shift is over')
  await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click()
  for (const each of pages) await expect(each.getByRole('alert')).toContainText('Reason: Shift is over')
})

/** A browser of its own, whose processes can be sent signals. */
async function ownBrowser(instance: NewInstance) {
  const launched = await chromium.launchServer({
    ...(process.env.CHROMIUM_PATH && { executablePath: process.env.CHROMIUM_PATH }),
    args: ['--no-sandbox'],
  })
  const browser = await chromium.connect(launched.wsEndpoint())
  return {
    page: await anotherBrowser(browser, instance),
    /** To all its processes, which are a group. */
    send: (signal: NodeJS.Signals) => process.kill(-launched.process().pid!, signal),
    close: () => launched.close(),
  }
}

test('a machine that sleeps for less than the lease goes on where it was, and nobody else gets in meanwhile', async ({
  browser,
  server,
  instance,
}) => {
  const sleeping = await ownBrowser(instance)
  await logInForTheFirstTime(sleeping.page, instance)
  await sleeping.page.goto('/home')
  await channelIsOpen(server, instance)
  sleeping.send('SIGSTOP')
  await server.sql(
    "update session set last_seen_at = now() - interval '100 seconds' where instance_id = (select id from instance where name = $1)",
    [instance.name],
  )
  const other = await anotherBrowser(browser, instance)
  await logIn(other, instance.username, goodPassword)
  await expect(other.getByRole('heading', { name: 'The user is already logged in' })).toBeVisible()
  sleeping.send('SIGCONT')
  await sleeping.page.goto('/change-password')
  await expect(sleeping.page.getByLabel('Current password')).toBeVisible()
  await channelIsOpen(server, instance)
  expect((await sessionOf(server, instance, instance.username))!.is_seen).toBe(true)
  await sleeping.close()
})

test('a browser that crashes frees its account within the grace', async ({ page, server, instance }) => {
  await logInForTheFirstTime(page, instance)
  await page.goto('/console/login-rules')
  await page.getByLabel('Session timeout after the browser was closed', { exact: true }).fill('5')
  await page.getByRole('region', { name: 'Session rules' }).getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  const password = await createPerson(page, 'ana', 'Ana Souza')
  const crashing = await ownBrowser(instance)
  const victim = crashing.page
  await logIn(victim, 'ana', password)
  await fillNewPassword(victim, goodPassword)
  await saveAndLogIn(victim)
  await channelIsOpen(server, instance, 'ana')
  crashing.send('SIGKILL')
  const at = Date.now()
  await expect.poll(async () => (await sessionOf(server, instance, 'ana'))?.lapses_at ?? null).not.toBeNull()

  page.once('dialog', (dialog) => void dialog.accept())
  const again = await anotherBrowser(page.context().browser()!, instance)
  await expect(async () => {
    await logIn(again, 'ana', goodPassword)
    await expect(again.getByRole('heading', { name: 'Welcome, Ana Souza' })).toBeVisible({ timeout: 1000 })
  }).toPass()
  expect(Date.now() - at).toBeLessThan(15_000)
})

test('a reload and a way through the pages keep the session', async ({ page, server, instance }) => {
  await logInForTheFirstTime(page, instance)
  for (const path of ['/change-password', '/console/users', '/home', '/home']) {
    await page.goto(path)
    await channelIsOpen(server, instance)
    await expect.poll(async () => (await sessionOf(server, instance, instance.username))!.lapses_at).toBeNull()
  }
})

test('a warning comes in every tab before the idle end, and staying takes it back in all', async ({
  page,
  context,
  server,
  instance,
}) => {
  await logInForTheFirstTime(page, instance)
  await page.goto('/console/users')
  const second = await context.newPage()
  await second.goto('/home')
  await untilWarned(server, instance, page, second)
  const stay = (of: Page) => of.getByRole('button', { name: 'Stay logged in' })
  await expect(second.getByText(/Time left: 1:\d\d/)).toBeVisible()
  await stay(page).click()
  await expect(stay(page)).toBeHidden()
  await expect(stay(second)).toBeHidden()

  await letBeIdle(server, instance, '59 minutes 58 seconds', page, second)
  await expect(second.getByRole('alert')).toContainText('nothing was done for 60 minutes')
  await expect(page.getByRole('dialog')).toContainText('nothing was done for 60 minutes')
})

test('where the channel cannot be held, small requests say that the page is open, and hear of the end', async ({
  page,
  server,
  instance,
}) => {
  await page.route('**/api/live', (route) => route.abort())
  await page.clock.install()
  await logInForTheFirstTime(page, instance)
  await expect.poll(async () => (await sessionOf(server, instance, instance.username))!.channel_id).toBeNull()
  await server.sql(
    "update session set last_seen_at = now() - interval '100 seconds' where instance_id = (select id from instance where name = $1)",
    [instance.name],
  )
  await page.clock.fastForward(60_000)
  await expect.poll(async () => (await sessionOf(server, instance, instance.username))!.is_seen).toBe(true)
  await server.command('session', 'end', instance.username, '--instance', instance.name)
  await page.clock.fastForward(60_000)
  await expect(page.getByRole('alert')).toContainText('ended by an administrator')
})
