import { openNode } from '../server/app.ts'
import { readConfig, settings } from '../server/config.ts'
import { openDatabase } from '../server/platform/database.ts'
import { deriveKeys } from '../server/platform/secret.ts'
import { rulesDocument } from './rules-document.ts'

/** The documents that are made from the code, by path. */
export async function generatedDocuments(): Promise<Record<string, string>> {
  return { 'docs/configuration.md': configuration(), 'docs/rules.md': rulesDocument(), 'docs/openapi.json': await openapi() }
}

function configuration(): string {
  const rows = settings.map(({ name, means, default: standard, defaultIs, secret }) => {
    const shown = defaultIs ?? (typeof standard === 'string' && standard !== '' ? `\`${standard}\`` : 'none')
    return `| \`${name}\`${secret ? `<br>\`${name}_FILE\`` : ''} | ${means} | ${shown} |`
  })
  return `# Configuration

<!-- Made by \`npm run docs\` from server/config.ts. -->

Settings are environment variables. They are read once, at start; every one that is wrong is reported by name, and nothing starts.
A secret can be given as \`NAME_FILE\` instead, the path of a file that holds it.

| setting | what it does | default |
|---|---|---|
${rows.join('\n')}
`
}

async function openapi(): Promise<string> {
  // Never connects: the document needs the routes only.
  const database = openDatabase({ host: '/nowhere', user: 'nobody', database: 'nothing' }, 1, () => {})
  const node = await openNode(readConfig({}), database, deriveKeys(Buffer.alloc(32, 1)), process.stderr)
  await node.app.ready()
  const document = node.app.swagger()
  await node.close()
  await database.close()
  return `${JSON.stringify(document, null, 2)}\n`
}
