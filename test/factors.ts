// Second factors of test accounts: given as a supervisor gives them, and used as people use them.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { totpSeal } from '../server/authenticators/factors/check-code.ts'
import { newCodeSheet } from '../server/authenticators/factors/factors.ts'
import { newTotpSecret, stepAt, totpCode, usualTotp } from '../server/authenticators/factors/totp.ts'
import { giveCodeSheet } from '../server/credentials/credentials.ts'
import { seal } from '../server/platform/secret.ts'
import type { Answer, Browser } from './browser.ts'
import type { TestAccount, TestSystem } from './nodes.ts'

/** Gives a sheet, and returns its codes: number 1 is the first. */
export async function giveSheet(system: TestSystem, accountId: string): Promise<string[]> {
  const { codes, ...sheet } = await newCodeSheet(system.keys)
  await system.database.in(system.main, (tx) => giveCodeSheet(tx, sheet, accountId, { kind: 'system' }, undefined))
  return codes
}

/** Gives an app that is live, and returns its secret. */
export async function giveTotp(system: TestSystem, accountId: string): Promise<Buffer> {
  const secret = newTotpSecret()
  const id = randomUUID()
  const [key, purpose] = totpSeal(system.keys, system.main, accountId, id)
  await system.sql(
    "insert into factor (instance_id, id, account_id, kind, state, live_at) values ($1, $2, $3, 'totp', 'live', now())",
    [system.main.id, id, accountId],
  )
  await system.sql('insert into totp_secret (instance_id, factor_id, sealed_secret) values ($1, $2, $3)', [
    system.main.id,
    id,
    seal(key, secret.toString('hex'), purpose),
  ])
  return secret
}

/** The code that an app shows, so many steps from now. */
export const codeOf = (secret: Buffer, steps = 0) => totpCode(secret, stepAt(new Date(), usualTotp) + steps, usualTotp)

/** Types username and password, and stands before the second factor. */
export async function upToFactor(system: TestSystem, { username, password }: TestAccount, node = 0): Promise<Browser> {
  const browser = system.browser(node)
  const answer = await browser.logIn(username, password)
  assert.equal(answer.location, '/second-factor', answer.body)
  await browser.get('/second-factor')
  return browser
}

export function typeCode(browser: Browser, kind: 'totp' | 'code_sheet', code: string): Promise<Answer> {
  return browser.post('/second-factor', { kind, code })
}

/** Logs in with a code. */
export async function loggedInWith(
  system: TestSystem,
  account: TestAccount,
  kind: 'totp' | 'code_sheet',
  code: string,
): Promise<Browser> {
  const browser = await upToFactor(system, account)
  const answer = await typeCode(browser, kind, code)
  assert.equal(answer.location, '/home', answer.body)
  await browser.get('/home')
  return browser
}

/** Says what is demanded of a profile. */
export async function demand(
  system: TestSystem,
  profile: string,
  what: string,
  more: Record<string, string | number | boolean> = {},
): Promise<void> {
  const fields = { demand: what, ...more }
  const names = Object.keys(fields)
  await system.sql(
    `insert into factor_rule (instance_id, profile_id, ${names.join(', ')})
     select $1, id, ${names.map((_, i) => `$${i + 3}`).join(', ')} from profile where name = $2 and instance_id = $1
     on conflict (instance_id, profile_id) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [system.main.id, profile, ...Object.values(fields)],
  )
}
