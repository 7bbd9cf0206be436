import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startNodes } from '../../test/nodes.ts'
import { record, recordMany } from './audit.ts'

const caller = { address: '192.0.2.7', device: 'a browser', requestId: 'request', visitHash: undefined }

test('asvs-16.2.1 a row says who did what to whom, when and from where, and what somebody typed keeps none out', async (t) => {
  const system = await startNodes(t)
  const { id } = await system.addAccount()
  const actor = { kind: 'account', accountId: id } as const
  await system.database.in(system.main, async (tx) => {
    await record(tx, { event: 'account_disabled', actor, accountId: id, caller, detail: { reason: 'a\0b\ud800c', n: 1 } })
    await recordMany(tx, 'account_changed', actor, [{ accountId: id, detail: { n: 2 } }], caller)
  })
  const rows = await system.sql(
    `select event, actor_kind as kind, actor_account_id = $1 as by_them, account_id = $1 as of_them, host(address) as address,
       request_id, at <= now() as is_dated, detail from audit_event where actor_account_id = $1 order by id`,
    [id],
  )
  const all = { kind: 'account', by_them: true, of_them: true, address: '192.0.2.7', request_id: 'request', is_dated: true }
  assert.deepEqual(rows, [
    { event: 'account_disabled', ...all, detail: { reason: 'a\ufffdb\ufffdc', n: 1, device: 'a browser' } },
    { event: 'account_changed', ...all, detail: { n: 2 } },
  ])
})
