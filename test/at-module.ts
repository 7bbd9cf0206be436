// A module behind a proxy, as the nodes see it: the test says what the proxy would say.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Answer, Browser } from './browser.ts'
import { loggedIn } from './floor.ts'
import { addModule } from './module.ts'
import { startNodes, type TestSystem } from './nodes.ts'

export const crm = 'crm.example.com'
export const navigates = { 'sec-fetch-mode': 'navigate', 'sec-fetch-user': '?1', 'x-forwarded-uri': '/tickets?id=7' }

export async function startBehindProxy(t: TestContext, nodes = 1, proxies = '127.0.0.1') {
  const system = await startNodes(t, nodes, { TRUSTED_PROXIES: proxies })
  const ana = await system.addAccount({ username: 'ana', fullName: 'Ana Müller', email: 'ana@example.com' })
  const module = await addModule(system, { name: 'CRM', address: `https://${crm}` }, 'proxy')
  return { system, ana, module }
}

/** The browser as the module's host sees it: with cookies of its own, and through the proxy, which says what host it is. */
export function atModule(system: TestSystem, node = 0, host = crm): Browser {
  const browser = system.browser(node)
  browser.headers = { 'x-forwarded-host': host, 'x-forwarded-method': 'GET' }
  return browser
}

export const check = (browser: Browser, more: Record<string, string> = {}, proxy = 'nginx') =>
  ask(browser, 'GET', `/forward-auth/${proxy}`, more)

export async function ask(browser: Browser, method: 'GET' | 'POST', url: string, more: Record<string, string>): Promise<Answer> {
  const usual = browser.headers
  browser.headers = { ...usual, ...more }
  const answer = await browser.send(method, url)
  browser.headers = usual
  return answer
}

/** Follows where the two hosts lead, up to the page of the module. */
export async function enter(own: Browser, there: Browser, from: Answer): Promise<string> {
  let at = new URL(from.location!)
  for (let steps = 0; steps < 6; steps += 1) {
    const isModule = at.host === crm
    if (isModule && !at.pathname.startsWith('/.gatehouse/')) return at.pathname + at.search
    const answer = await (isModule ? there : own).get(at.pathname + at.search)
    assert.ok(answer.location, `${at}: ${answer.status} ${answer.body}`)
    at = new URL(answer.location, at)
  }
  throw new Error(`led in a circle: ${at}`)
}

/** Somebody who is logged in and has opened the module. */
export async function entered(system: TestSystem, account: { username: string; password: string }, node = 0) {
  const own = await loggedIn(system, account, node)
  const there = atModule(system, node)
  await enter(own, there, await check(there, navigates))
  return { own, there }
}
