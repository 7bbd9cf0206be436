// What is kept for a time goes after it and not before: each rule of retention, read from the catalogue, with a row on both sides.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namesOf } from '../server/rules/rules.ts'
import { loggedIn } from './floor.ts'
import { startNodes, type TestSystem } from './nodes.ts'
import { setRules } from './set-rules.ts'
import { tidyAll } from './tidy.ts'

type Kept = { table: string; old(system: TestSystem, days: number): Promise<unknown> }

const inserted = (table: string, columns: string, values: (at: string) => string): Kept => ({
  table,
  async old(system, days) {
    const { id } = await system.addAccount()
    const row = values(`now() - interval '${days} days'`)
    await system.sql(`insert into ${table} (instance_id, ${columns}) values ($1, ${row})`.replace('ACCOUNT', `'${id}'`), [
      system.main.id,
    ])
  },
})

/** Rows that came to their end so many days ago. The audit goes by its seals: server/audit/seals/seals.test.ts. */
const kept: Record<string, Kept> = {
  sessionDays: {
    table: 'session',
    async old(system, days) {
      const person = await system.addAccount()
      const browser = await loggedIn(system, person)
      await browser.post('/log-out')
      for (const column of ['session set ended_at', 'audit_event set at'])
        await system.sql(`update ${column} = now() - interval '${days} days' where account_id = $1`, [person.id])
    },
  },
  requestDays: inserted(
    'recovery_request',
    'account_id, credential_version, address, device, expires_at, closed_at, outcome',
    (at) => `ACCOUNT, 1, '192.0.2.1', 'x', ${at}, ${at}, 'refused'`,
  ),
  messageDays: inserted(
    'message',
    'account_id, kind, state, state_at, to_address, credential_version',
    (at) => `ACCOUNT, 'initial_password', 'sent', ${at}, 'x@example.com', 1`,
  ),
  importDays: inserted(
    'import',
    'created_by, file_name, state, created_at, finished_at',
    (at) => `ACCOUNT, 'x.csv', 'done', ${at}, ${at}`,
  ),
}

test('asvs-14.2.7 what is kept for a time goes after it, and not before', async (t) => {
  const rules = namesOf('retention').filter((name) => name !== 'auditDays')
  assert.deepEqual([...rules].sort(), Object.keys(kept).sort())
  const system = await startNodes(t)
  await setRules(system, Object.fromEntries(rules.map((name) => [name, 40])))
  for (const name of rules) for (const days of [39, 41]) await kept[name]!.old(system, days)
  const count = async (name: string) =>
    (await system.sql<{ n: number }>(`select count(*)::int as n from ${kept[name]!.table}`))[0]!.n
  for (const name of rules) assert.equal(await count(name), 2, name)
  await tidyAll(system)
  for (const name of rules) assert.equal(await count(name), 1, name)
})
