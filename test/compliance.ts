// npm run compliance: which test proves which requirement. A test carries the ids that it proves in its name.
import { globSync, readFileSync } from 'node:fs'

const sources: Record<string, string> = {
  asvs: 'OWASP ASVS 5.0',
  nist: 'NIST SP 800-63B-4',
  cve: 'Recurring weaknesses of sign-in systems',
  fault: 'Faults and load',
}

const proofs = new Map<string, { path: string; name: string }[]>()
for (const path of globSync(['server/**/*.test.ts', 'test/**/*.test.ts', 'e2e/**/*.spec.ts']).sort()) {
  for (const [, , name] of readFileSync(path, 'utf8').matchAll(/\btest\(\s*(['"`])((?:asvs|nist|cve|fault)-.*?)\1,/g)) {
    const ids =
      name!
        .match(/^(?:(?:asvs|nist|cve|fault)-[\w.]+ )+/)?.[0]
        .trim()
        .split(' ') ?? []
    for (const id of ids)
      proofs.set(id, [...(proofs.get(id) ?? []), { path, name: name!.replace(/^(?:(?:asvs|nist|cve|fault)-[\w.]+ )+/, '') }])
  }
}

for (const [prefix, title] of Object.entries(sources)) {
  const ids = [...proofs.keys()]
    .filter((id) => id.startsWith(`${prefix}-`))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  console.log(`\n${title}: ${ids.length} with a test`)
  for (const id of ids) for (const { path, name } of proofs.get(id)!) console.log(`  ${id.padEnd(14)} ${name}  (${path})`)
}
