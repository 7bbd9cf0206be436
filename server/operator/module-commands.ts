// Modules by the command line: the same as in the console, for configuration that is kept as files. JSON in by --from, out by --json.
import { readFileSync } from 'node:fs'
import { type Recipe, recipes } from '../../contracts/module-recipes.ts'
import { type ModuleKind, moduleKinds, signingAlgorithms } from '../../contracts/modules.ts'
import { type Instance, instanceUrl } from '../instances/instances.ts'
import {
  changeModule,
  createModule,
  giveSecret,
  listChoices,
  listModules,
  type Module,
  type ModuleFields,
  plainModule,
  removeModule,
  takeSecretBack,
} from '../outward/modules/modules.ts'
import { rotateKeys } from '../outward/openid/signing-keys.ts'
import type { Transaction } from '../platform/database.ts'
import { Problem } from '../platform/problem.ts'
import { type Command, type Context, instanceNamed } from './command.ts'
import { OperatorError } from './problems.ts'

const operator = { kind: 'operator' } as const
const instanceOption = { instance: 'The name of the instance.' }
const kinds = Object.keys(moduleKinds) as ModuleKind[]
type Options = Readonly<Record<string, string | undefined>>
/** What a file says: the fields of the API, with profiles and teams by their names. */
type Said = Partial<ModuleFields> & { kind?: ModuleKind }

const fieldOptions = {
  from: 'A file with the fields as JSON, as `module show --json` prints them; - for the standard input. What an option says counts more.',
  address: 'Where people open it.',
  redirect: 'The addresses that people are sent back to, with commas between.',
  'after-logout': 'The addresses that people may be sent to when the module logs them out, with commas between.',
  'logout-address': 'Where it is told that a session has ended.',
  signing: `With what its tokens are signed: ${signingAlgorithms.join(' or ')}.`,
  'without-pkce': 'Whether it may do without PKCE: yes or no.',
  'on-home': 'Whether it is among the tiles at home: yes or no.',
  enabled: 'Whether it lets people in: yes or no.',
  profiles: 'The names of the profiles that may use it, with commas between; nobody when it is left out.',
  teams: 'The names of the teams that may use it, with commas between.',
  landing: 'The names of those of the profiles that land at it after the login, with commas between.',
}

/** Does something with the modules of an instance; what is refused is said in words. */
async function inInstance<T>(
  { system }: Context,
  { instance: name }: Options,
  work: (tx: Transaction, instance: Instance) => Promise<T>,
): Promise<T> {
  const instance = await instanceNamed(system, name!)
  try {
    return await system.database.in(instance, (tx) => work(tx, instance))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new OperatorError(error.message)
  }
}

async function moduleNamed(tx: Transaction, name: string): Promise<Module> {
  const wanted = name.toLowerCase()
  const module = (await listModules(tx)).find((each) => each.name.toLowerCase() === wanted || each.clientId === name)
  if (module === undefined) throw new OperatorError(`There is no module "${name}". \`gatehouse module list\` shows them.`)
  return module
}

function readSaid({ from }: Options): Said {
  if (from === undefined) return {}
  try {
    return JSON.parse(readFileSync(from === '-' ? 0 : from, 'utf8')) as Said
  } catch (error) {
    throw new OperatorError(`--from cannot be read: ${(error as Error).message}`)
  }
}

const listOf = (text: string) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
const orNull = (text: string) => (text === '' || text === 'none' ? null : text)
function yesOrNo(option: string): (text: string) => boolean {
  return (text) => {
    if (text !== 'yes' && text !== 'no') throw new OperatorError(`--${option} is yes or no.`)
    return text === 'yes'
  }
}
function signingOf(text: string) {
  const found = signingAlgorithms.find((each) => each === text)
  if (found === undefined) throw new OperatorError(`--signing is ${signingAlgorithms.join(' or ')}.`)
  return found
}

/** The fields as options and file say them, over those of before; profiles and teams by their ids. */
async function fieldsOf(tx: Transaction, options: Options, said: Said, before: ModuleFields): Promise<ModuleFields> {
  const choices = await listChoices(tx)
  const idsOf = (what: 'profiles' | 'teams', names: readonly string[]) =>
    names.map((name) => {
      const found = choices[what].find((each) => each.name.toLowerCase() === name.toLowerCase() || each.id === name)
      if (found === undefined) throw new OperatorError(`There is no ${what === 'profiles' ? 'profile' : 'team'} "${name}".`)
      return found.id
    })
  const pick = <T>(option: string, read: (text: string) => T, told: T | undefined, former: T): T =>
    options[option] === undefined ? (told ?? former) : read(options[option])
  return {
    name: said.name ?? before.name,
    enabled: pick('enabled', yesOrNo('enabled'), said.enabled, before.enabled),
    address: pick('address', orNull, said.address, before.address),
    onHome: pick('on-home', yesOrNo('on-home'), said.onHome, before.onHome),
    redirectAddresses: pick('redirect', listOf, said.redirectAddresses, before.redirectAddresses),
    afterLogoutAddresses: pick('after-logout', listOf, said.afterLogoutAddresses, before.afterLogoutAddresses),
    logoutAddress: pick('logout-address', orNull, said.logoutAddress, before.logoutAddress),
    signing: pick('signing', signingOf, said.signing, before.signing),
    withoutPkce: pick('without-pkce', yesOrNo('without-pkce'), said.withoutPkce, before.withoutPkce),
    profiles: idsOf('profiles', pick('profiles', listOf, said.profiles, before.profiles)),
    teams: idsOf('teams', pick('teams', listOf, said.teams, before.teams)),
    landing: idsOf('profiles', pick('landing', listOf, said.landing, before.landing)),
  }
}

/** A module as it is printed: what `--from` reads, with names in place of ids, and what belongs to it. */
async function shown(tx: Transaction, { profiles, teams, landing, secrets, version: _, ...module }: Module) {
  const choices = await listChoices(tx)
  const names = (what: 'profiles' | 'teams', ids: readonly string[]) =>
    choices[what].filter(({ id }) => ids.includes(id)).map(({ name }) => name)
  return {
    ...module,
    profiles: names('profiles', profiles),
    teams: names('teams', teams),
    landing: names('profiles', landing),
    secrets: secrets.map(({ hint, createdAt }) => ({ hint, createdAt })),
  }
}

function asText(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `  ${name.padEnd(20)}  ${typeof value === 'string' ? value : JSON.stringify(value)}\n`)
    .join('')
}

/** What a recipe says of a module at this address. */
function byRecipe(recipe: Recipe, address: string): Said {
  const at = (path: string) => address.replace(/\/+$/, '') + path
  return {
    redirectAddresses: recipe.redirects.map(at),
    afterLogoutAddresses: (recipe.afterLogout ?? []).map(at),
    ...(recipe.logout !== undefined && { logoutAddress: at(recipe.logout) }),
    ...(recipe.signing !== undefined && { signing: recipe.signing }),
    ...(recipe.withoutPkce !== undefined && { withoutPkce: true }),
  }
}

export const moduleCommands: readonly Command[] = [
  {
    words: 'module create',
    usage: 'NAME --instance NAME [--kind KIND | --recipe RECIPE] [--address URL] [--redirect URLS] [--profiles NAMES] …',
    means: 'Registers a module, and prints what it is to be told. Its secret is shown this once.',
    values: ['NAME'],
    options: {
      ...instanceOption,
      kind: `What it is: ${kinds.join(', ')}; web when it is left out.`,
      recipe: `One that is known, at --address: ${Object.keys(recipes).join(', ')}.`,
      ...fieldOptions,
    },
    required: ['instance'],
    async run(context, [name], options) {
      const recipe = options.recipe === undefined ? undefined : recipes[options.recipe]
      if (options.recipe !== undefined && (recipe === undefined || recipe.kind === 'proxy' || options.address === undefined))
        throw new OperatorError(
          recipe?.kind === 'proxy'
            ? `${recipe.name} knows no protocol: put it behind your proxy.`
            : `--recipe is one of ${Object.keys(recipes).join(', ')}, and needs --address.`,
        )
      const said = { ...(recipe && byRecipe(recipe, options.address!)), ...readSaid(options) }
      const kind = (options.kind ?? recipe?.kind ?? said.kind ?? 'web') as ModuleKind
      if (!kinds.includes(kind)) throw new OperatorError(`--kind is one of ${kinds.join(', ')}.`)
      return inInstance(context, options, async (tx, instance) => {
        const fields = await fieldsOf(tx, options, { ...said, name: name! }, { ...plainModule, name: name! })
        const { id, clientId, secret = null } = await createModule(tx, operator, kind, fields)
        const issuer = instanceUrl(context.config.publicUrl, instance)
        const told = { issuer, discovery: `${issuer}/.well-known/openid-configuration`, clientId, secret }
        return { json: { id, name, kind, ...told }, text: `The module ${name} is registered.\n${asText(told)}` }
      })
    },
  },
  {
    words: 'module list',
    usage: '--instance NAME',
    means: 'Lists the modules.',
    values: [],
    options: instanceOption,
    required: ['instance'],
    run: (context, _values, options) =>
      inInstance(context, options, async (tx) => {
        const modules = await Promise.all((await listModules(tx)).map((module) => shown(tx, module)))
        return {
          json: { instance: options.instance, modules },
          text: modules
            .map(({ name, kind, clientId, enabled }) => `${clientId}  ${kind.padEnd(7)}  ${name}${enabled ? '' : ' (off)'}\n`)
            .join(''),
        }
      }),
  },
  {
    words: 'module show',
    usage: 'NAME --instance NAME',
    means: 'Shows a module, as `--from` reads it.',
    values: ['NAME'],
    options: instanceOption,
    required: ['instance'],
    run: (context, [name], options) =>
      inInstance(context, options, async (tx) => {
        const module = await shown(tx, await moduleNamed(tx, name!))
        return { json: module, text: asText(module) }
      }),
  },
  {
    words: 'module change',
    usage: 'NAME --instance NAME [--name NAME] [--from FILE] [--address URL] [--redirect URLS] [--profiles NAMES] …',
    means:
      'Changes what is said of a module, and leaves the rest. Whoever may no longer use it loses what was handed out, at once.',
    values: ['NAME'],
    options: { ...instanceOption, name: 'Another name.', ...fieldOptions },
    required: ['instance'],
    async run(context, [name], options) {
      const said = readSaid(options)
      return inInstance(context, options, async (tx) => {
        const before = await moduleNamed(tx, name!)
        const told = { ...said, name: options.name ?? said.name ?? before.name }
        const fields = await fieldsOf(tx, options, told, before)
        await changeModule(tx, operator, before.id, { ...fields, version: before.version })
        return { json: await shown(tx, { ...before, ...fields }), text: `The module ${fields.name} is changed.\n` }
      })
    },
  },
  {
    words: 'module remove',
    usage: 'NAME --instance NAME',
    means: 'Removes a module. Everybody is signed out of it at once.',
    values: ['NAME'],
    options: instanceOption,
    required: ['instance'],
    run: (context, [name], options) =>
      inInstance(context, options, async (tx) => {
        const module = await moduleNamed(tx, name!)
        await removeModule(tx, operator, module.id)
        return { json: { name: module.name, removed: true }, text: `The module ${module.name} is removed.\n` }
      }),
  },
  {
    words: 'module secret',
    usage: 'NAME --instance NAME [--take-back HINT]',
    means: 'Gives a module another secret, valid beside the one that it has; or takes one back, by how it begins.',
    values: ['NAME'],
    options: { ...instanceOption, 'take-back': 'How the secret begins that is to be worth nothing any more.' },
    required: ['instance'],
    run: (context, [name], options) =>
      inInstance(context, options, async (tx) => {
        const { id, name: known, secrets } = await moduleNamed(tx, name!)
        const hint = options['take-back']
        if (hint === undefined) {
          const secret = await giveSecret(tx, operator, id)
          return { json: { name: known, secret }, text: `${secret}\n` }
        }
        const found = secrets.filter((secret) => secret.hint === hint.slice(0, secret.hint.length))
        if (found.length !== 1) throw new OperatorError(`${known} has no secret, or more than one, that begins with ${hint}.`)
        await takeSecretBack(tx, operator, id, found[0]!.id)
        return { json: { name: known, takenBack: hint }, text: `The secret ${hint}… of ${known} is worth nothing any more.\n` }
      }),
  },
  {
    words: 'module keys',
    usage: 'rotate --instance NAME [--at-once]',
    means:
      'Puts new keys in the place of those that sign what modules are told: after an hour, so that nothing fails; or at once, when somebody else may have the old ones.',
    values: ['rotate'],
    options: { ...instanceOption, 'at-once': 'What was signed before is worth nothing from now on.' },
    flags: ['at-once'],
    required: ['instance'],
    async run({ system }, [verb], { instance: name, 'at-once': atOnce }) {
      if (verb !== 'rotate') throw new OperatorError('It is `gatehouse module keys rotate`.')
      const instance = await instanceNamed(system, name!)
      const keys = await rotateKeys(system, instance, operator, { atOnce: atOnce !== undefined })
      const listed = keys.map(({ jwk: { kid, alg }, state, createdAt }) => ({ kid, algorithm: alg, state, createdAt }))
      return {
        json: { instance: name, keys: listed },
        text: listed.map(({ kid, algorithm, state }) => `${kid}  ${algorithm}  ${state}\n`).join(''),
      }
    },
  },
]
