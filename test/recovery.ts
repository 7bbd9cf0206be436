// Recovery in tests: asking, the link of a message, and what became of it.
import assert from 'node:assert/strict'
import type { ParsedMail } from 'mailparser'
import { verifyPassword } from '../server/authenticators/passwords/hash-password.ts'
import type { Answer, Browser } from './browser.ts'
import { linkIn as wholeLinkIn } from './mail-server.ts'
import { type TestSystem, until } from './nodes.ts'

/** Opens "Forgot your password?" and sends it. */
export async function askForLink(browser: Browser, username: string): Promise<Answer> {
  await browser.get('/forgot-password')
  return browser.post('/forgot-password', { username })
}

/** The link that a message holds, without the address before it. */
export function linkIn(mail: Pick<ParsedMail, 'text'>): string {
  const { pathname, search } = new URL(wholeLinkIn(mail))
  return pathname + search
}

/** Opens a link as a person does, following where it leads, up to the form. */
export async function openLink(browser: Browser, link: string): Promise<Answer> {
  const { location } = await browser.get(link)
  assert.equal(location, '/recover')
  return browser.get(location)
}

export function setPassword(browser: Browser, newPassword: string): Promise<Answer> {
  return browser.post('/recover', { newPassword, newPasswordAgain: newPassword })
}

/** Waits until every job is done, so that nothing more can come of what was asked for. */
export const allDone = (system: TestSystem) =>
  until(async () => (await system.sql("select from pgboss.job where state <> 'completed'")).length === 0)

/** Whether a password is the lasting one of an account. */
export async function isPasswordOf(system: TestSystem, accountId: string, password: string): Promise<boolean> {
  const [row] = await system.sql<{ hash: string | null }>('select hash from password where account_id = $1', [accountId])
  return verifyPassword(password, row?.hash ?? null)
}

/** Everything that recovery keeps, for what must change nothing. */
export const recoveryRows = (system: TestSystem) =>
  system.sql(`select to_jsonb(l) as row from recovery_link l union all select to_jsonb(r) from recovery_request r
    union all select to_jsonb(a) from recovery_ask a union all select to_jsonb(p) from password p`)
