// What happens between the look at a link and its use: the look has found it good, and what counts is what holds when it is used.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startNodes } from '../../test/nodes.ts'
import { isPasswordOf, openLink, setPassword } from '../../test/recovery.ts'
import { lockAccount } from '../directory/accounts/accounts.ts'
import { makeRecoveryLink } from './recovery.ts'

const newPassword = 'seven lanterns beneath a slow tram'

test('cve-C12 what comes between the look at a link and its use counts', async (t) => {
  const system = await startNodes(t)
  const ana = await system.addAccount({ username: 'ana', email: 'ana@example.com' })
  const between: [what: string, statement: string, undo?: string][] = [
    ['its time is over', "update recovery_link set expires_at = now() - interval '1 second'"],
    ['a newer one was sent', "update recovery_link set ended_at = now(), end_reason = 'newer'"],
    ['the account has other credentials', 'update account set credential_version = credential_version + 1'],
    [
      'the account has another address',
      "update account set email = 'other@example.com'",
      "update account set email = 'ana@example.com'",
    ],
    ['the account is disabled', 'update account set enabled = false', 'update account set enabled = true'],
  ]
  for (const [what, statement, undo] of between) {
    const { token } = await system.database.in(system.main, async (tx) => makeRecoveryLink(tx, (await lockAccount(tx, ana.id))!))
    const browser = system.browser()
    await openLink(browser, `/recover?token=${token}`)
    const ofAna = statement.includes('account') ? ` where id = '${ana.id}'` : ' where ended_at is null'
    // It has looked, judged and hashed, and waits for the account.
    const [answer] = await system.race('account', [() => setPassword(browser, newPassword)], 1, [statement + ofAna])
    assert.equal(answer!.status, 410, what)
    assert.ok(await isPasswordOf(system, ana.id, ana.password), what)
    if (undo !== undefined) await system.sql(undo + ofAna)
  }
})

test('cve-C07 of two who have looked at the same link one uses it', async (t) => {
  const system = await startNodes(t)
  const ana = await system.addAccount({ username: 'ana', email: 'ana@example.com' })
  const { token } = await system.database.in(system.main, async (tx) => makeRecoveryLink(tx, (await lockAccount(tx, ana.id))!))
  const people = [system.browser(), system.browser()]
  for (const browser of people) await openLink(browser, `/recover?token=${token}`)
  const answers = await system.race(
    'account',
    people.map((browser, i) => () => setPassword(browser, `${newPassword}, ${i}`)),
    2,
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 410])
})
