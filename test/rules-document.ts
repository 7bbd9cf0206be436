import { type Area, areas, type RuleName } from '../contracts/rules.ts'
import { readTexts } from '../server/platform/text.ts'
import { namesOf, ruleOf } from '../server/rules/rules.ts'

type RuleTexts = {
  title: Record<string, string>
  unit: Record<string, string>
  rule: Record<RuleName, { name: string; does: string }>
}

/** docs/rules.md: every rule that the Administrator sets, made from the catalogue and the texts of the console. */
export function rulesDocument(): string {
  const texts = readTexts('en')
  const { title, unit, rule: ruleTexts } = texts.rules as RuleTexts
  const row = (name: RuleName): string => {
    const rule = ruleOf(name)
    const { name: label, does } = ruleTexts[name]
    if (rule.kind === 'switch') return `| ${label} | ${does} | ${rule.default ? 'on' : 'off'} | on, off | |`
    if (rule.kind === 'languages') return `| ${label} | ${does} | ${rule.default.join(', ')} | at least one | |`
    const shown = (value: number) => (rule.unit === 'power_of_ten' ? `10^${value}` : String(value))
    const measure = rule.unit === 'power_of_ten' ? '' : ` ${unit[rule.unit]}`
    const { keptFrom, keptUpTo, clauses = [] } = rule.clause ?? {}
    const against = keptFrom === undefined ? `above ${keptUpTo}` : `below ${keptFrom}`
    return `| ${label} | ${does} | ${shown(rule.default)}${measure} | ${shown(rule.least)} to ${shown(rule.most)} | ${clauses.length === 0 ? '' : `${against}: ${clauses.join('; ')}`} |`
  }
  const headings: Record<Area, string> = {
    passwords: (texts.console as { rules: { passwords: string } }).rules.passwords,
    'sign-in': title['sign-in']!,
    sessions: title.sessions!,
    retention: title.retention!,
  }
  const sections = areas.map(
    (area) => `## ${headings[area]}

| rule | what it does | default | range | goes against |
|---|---|---|---|---|
${namesOf(area).map(row).join('\n')}
`,
  )
  return `# Rules

<!-- Made by \`npm run docs\` from contracts/rules.ts and locales/en/rules.json. -->

What the Administrator of an instance sets, in the console under *Password rules* and *Sign-in and session rules*, or by
\`PUT /api/rules\`. A change reaches every node within a second. A value that goes against a clause of NIST SP 800-63B-4 or
ASVS 5.0 needs a reason; the audit and \`gatehouse compliance-report --instance NAME\` keep it. The ranges are held by the
database too.

These hold always: at least 8 characters, up to 1024 accepted, no common password, none made of names, waits and an end of wrong
passwords in a row.

${sections.join('\n')}`
}
