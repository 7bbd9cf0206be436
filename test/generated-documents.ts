import { builtInProfiles, type Permission, permissions } from '../contracts/permissions.ts'
import { shareComponents } from '../server/administration/api-documentation/share-components.ts'
import { openNode } from '../server/app.ts'
import { readConfig, settings } from '../server/config.ts'
import { areaOf, worth } from '../server/directory/profiles/profiles.ts'
import { openDatabase } from '../server/platform/database.ts'
import { deriveKeys } from '../server/platform/secret.ts'
import { readTexts } from '../server/platform/text.ts'
import { rulesDocument } from './rules-document.ts'

/** The documents that are made from the code, by path. */
export async function generatedDocuments(): Promise<Record<string, string>> {
  return {
    'docs/configuration.md': configuration(),
    'docs/openapi.json': await openapi(),
    'docs/rules.md': rulesDocument(),
    'docs/permissions.md': permissionCatalogue(),
  }
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

function permissionCatalogue(): string {
  const areas = (readTexts('en').permissions as { areas: Record<string, string> }).areas
  const profiles = Object.entries(builtInProfiles)
  const rows = Object.entries(permissions).map(([key, allows]) => {
    const permission = key as Permission
    const who = profiles.filter(([, permissions]) => permissions.includes(permission)).map(([name]) => name)
    return `| ${areas[areaOf(permission)]} | \`${permission}\` | ${allows} | ${worth[permission]} | ${who.join(', ')} |`
  })
  return `# Permissions

<!-- Made by \`npm run docs\` from contracts/permissions.ts. -->

A profile is a set of these, and each is judged by what it is worth: what whoever has it can turn it into. Every account has one profile; what is changed in it holds from the next request of whoever has it.

- Nobody gives a permission that they lack, and nobody acts on an account or a profile that has one: not by giving a profile, not by
  changing one, not by a new initial password.
- Somebody without \`accounts.all-teams\` reaches the accounts of the teams that they supervise, and no others.
- A profile holds for the whole instance, so creating, changing and removing profiles takes \`accounts.all-teams\` beside
  \`profiles.manage\`. Nobody changes the profile that they have themselves.
- The built-in profiles are neither changed nor removed. An instance keeps at least one enabled account with the profile Administrator.

| area | permission | allows | is worth | built-in profiles that have it |
|---|---|---|---|---|
${rows.join('\n')}
`
}

async function openapi(): Promise<string> {
  // Never connects: the document needs the routes only.
  const database = openDatabase({ host: '/nowhere', user: 'nobody', database: 'nothing' }, 1, () => {})
  const node = await openNode(readConfig({}), database, deriveKeys(Buffer.alloc(32, 1)), process.stderr)
  await node.app.ready()
  const document = shareComponents(node.app.swagger())
  await node.close()
  await database.close()
  return `${onOneLine(JSON.stringify(document, null, 2))}\n`
}

/** Short lists of words each on one line, as one reads them. */
function onOneLine(json: string): string {
  return json.replaceAll(/\[\n\s+("[^"\n]*"(?:,\n\s+"[^"\n]*")*)\n\s+\]/g, (list, words: string) => {
    const line = `[${words.replaceAll(/,\n\s+/g, ', ')}]`
    return line.length <= 100 ? line : list
  })
}
