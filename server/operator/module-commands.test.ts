import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startNodes } from '../../test/nodes.ts'
import { commands } from './commands.ts'
import { OperatorError } from './problems.ts'

async function arrange(t: TestContext) {
  const system = await startNodes(t)
  const context = { system, config: { publicUrl: new URL('http://localhost:8080') } } as never
  const run = async (words: string, values: string[] = [], options: Record<string, string> = {}) =>
    (await commands.find((each) => each.words === words)!.run(context, values, { instance: 'main', ...options })).json as Record<
      string,
      unknown
    >
  return { system, run }
}

test('a module is registered by recipe, shown, changed from what was shown, and removed, each in the name of the operator', async (t) => {
  const { system, run } = await arrange(t)
  const made = await run('module create', ['Wallboard'], {
    recipe: 'grafana',
    address: 'https://wall.example.com/',
    profiles: 'agent, Supervisor',
    landing: 'Agent',
  })
  assert.match(String(made.secret), /^[\w-]{30,}$/)
  const { secrets: _, ...shown } = await run('module show', ['wallboard'])
  assert.deepEqual(
    [shown.kind, shown.redirectAddresses, shown.afterLogoutAddresses, shown.profiles, shown.landing],
    [
      'web',
      ['https://wall.example.com/login/generic_oauth'],
      ['https://wall.example.com/login'],
      ['Agent', 'Supervisor'],
      ['Agent'],
    ],
  )
  const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-module-')), 'module.json')
  writeFileSync(file, JSON.stringify({ ...shown, name: 'Board', profiles: ['Agent'], signing: 'RS256' }))
  const changed = await run('module change', ['Wallboard'], { from: file, enabled: 'no' })
  assert.deepEqual(
    [changed.name, changed.profiles, changed.signing, changed.enabled, changed.redirectAddresses],
    ['Board', ['Agent'], 'RS256', false, shown.redirectAddresses],
  )
  assert.equal(((await run('module list')).modules as object[]).length, 1)
  await run('module remove', ['Board'])
  await assert.rejects(run('module show', ['Board']), OperatorError)
  const rows = await system.sql<{ event: string; actorKind: string }>(
    "select event, actor_kind from audit_event where event like 'module%' order by id",
  )
  assert.deepEqual(
    rows.map((row) => Object.values(row).join(' ')),
    ['module_created operator', 'module_changed operator', 'module_removed operator'],
  )
})

test('a secret is exchanged, and what cannot be is said in words', async (t) => {
  const { run } = await arrange(t)
  const { secret } = await run('module create', ['CRM'], { redirect: 'https://crm.example.com/callback' })
  const second = await run('module secret', ['CRM'])
  await assert.rejects(run('module secret', ['CRM']), /Two secrets are valid already/)
  await run('module secret', ['CRM'], { 'take-back': String(secret).slice(0, 4) })
  const { secrets } = await run('module show', ['CRM'])
  assert.deepEqual(
    (secrets as { hint: string }[]).map(({ hint }) => hint),
    [String(second.secret).slice(0, 4)],
  )
  const refused: [Record<string, string>, RegExp][] = [
    [{ redirect: 'http://crm.example.com/' }, /redirectAddresses \(address_not_https\)/],
    [{ kind: 'spaceship' }, /--kind is one of web/],
    [{ recipe: 'chatwoot', address: 'https://chat.example.com' }, /behind your proxy/],
    [{ recipe: 'grafana' }, /needs --address/],
    [{ redirect: 'https://a.example.com/', profiles: 'Nobody' }, /no profile "Nobody"/],
    [{ redirect: 'https://a.example.com/', 'on-home': 'perhaps' }, /yes or no/],
    [{ from: '/nowhere.json' }, /cannot be read/],
  ]
  for (const [options, words] of refused) await assert.rejects(run('module create', ['Other'], options), words)
})

test('the keys are rotated: the next ones sign after an hour, or at once', async (t) => {
  const { run } = await arrange(t)
  const states = async (options = {}) =>
    ((await run('module keys', ['rotate'], options)).keys as { state: string; algorithm: string }[])
      .map(({ state, algorithm }) => `${state} ${algorithm}`)
      .sort()
  assert.deepEqual(await states(), ['current ES256', 'current RS256'])
  assert.deepEqual(await states(), ['current ES256', 'current RS256', 'next ES256', 'next RS256'])
  assert.deepEqual(await states({ 'at-once': 'yes' }), ['current ES256', 'current RS256'])
  await assert.rejects(run('module keys', ['melt']), OperatorError)
})
