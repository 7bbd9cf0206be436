// The command line: reads the settings, opens, builds, listens, closes. Nothing else has side effects on import.
import { parseArgs } from 'node:util'
import type { Node } from './app.ts'
import { ConfigError, readConfig } from './config.ts'
import { type Command, type CommandAlone, commands, commandsAlone, credentials, type Result } from './operator/commands.ts'
import { type CreatedInstance, ensureMain } from './operator/create-instance.ts'
import { OperatorError } from './operator/problems.ts'
import { stopWell } from './platform/stop.ts'
import { version } from './platform/version.ts'
import { openServing, openSystem, type System } from './system.ts'

const shared = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } as const

/** The words or the options of the call are wrong. Exit code 2. */
class UsageError extends Error {}

const args = process.argv.slice(2)
const json = args.includes('--json')
try {
  await dispatch(args)
} catch (error) {
  fail(error as Error)
  // Whatever is left open, a signal handler among them, must not keep a failed start alive.
  process.exit()
}

async function dispatch(args: string[]): Promise<void> {
  const words = args.filter((arg) => !arg.startsWith('-'))
  if (words[0] === 'serve') return serve(args.slice(args.indexOf('serve') + 1))
  const command = [...commands, ...commandsAlone].find(
    (each) => each.words === words.slice(0, each.words.split(' ').length).join(' '),
  )
  if (command !== undefined) return runCommand(command, args)
  if (args.includes('--version')) return print(`${version}\n`)
  if (words.length === 0 || args.includes('--help')) return print(helpForAll())
  throw new UsageError(`There is no command "${words.join(' ')}". \`gatehouse --help\` lists them.`)
}

async function serve(args: string[]): Promise<void> {
  const { values } = parse({ args, options: shared, strict: true })
  if (values.help)
    return print(
      'gatehouse serve [--json]\n\nServes all instances until it is told to stop. Its settings: docs/configuration.md\n',
    )
  const config = readConfig(process.env)
  let log = (message: string): void => void process.stderr.write(`${message}\n`)
  const stopping = stopWell()
  const system: System & { prepared: CreatedInstance | undefined } = await openServing(
    config,
    (message) => log(message),
    (whole) => ensureMain(whole, config.publicUrl.hostname),
  )
  const created = system.prepared
  let node: Node | undefined
  const close = async () => {
    await node?.close()
    await system.close()
  }
  try {
    // Here alone: a command is done before all that serves would be read.
    const { openNode } = await import('./app.ts')
    node = await openNode(config, system.database, system.keys, json ? process.stderr : process.stdout)
    await node.listen()
  } catch (error) {
    await close()
    throw error
  }
  const { log: logger } = node.app
  log = (message) => logger.warn(message)
  stopping.closes({ close, drainSeconds: config.drainSeconds, onFault: (error) => logger.fatal({ err: error }) })

  const url = config.publicUrl.origin
  if (json)
    return print(
      `${JSON.stringify({ url, ...(created && { username: created.username, initialPassword: created.initialPassword, expiresAt: created.expiresAt }) })}\n`,
    )
  print(
    `\nGatehouse ${version} is up: ${url}\n${created ? credentials(created.username, created.initialPassword, created.expiresAt) : ''}\n`,
  )
}

async function runCommand(command: Command | CommandAlone, args: string[]): Promise<void> {
  const options = Object.fromEntries(
    Object.keys(command.options).map((name) => [
      name,
      { type: command.flags?.includes(name) ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  const { values, positionals } = parse({ args, options: { ...options, ...shared }, allowPositionals: true, strict: true })
  if (values.help) return print(helpFor(command))
  const given = positionals.slice(command.words.split(' ').length)
  if (given.length < command.values.length || given.length > command.values.length + (command.optionalValues?.length ?? 0))
    throw new UsageError(`It takes ${command.values.join(' and ') || 'no value'}.\n\n${helpFor(command)}`)
  const texts = Object.fromEntries(
    Object.entries(values as Record<string, string | boolean>).map(([name, value]) => [
      name,
      value === true ? 'yes' : String(value),
    ]),
  )
  for (const name of command.required ?? [])
    if (texts[name] === undefined) throw new UsageError(`--${name} is missing.\n\n${helpFor(command)}`)

  if ('runAlone' in command) return show(await command.runAlone(given, texts))
  const config = readConfig(process.env)
  const system = await openSystem(config, (message) => void process.stderr.write(`${message}\n`))
  try {
    show(await command.run({ system, config }, given, texts))
  } finally {
    await system.close()
  }
}

function show(result: Result): void {
  print(json ? `${JSON.stringify(result.json)}\n` : result.text)
  if (result.failed) process.exitCode = 1
}

/** Node's own words about an unknown option are good; its error is made one of ours. */
function parse<T extends NonNullable<Parameters<typeof parseArgs>[0]>>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function helpFor({ words, usage, means, options }: Command | CommandAlone): string {
  const lines = Object.entries({ ...options, json: 'Print one JSON object and nothing else.', help: 'Print this.' })
  const width = Math.max(...lines.map(([name]) => name.length))
  return `gatehouse ${[words, usage].join(' ').trim()}\n\n${means}\n\n${lines.map(([name, text]) => `  --${name.padEnd(width)}  ${text}\n`).join('')}`
}

function helpForAll(): string {
  const all = [{ words: 'serve', usage: '', means: 'Serves all instances.' }, ...commands, ...commandsAlone]
  return `Gatehouse ${version}\n\n${all.map(({ words, usage, means }) => `  gatehouse ${[words, usage].join(' ').trim()}\n      ${means}\n`).join('')}\nEvery command has --help and --json. Settings are environment variables: docs/configuration.md\n`
}

function print(text: string): void {
  process.stdout.write(text)
}

function fail(error: Error): void {
  const expected = error instanceof ConfigError || error instanceof OperatorError || error instanceof UsageError
  // "The database does not answer" helps nobody who does not hear what it said.
  const message = !expected && error.cause instanceof Error ? `${error.message} ${error.cause.message}` : error.message
  if (json) print(`${JSON.stringify({ error: message })}\n`)
  else process.stderr.write(`${message}\n`)
  // What nobody foresaw is easier to mend with its place.
  if (!expected && error.stack !== undefined && process.env.LOG_LEVEL === 'debug') process.stderr.write(`${error.stack}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
