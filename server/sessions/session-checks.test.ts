import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { openSessionChecks } from './session-checks.ts'
import type { AskedSession, LiveSession } from './store.ts'

const instance = { id: 'one' }

/** Checks whose statements end when the test says so. Each answer names the cookie that it is for. */
function heldChecks() {
  const statements: { tokens: string[]; end: () => void; fail: (error: Error) => void }[] = []
  const checks = openSessionChecks<AskedSession, LiveSession>((_instance, asked) => {
    const tokens = asked.map(({ token }) => token)
    return new Promise((resolve, fail) => {
      statements.push({ tokens, end: () => resolve(tokens.map((id) => ({ id }) as LiveSession)), fail })
    })
  })
  const ask = async (token: string, of = instance) => (await checks.run(of, { token, isAction: true }))?.id
  return { statements, ask }
}

test('checks of one turn share a statement, and those that come while it is under way share the next', async () => {
  const { statements, ask } = heldChecks()
  const first = [ask('a'), ask('b')]
  await setImmediate()
  const second = [ask('c'), ask('d')]
  await setImmediate()
  assert.deepEqual(
    statements.map(({ tokens }) => tokens),
    [['a', 'b']],
  )
  statements[0]!.end()
  assert.deepEqual(await Promise.all(first), ['a', 'b'])
  await setImmediate()
  statements[1]!.end()
  assert.deepEqual(await Promise.all(second), ['c', 'd'])
  assert.equal(statements.length, 2)
})

test('no check is answered by a statement that began before it was asked for', async () => {
  const { statements, ask } = heldChecks()
  const before = ask('a')
  await setImmediate()
  let answered = false
  const after = ask('a').finally(() => {
    answered = true
  })
  statements[0]!.end()
  await before
  await setImmediate()
  assert.equal(answered, false)
  statements[1]!.end()
  assert.equal(await after, 'a')
})

test('a statement that hangs holds up only those who share it, and no other instance', async () => {
  const { statements, ask } = heldChecks()
  const hanging = ask('a')
  await setImmediate()
  const others = [ask('b'), ask('c', { id: 'two' })]
  while (statements.length < 3) await setTimeout(1)
  for (const { end } of statements.slice(1)) end()
  assert.deepEqual(await Promise.all(others), ['b', 'c'])
  statements[0]!.fail(new Error('it took too long'))
  await assert.rejects(hanging, /it took too long/)
  const later = ask('d')
  await setImmediate()
  statements[3]!.end()
  assert.equal(await later, 'd')
})
