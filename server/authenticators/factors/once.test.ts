// What works once is used up by one statement, whoever holds which lock.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { giveSheet, giveTotp } from '../../../test/factors.ts'
import { startNodes } from '../../../test/nodes.ts'
import type { Transaction } from '../../platform/database.ts'
import { consumeSheetCode } from './sheet-store.ts'
import { consumeTotpStep } from './totp-store.ts'
import { consumeVouch } from './vouch-store.ts'

test('asvs-6.5.1 a code of a sheet, a step of an app and a vouch are used up once, also by transactions that know nothing of each other', async (t) => {
  const system = await startNodes(t)
  const account = await system.addAccount()
  await giveSheet(system, account.id)
  await giveTotp(system, account.id)
  const idOf = async (kind: string) => (await system.sql<{ id: string }>('select id from factor where kind = $1', [kind]))[0]!.id
  const [sheet, totp] = [await idOf('code_sheet'), await idOf('totp')]
  const signIn = '00000000-0000-4000-8000-000000000001'
  await system.sql(
    `insert into vouch (instance_id, account_id, sign_in_id, address, device, expires_at, vouched_at, vouched_by)
     values ($1, $2, $3, '192.0.2.1', '', now() + interval '5 minutes', now(), $2)`,
    [system.main.id, account.id, signIn],
  )
  const uses: [string, (tx: Transaction) => Promise<boolean>][] = [
    ['code_sheet', (tx) => consumeSheetCode(tx, sheet, 1)],
    ['totp_secret', (tx) => consumeTotpStep(tx, totp, 1000, 0)],
    ['vouch', async (tx) => (await consumeVouch(tx, signIn)) !== undefined],
  ]
  for (const [table, use] of uses) {
    const taken = await system.race(
      table,
      Array.from({ length: 6 }, () => () => system.database.in(system.main, use)),
    )
    assert.equal(taken.filter(Boolean).length, 1, table)
  }
  assert.equal(await system.database.in(system.main, (tx) => consumeTotpStep(tx, totp, 999, 0)), false, 'none from before')
})
