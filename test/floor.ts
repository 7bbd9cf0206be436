// A floor with two teams, for the tests of whoever works with accounts.

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { accountFieldNames } from '../contracts/account-fields.ts'
import type { Browser } from './browser.ts'
import { startNodes, type TestSystem } from './nodes.ts'

export type Body = Record<string, unknown>

/** A floor with two teams: an Administrator, a Supervisor of the first team, and one agent in each. */
export async function startFloor(t: TestContext, nodes = 1) {
  const system = await startNodes(t, nodes)
  const [north, south] = (await system.sql<{ id: string }>(
    "insert into team (instance_id, name) values ($1, 'North'), ($1, 'South') returning id",
    [system.main.id],
  )) as [{ id: string }, { id: string }]
  const admin = await system.addAccount({ username: 'boss', profile: 'Administrator' })
  const supervisor = await system.addAccount({ username: 'super', profile: 'Supervisor' })
  const ana = await system.addAccount({ username: 'ana', fullName: 'Ana Souza' })
  const ben = await system.addAccount({ username: 'ben', fullName: 'Ben Ortiz' })
  await system.sql('update account set team_id = $1 where id = $2', [north.id, ana.id])
  await system.sql('update account set team_id = $1 where id = $2', [south.id, ben.id])
  await system.sql('insert into team_supervisor (instance_id, team_id, account_id) values ($1, $2, $3)', [
    system.main.id,
    north.id,
    supervisor.id,
  ])
  const profiles = Object.fromEntries(
    (await system.sql<{ id: string; name: string }>('select id, name from profile')).map(({ id, name }) => [name, id]),
  ) as Record<'Administrator' | 'Supervisor' | 'Agent', string>
  return { system, north, south, admin, supervisor, ana, ben, profiles }
}

export async function loggedIn(system: TestSystem, { username, password }: { username: string; password: string }, node = 0) {
  const browser = system.browser(node)
  assert.equal((await browser.logIn(username, password)).location, '/home')
  await browser.get('/home')
  return browser
}

/** Every field of an account, with nothing in it. */
export const nothingSaid: Body = Object.fromEntries(accountFieldNames.map((field) => [field, null]))

/** The fields of an account about which nothing more is said. */
export function fields(profileId: string, more: Body = {}): Body {
  return { ...nothingSaid, fullName: 'Carla Díaz', profileId, ...more }
}

/** Why somebody can't log in, as the desk says. */
export async function loginChecksOf<T = Body>(browser: Browser, accountId: string): Promise<T> {
  const answer = await browser.sendJson('POST', `/api/accounts/${accountId}/login-checks`)
  assert.equal(answer.status, 200, answer.body)
  return JSON.parse(answer.body)
}

/** What the API answers. */
export async function get<T = Body>(browser: Browser, url: string): Promise<T> {
  const answer = await browser.get(url)
  assert.equal(answer.status, 200, `${url}: ${answer.body}`)
  return JSON.parse(answer.body)
}
