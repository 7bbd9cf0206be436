// Every path by which a person gets a password of their own, and every rule on each of them. A path that is new, or a rule that is, and
// does not stand here fails.
import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { hashPassword } from '../server/authenticators/passwords/hash-password.ts'
import { makeBreachedPasswords } from '../server/authenticators/passwords/make-breached-passwords.ts'
import { lockAccount } from '../server/directory/accounts/accounts.ts'
import { makeRecoveryLink } from '../server/recovery/recovery.ts'
import type { Answer } from './browser.ts'
import { goodPassword, startNodes, type TestAccount, type TestSystem } from './nodes.ts'
import { openLink } from './recovery.ts'
import { setRules } from './set-rules.ts'

const person = { username: 'quarterstaff', fullName: 'Wilhelmina Abernathy' }
const former = 'Tidal 4 lanterns, unlit'
const leaked = 'Harvest 9 moons, silent'
const present = `${goodPassword}, 1 A`

type Path = {
  /** The use case. */
  file: string
  /** Begins, and says how to send a new password and what the account had until now. */
  begin(system: TestSystem): Promise<{ account: TestAccount; send(newPassword: string): Promise<Answer> }>
}

const paths: Record<string, Path> = {
  'the first choice': {
    file: 'server/sign-in/choose-password.ts',
    async begin(system) {
      const account = await system.addAccount({ ...person, password: 'initial' })
      return { account, send: await chooser(system, account) }
    },
  },
  'the choice after an expired one': {
    file: 'server/sign-in/choose-password.ts',
    async begin(system) {
      await setRules(system, { expiryDays: 30 })
      const account = await system.addAccount({ ...person, password: present })
      await system.sql("update password set changed_at = now() - interval '31 days' where account_id = $1", [account.id])
      return { account, send: await chooser(system, account) }
    },
  },
  'a change by who is logged in': {
    file: 'server/home/change-password.ts',
    async begin(system) {
      const account = await system.addAccount({ ...person, password: present })
      const browser = system.browser()
      await browser.logIn(account.username, account.password)
      await browser.get('/change-password')
      const send = (newPassword: string) =>
        browser.post('/change-password', {
          currentPassword: account.password,
          newPassword,
          newPasswordAgain: newPassword,
        })
      return { account, send }
    },
  },
  'a link': {
    file: 'server/recovery/complete-recovery.ts',
    async begin(system) {
      const account = await system.addAccount({ ...person, password: present, email: 'somebody@example.com' })
      const { token } = await system.database.in(system.main, async (tx) =>
        makeRecoveryLink(tx, (await lockAccount(tx, account.id))!),
      )
      const browser = system.browser()
      await openLink(browser, `/recover?token=${token}`)
      const send = (newPassword: string) => browser.post('/recover', { newPassword, newPasswordAgain: newPassword })
      return { account, send }
    },
  },
}

async function chooser(system: TestSystem, account: TestAccount): Promise<(newPassword: string) => Promise<Answer>> {
  const browser = system.browser()
  assert.equal((await browser.logIn(account.username, account.password)).location, '/choose-password')
  await browser.get('/choose-password')
  return (newPassword) => browser.post('/choose-password', { newPassword, newPasswordAgain: newPassword })
}

/** What each rule refuses, and no other rule does but where it is said. */
const refused: readonly [code: string, newPassword: (had: string) => string][] = [
  ['too_short', () => 'wQ7!z'],
  ['too_long', () => `A1!${'x'.repeat(1100)}`],
  ['lowercase', () => 'TIDAL 4 LANTERNS, DIMMED'],
  ['uppercase', () => 'tidal 4 lanterns, dimmed'],
  ['digits', () => 'Tidal four lanterns, dimmed'],
  ['symbols', () => 'Tidal4lanternsDimmed'],
  ['common', () => 'PASSWORD1'],
  ['breached', () => leaked],
  ['personal', () => 'Quarterstaff2026!'],
  ['personal', () => 'Wilhelmina2026!'],
  ['personal', () => 'W1lhelm1naAbernathy!'],
  ['personal', () => 'M4in-2026!'],
  ['guessable', () => 'Walnutdrift1!'],
  ['unchanged', (had) => had],
  ['used_before', () => former],
]

const broken = (body: string) => [...body.matchAll(/data-code="(\w+)" data-state="broken"/g)].map((match) => match[1])

test('every use case that sets a password of one’s own is tried', () => {
  const using = globSync('server/**/*.ts', { exclude: ['**/*.test.ts'] }).filter(
    (path) => /\b(prepareNewPassword|setPassword)\(/.test(readFileSync(path, 'utf8')) && !path.endsWith('/set-password.ts'),
  )
  assert.deepEqual([...new Set(Object.values(paths).map(({ file }) => file))].sort(), using.sort())
})

test('every rule that there is is tried', () => {
  const rules = readFileSync('server/authenticators/passwords/password-rules.ts', 'utf8')
  const type = /export type PasswordFault =([\s\S]*?)\n\n/.exec(rules)![1]!
  const codes = [...type.matchAll(/'(\w+)'/g)].map((match) => match[1]!)
  assert.deepEqual([...new Set(refused.map(([code]) => code))].sort(), codes.sort())
})

for (const [what, { begin }] of Object.entries(paths))
  test(`asvs-6.2.1 asvs-6.2.4 asvs-6.2.11 every rule of a new password holds: ${what}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-breached-'))
    t.after(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'words'), leaked)
    await makeBreachedPasswords(join(folder, 'words'), join(folder, 'list'))
    const system = await startNodes(t, 1, { BREACHED_PASSWORDS_FILE: join(folder, 'list') })
    const kinds = { minimumLowercase: 1, minimumUppercase: 1, minimumDigits: 1, minimumSymbols: 1 }
    await setRules(system, { minimumLength: 8, formerPasswords: 1, guessesPower: 15, ...kinds })
    const { account, send } = await begin(system)
    await system.sql('insert into password_history (instance_id, account_id, hash) values ($1, $2, $3)', [
      system.main.id,
      account.id,
      await hashPassword(former),
    ])
    const hashes = () => system.sql('select hash, initial_hash from password where account_id = $1', [account.id])
    const before = await hashes()
    for (const [code, newPassword] of refused) {
      // Until there is a lasting one, the one before counts as what it is: an initial password.
      const answer = await send(newPassword(account.password))
      assert.equal(answer.status, 422, `${code}: ${answer.location}`)
      assert.ok(broken(answer.body).includes(code), `${code}: ${broken(answer.body)}`)
      assert.deepEqual(await hashes(), before, code)
    }
    assert.equal((await send('Tidal 5 lanterns, relit')).status, 303, 'and what keeps them all is taken')
    assert.notDeepEqual(await hashes(), before)
  })
