import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { allLanguages } from '../../contracts/languages.ts'
import { catalogue, type Rule, type RuleName, ruleNames } from '../../contracts/rules.ts'
import { startNodes, type TestSystem } from '../../test/nodes.ts'
import { complianceOf } from './compliance.ts'
import { breaksClause, defaultRules, ruleOf } from './rule-catalogue.ts'

const column = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const reasonForAll = JSON.stringify(Object.fromEntries(ruleNames.map((name) => [name, 'an auditor asks for it'])))

/** Sets one rule past every check of the code, as the owner of the database. */
function force(system: TestSystem, name: RuleName, value: unknown, reasons = reasonForAll): Promise<unknown> {
  return system.sql(`update rules set ${column(name)} = $1, reasons = $2`, [value, reasons])
}

async function startWithRules(t: TestContext): Promise<TestSystem> {
  const system = await startNodes(t)
  await system.sql('insert into rules (instance_id) values ($1)', [system.main.id])
  return system
}

test('asvs-6.1.1 the database has the defaults of the catalogue', async (t) => {
  const system = await startWithRules(t)
  const [row] = await system.sql<Record<string, unknown>>('select * from rules')
  // Which languages there are is not for the database to know.
  for (const name of ruleNames.filter((name) => name !== 'languages'))
    assert.deepEqual(row![column(name)], defaultRules[name], name)
})

const numbers = (Object.entries(catalogue) as [RuleName, Rule][]).filter(([, { kind }]) => kind === 'number') as [
  RuleName,
  Extract<Rule, { kind: 'number' }>,
][]

test('asvs-6.2.1 nist-3.2.2 the database itself takes the range of each rule and nothing beside it', async (t) => {
  const system = await startWithRules(t)
  for (const [name, { least, most }] of numbers) {
    // Of two rules that bound each other, the other one is out of the way.
    await system.sql('update rules set waits_from = 3, most_failures = 100, idle_minutes = 60, warning_minutes = 1')
    await force(system, name, least)
    await force(system, name, most)
    await assert.rejects(force(system, name, least - 1), /violates check constraint/, `${name} ${least - 1}`)
    await assert.rejects(force(system, name, most + 1), /violates check constraint/, `${name} ${most + 1}`)
  }
  for (const languages of [[], ['en', 'English'], ['en', null]])
    await assert.rejects(force(system, 'languages', languages), /violates check constraint/)
})

test('nist-3.1.1.2 asvs-6.2.5 asvs-6.2.10 nothing can go against a clause without a reason, not even past the code', async (t) => {
  const system = await startWithRules(t)
  const withClause = numbers.filter(([, { clause }]) => clause !== undefined)
  assert.equal(withClause.length, 8)
  for (const [name, { clause }] of withClause) {
    const against = clause!.keptFrom === undefined ? clause!.keptUpTo! + 1 : clause!.keptFrom - 1
    const kept = clause!.keptFrom ?? clause!.keptUpTo!
    assert.deepEqual([breaksClause(name, against), breaksClause(name, kept)], [true, false], name)
    for (const reasons of ['{}', JSON.stringify({ [name]: '' })])
      await assert.rejects(force(system, name, against, reasons), /reason_for_/, name)
    await force(system, name, kept, '{}')
  }
})

test('every switch that goes against a clause makes exactly one finding of the compliance report, with its reason', () => {
  const notKept = (rules: typeof defaultRules, reasons = {}) =>
    complianceOf({ ...rules, languages: [...rules.languages] }, reasons, true).filter(({ kept }) => !kept)
  assert.deepEqual(notKept(defaultRules), [])
  for (const [name, { clause, least, most }] of numbers) {
    if (clause === undefined) continue
    const against = clause.keptFrom === undefined ? most : least
    const [finding, ...more] = notKept({ ...defaultRules, [name]: against }, { [name]: 'asked for' })
    assert.deepEqual(more, [], name)
    assert.deepEqual(finding!.deviations, [{ rule: name, value: against, reason: 'asked for' }])
    for (const each of clause.clauses) assert.ok(finding!.clauses.includes(each), each)
  }
  assert.deepEqual(
    complianceOf({ ...defaultRules }, {}, false)
      .filter(({ kept }) => !kept)
      .map(({ clauses }) => clauses),
    [['ASVS 5.0, 6.2.12']],
  )
})

test('asvs-6.1.1 every rule says its default, what it is and what it does in every language', async () => {
  const { readTexts } = await import('../platform/text.ts')
  for (const language of allLanguages) {
    const texts = readTexts(language).rules as { rule: Record<string, { name: string; does: string }>; unit: object }
    assert.deepEqual(Object.keys(texts.rule).sort(), [...ruleNames].sort())
    for (const name of ruleNames) {
      const rule = ruleOf(name)
      if (rule.kind === 'number') assert.ok(rule.unit in texts.unit && rule.least <= rule.default && rule.default <= rule.most)
    }
  }
})
