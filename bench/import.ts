// An import of many accounts, over HTTP as the console sends it, and session checks meanwhile: nobody else may be slowed down by it.

import { hashPassword } from '../server/authenticators/passwords/hash-password.ts'
import { setPassword } from '../server/authenticators/passwords/passwords.ts'
import { insertAccount, lockAccount, usernameKey } from '../server/directory/accounts/accounts.ts'
import { findProfileId } from '../server/directory/profiles/profiles.ts'
import { findInstanceByName } from '../server/instances/instances.ts'
import { type Database, type DatabaseAddress, openDatabase } from '../server/platform/database.ts'
import { deriveKeys } from '../server/platform/secret.ts'
import { HttpBrowser } from '../test/http-browser.ts'
import { type Load, load, pause, summary, timed } from './client.ts'
import { Connection } from './connection.ts'
import { type Gatehouse, newUsername, password, secretKey } from './gatehouse.ts'
import type { Person } from './person.ts'

export type Imported = {
  rows: number
  megabytes: number
  /** Until the dry run is there. */
  checkSeconds: number
  runSeconds: number
  rowsPerSecond: number
  /** Session checks while it went on. */
  meanwhile: Load
}

const millisecondsBetweenChecks = 50

/** Imports so many people from a CSV file with eleven columns. */
export async function measureImport(
  gatehouse: Gatehouse,
  address: DatabaseAddress,
  people: readonly Person[],
  rows: number,
): Promise<Imported> {
  const browser = new HttpBrowser(`http://${gatehouse.host}`)
  const username = await addAdministrator(address)
  await browser.logIn(username, password)
  const { formToken } = JSON.parse((await browser.get('/api/session')).body) as { formToken: string }
  const headers = {
    cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    'sec-fetch-site': 'same-origin',
    'x-form-token': formToken,
  }
  const api = async (method: string, path: string, body?: string) => {
    const type = path.includes('?') ? 'application/octet-stream' : 'application/json'
    const init = { method, headers: { ...headers, ...(body !== undefined && { 'content-type': type }) }, body: body ?? null }
    const answer = await fetch(`http://localhost:${gatehouse.port}${path}`, init)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  const file = csv(rows)
  let ended = false
  const connections = people.map(() => new Connection(gatehouse.port))
  const checking = load({ workers: people.length, seconds: 600, warmUpSeconds: 0, until: () => ended }, async (worker) => {
    await pause(millisecondsBetweenChecks)
    const { milliseconds, result } = await timed(() => connections[worker]!.send(people[worker]!.sessionCheckRequest()))
    if (result.status !== 200) throw new Error(`session check: ${result.status}`)
    return milliseconds
  })
  const begin = performance.now()
  const { id, verdicts } = await api('POST', '/api/imports?name=bench.csv', file)
  if (verdicts.create !== rows) throw new Error(`the dry run would create ${verdicts.create} of ${rows}`)
  const checked = performance.now()
  await api('POST', `/api/imports/${id}/run`, '{}')
  for (;;) {
    const { state, outcomes } = await api('GET', `/api/imports/${id}`)
    if (state === 'running') {
      await pause(1000)
      continue
    }
    if (state !== 'done' || outcomes.created !== rows) throw new Error(`${state}: ${outcomes.created} of ${rows} were created`)
    break
  }
  const done = performance.now()
  ended = true
  const meanwhile = summary(await checking)
  for (const connection of connections) connection.close()
  return {
    rows,
    megabytes: Buffer.byteLength(file) / 1e6,
    checkSeconds: (checked - begin) / 1000,
    runSeconds: (done - checked) / 1000,
    rowsPerSecond: rows / ((done - begin) / 1000),
    meanwhile,
  }
}

function csv(rows: number): string {
  const prefix = newUsername()
  // On a floor few have an address; each that is there is a message, which the node sends meanwhile.
  const email = (i: number) => (i % 10 === 0 ? `person${i}@example.com` : '')
  const lines = Array.from(
    { length: rows },
    (_, i) => `${prefix}.${i},Person Number ${i},${email(i)},Agent,2026-01-01,31/12/2027,America/Montevideo,es,+598 ${i},,`,
  )
  return ['Username,Full Name,Email,Profile,Valid Date,Expiration Date,Time Zone,Language,Phone,Password,Team', ...lines].join(
    '\r\n',
  )
}

async function addAdministrator(address: DatabaseAddress): Promise<string> {
  const database: Database = openDatabase(address, 1, () => {})
  try {
    const username = newUsername()
    const hash = await hashPassword(password)
    const instance = (await database.asOperator(undefined, (tx) => findInstanceByName(tx, 'main')))!
    await database.in(instance, async (tx) => {
      const profileId = (await findProfileId(tx, 'Administrator'))!
      const account = { username, usernameKey: usernameKey(username)!, fullName: 'Ana Souza', email: null, profileId }
      const id = (await insertAccount(tx, account))!
      await setPassword(tx, { keys: deriveKeys(secretKey) }, (await lockAccount(tx, id))!, hash)
    })
    return username
  } finally {
    await database.close()
  }
}
