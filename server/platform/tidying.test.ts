import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { startNodes, type TestSystem } from '../../test/nodes.ts'
import { tidyAll } from '../../test/tidy.ts'
import { tidySteps } from '../app.ts'
import type { Transaction } from './database.ts'
import { tidy } from './tidying.ts'

const count = async (system: TestSystem, from: string) =>
  (await system.sql<{ n: number }>(`select count(*)::int as n from ${from}`))[0]!.n

/** So many people whose session was started in the morning of a day before. */
async function addForgottenSessions(system: TestSystem, many: number): Promise<void> {
  await system.sql(
    `with added as (
       insert into account (instance_id, username, username_key, full_name, profile_id)
       select $1, 'many' || i, 'many' || i, 'Many', (select id from profile where instance_id = $1 and name = 'Agent') from generate_series(1, $2) i
       returning id), started as (insert into session (instance_id, account_id, token_hash, started_at, last_seen_at, last_active_at, address, device)
     select $1, id, sha256(id::text::bytea), now() - interval '1 day', now() - interval '1 day', now() - interval '1 day', '192.0.2.1', '' from added returning id, account_id)
     insert into audit_event (instance_id, event, actor_kind, account_id, session_id) select $1, 'login', 'account', account_id, id from started`,
    [system.main.id, many],
  )
}

test('a floor that went home and the flood of a night are tidied, in batches', async (t) => {
  const system = await startNodes(t)
  await addForgottenSessions(system, 9000)
  await system.sql(
    `insert into login_attempt (instance_id, username_hash, failures, last_at)
     select $1, sha256(i::text::bytea), 1, now() - interval '2 days' from generate_series(1, 20000) i`,
    [system.main.id],
  )
  await tidyAll(system)
  assert.equal(await count(system, 'session where ended_at is null'), 0)
  assert.equal(await count(system, "audit_event where event = 'session_ended'"), 9000)
  assert.equal(await count(system, 'login_attempt'), 0)
})

test('what one step cannot do holds up no other step and no other instance', async (t) => {
  const system = await startNodes(t)
  const { instance: acme } = await system.addInstance('acme', 'acme.example.com')
  await system.sql(
    "insert into recovery_hour (instance_id, hour_started_at, links) select id, now() - interval '2 days', 1 from instance",
  )
  const failed: string[] = []
  const broken = {
    name: 'broken',
    tidy: async (tx: Transaction) => (await sql`select 1 / 0`.execute(tx)).rows.length,
  }
  await tidy(system.database, [system.main, acme], [broken, ...tidySteps(system.keys)], (_error, step) => failed.push(step))
  assert.deepEqual(failed, ['broken', 'broken'])
  assert.equal(await count(system, 'recovery_hour'), 0)
})

test('every step takes what has had its time and leaves the rest, and waits for nobody', async (t) => {
  const system = await startNodes(t)
  const { id } = await system.addAccount()
  const ages = "(values (interval '200 days'), (interval '0')) as one (age)"
  for (const statement of [
    `insert into address_attempt select $1, age::text, now() - age, 1 from ${ages}`,
    `insert into known_device (instance_id, device_hash, account_id, last_login_at) select $1, sha256(age::text::bytea), $2, now() - age from ${ages}`,
    `insert into sign_in (instance_id, token_hash, account_id, step, proofs, credential_version, return_to, expires_at) select $1, sha256(age::text::bytea), $2, 'own_password', '[]', 1, '/', now() - age from ${ages}`,
    `insert into import (instance_id, created_by, file_name, state, created_at) select $1, $2, 'people.csv', 'checked', now() - age from ${ages}`,
    `insert into import_row (instance_id, import_id, row_number) select instance_id, id, i from import, generate_series(1, 3) i`,
    `insert into recovery_request (instance_id, account_id, credential_version, address, device, expires_at, closed_at, outcome)
     select $1, $2, 1, '192.0.2.1', '', now() - age, now() - age, 'refused' from ${ages}`,
  ])
    await system.sql(
      statement,
      statement.includes('$2') ? [system.main.id, id] : statement.includes('$1') ? [system.main.id] : [],
    )
  await tidyAll(system)
  for (const table of ['address_attempt', 'known_device', 'sign_in', 'import', 'recovery_request'])
    assert.equal(await count(system, table), 1, table)
  assert.equal(await count(system, 'import_row'), 3)
})
