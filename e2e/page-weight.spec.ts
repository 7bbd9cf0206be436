// Pages are light and keep to themselves: at the start of a shift, hundreds of browsers open the login page at once.
import type { BrowserContext, Request } from '@playwright/test'
import { everyState } from './states.ts'
import { expect, logInForTheFirstTime, test } from './story.ts'

test('the login page and all that it needs is under 20 KB', async ({ page }) => {
  const loaded: Request[] = []
  page.on('requestfinished', (request) => loaded.push(request))
  await page.goto('/login', { waitUntil: 'networkidle' })
  const sizes = await Promise.all(
    loaded.map(async (request) => [new URL(request.url()).pathname, (await (await request.response())!.body()).length] as const),
  )
  expect(sizes.map(([path]) => path)).toEqual(
    expect.arrayContaining(['/login', '/assets/gatehouse.css', '/assets/gatehouse.svg', '/assets/show-password.js']),
  )
  const bytes = sizes.reduce((sum, [, size]) => sum + size, 0)
  expect(bytes, sizes.map(([path, size]) => `${path} ${size}`).join(', ')).toBeLessThan(20_000)
})

test('asvs-3.4.3 no page in any state asks another site for anything, breaks its own content security policy or logs an error', async ({
  page,
  context,
  browser,
  instance,
  server,
}) => {
  const second = await browser.newContext()
  const complaints: string[] = []
  const asked = new Set<string>()
  for (const each of [context, second]) listen(each, complaints, asked)
  for await (const { name, page: shown } of everyState({ page, elsewhere: await second.newPage(), instance, server })) {
    // What the page said before this answer is here before it.
    await shown.evaluate('document.readyState')
    expect.soft(complaints, name).toEqual([])
    complaints.length = 0
  }
  expect([...asked].sort()).toEqual([instance.url, `http://unknown-host.localhost:${server.port}`].sort())
  await second.close()
})

function listen(context: BrowserContext, complaints: string[], asked: Set<string>): void {
  context.on('request', (request) => asked.add(new URL(request.url()).origin))
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (message) => {
    // The browser itself logs every answer of 400 and more, also those that are pages for people.
    const isStatus = /^Failed to load resource: the server responded with a status of (401|403|404|409|410|421|422) /.test(
      message.text(),
    )
    if (['error', 'warning'].includes(message.type()) && !isStatus) complaints.push(message.text())
  })
}

test('the console does hear of a page that breaks the policy', async ({ page, instance }) => {
  await logInForTheFirstTime(page, instance)
  const heard = page.waitForEvent('console', (message) => message.text().includes('Content Security Policy'))
  await page.evaluate('document.body.append(Object.assign(new Image(), { src: "http://127.0.0.1:9/x.png" }))')
  expect((await heard).type()).toBe('error')
})
