// People who import, over the API, for tests.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Browser } from './browser.ts'
import { startNodes, type TestSystem, until } from './nodes.ts'

export type Details = {
  id: string
  state: string
  hasHeader: boolean
  nameOrder: string
  sheets: string[]
  sheet: string | null
  encoding: string | null
  credentials: { messages: number; slips: number }
  onExisting: string
  failReason: string | null
  columns: { name: string; samples: string[]; field: string | null }[]
  rows: number
  verdicts: Record<string, number>
  outcomes: Record<string, number>
}
export type Row = {
  row: number
  username: string
  verdict: string | null
  outcome: string | null
  problems: { column: string | null; value: string; code: string; note: boolean; otherRow?: number }[]
}

export async function startFloor(t: TestContext, nodes = 1, settings: Record<string, string> = {}) {
  const system = await startNodes(t, nodes, settings)
  const [north, south] = (await system.sql<{ id: string }>(
    "insert into team (instance_id, name) values ($1, 'North'), ($1, 'South') returning id",
    [system.main.id],
  )) as [{ id: string }, { id: string }]
  const boss = await system.addAccount({ username: 'boss', profile: 'Administrator' })
  const browser = await loggedIn(system, boss)
  return { system, north, south, boss, browser }
}

export async function loggedIn(
  system: TestSystem,
  { username, password }: { username: string; password: string },
  node = 0,
  host?: string,
) {
  const browser = system.browser(node, host)
  assert.equal((await browser.logIn(username, password)).location, '/home')
  await browser.get('/home')
  return browser
}

/** An importer of one team, with a profile that has these permissions. */
export async function addImporter(system: TestSystem, teamId: string, permissions: string[], username = 'importer') {
  await system.sql('insert into profile (instance_id, name, permissions) values ($1, $2, $3)', [
    system.main.id,
    `Profile of ${username}`,
    permissions,
  ])
  const account = await system.addAccount({ username, profile: `Profile of ${username}` })
  await system.sql('insert into team_supervisor (instance_id, team_id, account_id) values ($1, $2, $3)', [
    system.main.id,
    teamId,
    account.id,
  ])
  return loggedIn(system, account)
}

export async function upload(
  browser: Browser,
  file: string | Buffer,
  name = 'people.csv',
  status = 201,
  query = '',
): Promise<Details> {
  const answer = await browser.send('POST', `/api/imports?name=${name}${query}`, file, 'application/octet-stream', {
    'x-form-token': browser.formToken,
  })
  assert.equal(answer.status, status, answer.body)
  return JSON.parse(answer.body) as Details
}

export async function call<T = unknown>(
  browser: Browser,
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  body?: unknown,
  status?: number,
): Promise<T> {
  const text = method === 'GET' ? undefined : JSON.stringify(body ?? {})
  const answer = await browser.send(method, url, text, text && 'application/json', { 'x-form-token': browser.formToken })
  assert.equal(answer.status, status ?? (method === 'PUT' || method === 'GET' ? 200 : answer.status), `${url}: ${answer.body}`)
  if (status === undefined) assert.ok(answer.status < 300, `${url}: ${answer.status} ${answer.body}`)
  return (answer.body === '' ? undefined : JSON.parse(answer.body)) as T
}

export const rowsOf = async (browser: Browser, { id }: Details, query = '') =>
  (await call<{ rows: Row[]; total: number }>(browser, 'GET', `/api/imports/${id}/rows?${query}`)).rows

export async function run(browser: Browser, { id }: Details): Promise<Details> {
  await call(browser, 'POST', `/api/imports/${id}/run`, {}, 202)
  return ended(browser, id)
}

export async function ended(browser: Browser, id: string): Promise<Details> {
  let details: Details | undefined
  await until(async () => {
    details = await call<Details>(browser, 'GET', `/api/imports/${id}`)
    return details.state !== 'running'
  })
  return details!
}
