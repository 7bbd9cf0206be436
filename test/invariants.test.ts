// What looks after every test must itself be able to find something.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { checkInvariants, checkNoSecrets } from './invariants.ts'
import { startNodes } from './nodes.ts'

test('asvs-16.2.5 cve-C35 the invariants find a second session, a missing row of the audit, an orphan and a secret, and tell which', async (t) => {
  const system = await startNodes(t)
  const { id, username, password } = await system.addAccount()
  await system.browser().logIn(username, password)
  const client = new pg.Client(system.address)
  await client.connect()
  const broken = async (rule: RegExp, text: string, check = checkInvariants) => {
    await client.query('begin')
    await client.query(text)
    await assert.rejects(check(client), rule)
    await client.query('rollback')
  }
  try {
    await checkInvariants(client)
    await broken(
      /at most one live session/,
      `drop index session_one_live_per_account; insert into session (instance_id, account_id, token_hash, address, device)
       select instance_id, account_id, '\\x01', address, device from session where account_id = '${id}'`,
    )
    await broken(/its login in the audit/, "delete from audit_event where event = 'login'")
    await broken(/its end in the audit/, "update session set ended_at = now(), end_reason = 'idle'")
    await broken(/a session that there is not/, 'delete from session')
    await broken(
      /seats/,
      `update instance set seats = 1, seat_reserve = 0; insert into seat_count (instance_id, at_most) select id, 0 from instance`,
    )
    await broken(/no secret in clear/, `update audit_event set detail = '{"typed": "${password}"}' where event = 'login'`, (db) =>
      checkNoSecrets(db, [password]),
    )
    await broken(/no secret in clear/, `update session set token_hash = '\\x${Buffer.from(password).toString('hex')}'`, (db) =>
      checkNoSecrets(db, [password]),
    )
  } finally {
    await client.end()
  }
})
