import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { startNodes } from '../../test/nodes.ts'

test('a transaction in which a statement failed is no success, also when somebody went on regardless', async (t) => {
  const system = await startNodes(t)
  await assert.rejects(
    system.database.in(system.main, async (tx) => {
      await sql`update instance set name = name`.execute(tx).catch(() => {})
      await sql`select 1 / 0`.execute(tx).catch(() => {})
      return 'done'
    }),
    /rolled back at its commit/,
  )
})

test('a throw undoes what was written, and the connection is good for the next one', async (t) => {
  const system = await startNodes(t)
  const { id } = await system.addAccount({ fullName: 'Before' })
  const rename = (name: string, fail: boolean) =>
    system.database.in(system.main, async (tx) => {
      await sql`update account set full_name = ${name} where id = ${id}`.execute(tx)
      if (fail) throw new Error('on purpose')
    })
  await assert.rejects(rename('Undone', true), /on purpose/)
  const nameNow = async () =>
    (await system.sql<{ full_name: string }>('select full_name from account where id = $1', [id]))[0]!.full_name
  assert.equal(await nameNow(), 'Before')
  await rename('After', false)
  assert.equal(await nameNow(), 'After')
})

test('an instance is named by its id and by nothing else', async (t) => {
  const system = await startNodes(t)
  for (const id of ['', "x'; select 1; --", `${system.main.id} `, system.main.id.toUpperCase()])
    assert.throws(() => system.database.in({ id }, async () => 'done'), /an instance id must be a UUID/, id)
})
