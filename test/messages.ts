// Messages in tests: nodes with a mail server of their own, and what became of each message.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { ParsedMail } from 'mailparser'
import { enqueueMessage } from '../server/outward/messages/messages.ts'
import type { Browser } from './browser.ts'
import { newMailServer, passwordIn } from './mail-server.ts'
import { startNodes, type TestAccount, type TestSystem, until } from './nodes.ts'

export type MessageRow = {
  id: string
  kind: string
  state: string
  attempts: number
  last_error: string | null
  to_address: string
}

export async function startMail(t: TestContext, nodes = 1, settings: Record<string, string> = {}) {
  const server = await newMailServer(t)
  const system = await startNodes(t, nodes, { SMTP_URL: server.url, ...settings })
  return { server, system }
}

export function enqueue(system: TestSystem, { id }: { id: string }, requestedBy: string | null = null): Promise<boolean> {
  return system.database.in(system.main, (tx) => enqueueMessage(tx, { kind: 'initial_password', accountId: id, requestedBy }))
}

export const rowsOf = (system: TestSystem) => system.sql<MessageRow>('select * from message order by created_at, id')
export const settled = (system: TestSystem) => until(async () => (await rowsOf(system)).every(({ state }) => state !== 'waiting'))
export const attempted = (system: TestSystem, times: number) =>
  until(async () => (await rowsOf(system)).every(({ attempts }) => attempts >= times))
export const toOf = ({ to }: ParsedMail) => [to].flat().flatMap((each) => each?.value.map(({ address }) => address))

/** Logs in with what a message holds, as far as an initial password leads. */
export async function logsIn(system: TestSystem, username: string, mail: ParsedMail): Promise<boolean> {
  const { status, location } = await system.browser().logIn(username, passwordIn(mail))
  assert.ok(location === '/choose-password' || status === 401, `${status} ${location}`)
  return location === '/choose-password'
}

export async function adminOf(system: TestSystem): Promise<{ browser: Browser; admin: TestAccount }> {
  const admin = await system.addAccount({ username: 'boss', profile: 'Administrator' })
  const browser = system.browser()
  await browser.logIn(admin.username, admin.password)
  await browser.get('/home')
  return { browser, admin }
}

export const read = async (browser: Browser, url: string) => JSON.parse((await browser.get(url)).body)
