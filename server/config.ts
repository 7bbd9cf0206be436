// Every setting, once: its name, meaning, default and check. docs/configuration.md is generated from here.
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'

export type Config = Readonly<{
  port: number
  host: string
  publicUrl: URL
  dataDir: string
  databaseUrl: string | undefined
  databaseDirectUrl: string | undefined
  databaseOwnerUrl: string | undefined
  databaseConnections: number
  secretKey: Buffer | undefined
  trustedProxies: readonly string[]
  moduleNetworks: readonly string[]
  drainSeconds: number
  metricsPort: number
  metricsHost: string
  hashConcurrency: number
  breachedPasswordsFile: string | undefined
  smtpUrl: URL | undefined
  mailFrom: Mailbox
  auditCheckpoints: CheckpointPlace | undefined
  logLevel: LogLevel
}>

/** Who a message is from: an address, and the name that stands before it; empty for none. */
export type Mailbox = { name: string; address: string }

/** Where the last seal of each audit is written down. */
export type CheckpointPlace =
  | { kind: 'file'; path: string }
  | { kind: 'syslog'; host: string; port: number }
  | { kind: 'mail'; to: Mailbox }

export type LogLevel = (typeof logLevels)[number]
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const

/** One setting. `read` turns its text into a value or throws an Error that says what is wrong, without the setting's name. */
export type Setting = {
  name: string
  means: string
  /** The default as text; undefined where none is needed. A function sees the values of the settings before it. */
  default: string | undefined | ((values: ReadonlyMap<string, unknown>) => string)
  /** The default in words, where it is not a fixed text. */
  defaultIs?: string
  /** A secret can also be given as `NAME_FILE`, the path of a file that holds it, and its value is never shown. */
  secret?: true
  read: (text: string) => unknown
}

export const settings: readonly Setting[] = [
  { name: 'PORT', means: 'The port that serves people.', default: '8080', read: port },
  { name: 'HOST', means: 'The address to listen on; `::` means every address of the machine.', default: '::', read: address },
  {
    name: 'PUBLIC_URL',
    means:
      'What people type to reach the instance `main`. Its scheme and port hold for every instance, and links are built from it, ' +
      'never from a request. Anything but `localhost` must be https: browsers keep the session cookie only there.',
    default: (values) => `http://localhost:${values.get('PORT')}`,
    defaultIs: '`http://localhost:PORT`',
    read: publicUrl,
  },
  {
    name: 'DATA_DIR',
    means:
      'The folder of the embedded PostgreSQL, of the secret key and, without `SMTP_URL`, of the messages. Created when missing.',
    default: './data',
    read: (text) => resolve(text),
  },
  {
    name: 'DATABASE_URL',
    means: 'A PostgreSQL of your own, 15 or newer, instead of the embedded one: `postgres://user:password@host:5432/database`.',
    default: undefined,
    defaultIs: 'the embedded PostgreSQL in `DATA_DIR`',
    secret: true,
    read: databaseUrl,
  },
  {
    name: 'DATABASE_DIRECT_URL',
    means:
      'The same database without a pooler between, for migrations, jobs and commands. Set it if, and only if, `DATABASE_URL` leads to a ' +
      'pooler that gives connections away between transactions, such as PgBouncer with `pool_mode = transaction`.',
    default: undefined,
    defaultIs: 'none: `DATABASE_URL` leads to PostgreSQL itself',
    secret: true,
    read: databaseUrl,
  },
  {
    name: 'DATABASE_OWNER_URL',
    means:
      'The same database, without a pooler, as the login role that owns its tables. With it, `DATABASE_URL` can be of a role that only ' +
      'serves: member of `gatehouse_server` and of nothing else. Migrations and commands need it; a node that has it migrates at its start.',
    default: undefined,
    defaultIs: 'none: the login role of `DATABASE_URL` owns the tables, or serves a database that was migrated before',
    secret: true,
    read: databaseUrl,
  },
  {
    name: 'DATABASE_CONNECTIONS',
    means: 'The most database connections that this node holds for people. Two more are for its messages.',
    default: '10',
    read: (text) => integer(text, 2, 1000),
  },
  {
    name: 'SECRET_KEY',
    means:
      'At least 32 random bytes as hexadecimal digits, the same on every node of one database (`openssl rand -hex 32`). ' +
      'It keys initial passwords and form tokens. Keep a copy apart from the database.',
    default: undefined,
    defaultIs: 'made at the first start and kept in `DATA_DIR/secret-key`',
    secret: true,
    read: secretKey,
  },
  {
    name: 'TRUSTED_PROXIES',
    means: 'The load balancers whose `X-Forwarded-For` is believed: addresses or CIDR ranges with commas between.',
    default: '',
    defaultIs: 'none',
    read: cidrList,
  },
  {
    name: 'MODULE_NETWORKS',
    means:
      'Networks inside, as addresses or CIDR ranges with commas between, in which modules may be told that a session has ended. ' +
      'Without it they must be outside: whoever registers a module must not make this server speak to its neighbours.',
    default: (values) => (isLocalhost((values.get('PUBLIC_URL') as URL | undefined)?.hostname ?? '') ? '127.0.0.0/8,::1' : ''),
    defaultIs: 'none; this machine where `PUBLIC_URL` is on localhost',
    read: cidrList,
  },
  {
    name: 'DRAIN_SECONDS',
    means:
      'How long a node that is told to stop still serves while `/readyz` says 503, so that a load balancer sends people to another node ' +
      'before this one refuses them. Longer than two of its looks.',
    default: (values) => (values.get('DATABASE_URL') === undefined ? '0' : '3'),
    defaultIs: '3 with `DATABASE_URL`, else 0',
    read: (text) => integer(text, 0, 60),
  },
  {
    name: 'METRICS_PORT',
    means: 'The port of `/metrics`; 0 switches it off.',
    default: (values) => String((values.get('PORT') as number) + 1),
    defaultIs: '`PORT` + 1',
    read: (text) => integer(text, 0, 65_535),
  },
  { name: 'METRICS_HOST', means: 'The address that `/metrics` listens on.', default: '127.0.0.1', read: address },
  {
    name: 'HASH_CONCURRENCY',
    means:
      'How many processors this node gives to hashing passwords. A login keeps one busy for about 10 ms, with 19 MiB; two more than this are let in at once, so that none is idle.',
    default: () => String(availableParallelism()),
    defaultIs: 'the number of processors',
    read: (text) => integer(text, 1, 256),
  },
  {
    name: 'BREACHED_PASSWORDS_FILE',
    means:
      'Passwords that have become known in breaches, which nobody may choose: a file made by `gatehouse breached-passwords make`. ' +
      'Every node needs it; none needs the network for it.',
    default: undefined,
    defaultIs: 'none; common passwords are refused in any case',
    read: (text) => resolve(text),
  },
  {
    name: 'SMTP_URL',
    means:
      'The mail server that takes the messages: `smtp://user:password@host:587`, where STARTTLS is demanded, or `smtps://…:465`. ' +
      'Only a server on this machine is spoken to without TLS.',
    default: undefined,
    defaultIs: 'messages become files in `DATA_DIR/outbox`',
    secret: true,
    read: smtpUrl,
  },
  {
    name: 'MAIL_FROM',
    means: 'Who messages are from: an address, or a name and an address, such as `Gatehouse <no-reply@example.com>`.',
    default: (values) => `Gatehouse <no-reply@${(values.get('PUBLIC_URL') as URL | undefined)?.hostname ?? 'localhost'}>`,
    defaultIs: '`Gatehouse <no-reply@HOST>`, with the host of `PUBLIC_URL`',
    read: mailbox,
  },
  {
    name: 'AUDIT_CHECKPOINTS',
    means:
      'Where this node writes down the last seal of each audit, so that a cut-off end is found: `file:/path` and `syslog://host:514` once an ' +
      'hour, `mailto:somebody@example.com` once a day. Best a place that whoever runs the database cannot change.',
    default: undefined,
    defaultIs: 'nowhere; `gatehouse audit checkpoint` prints them',
    read: checkpointPlace,
  },
  {
    name: 'LOG_LEVEL',
    means: `How much is logged to standard output: ${logLevels.join(', ')}.`,
    default: 'info',
    read: (text) => oneOf(text, logLevels),
  },
]

/** All faults of the settings at once, each line led by the setting's name. */
export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    super(
      `${faults.length === 1 ? 'A setting is' : 'Some settings are'} wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    )
  }
}

/**
 * Reads the settings, once, at start.
 * @throws ConfigError naming every setting that is wrong
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const values = new Map<string, unknown>()
  const faults: string[] = []
  for (const setting of settings) {
    try {
      const text = given(setting, env) ?? defaultText(setting, values)
      values.set(setting.name, text === undefined ? undefined : setting.read(text))
    } catch (error) {
      faults.push(`${setting.name}: ${(error as Error).message}`)
    }
  }
  if (values.get('DATABASE_DIRECT_URL') !== undefined && values.get('DATABASE_URL') === undefined)
    faults.push('DATABASE_DIRECT_URL: needs DATABASE_URL, the address of the pooler')
  if (faults.length > 0) throw new ConfigError(faults)
  const value = <T>(name: string) => values.get(name) as T
  return Object.freeze({
    port: value<number>('PORT'),
    host: value<string>('HOST'),
    publicUrl: value<URL>('PUBLIC_URL'),
    dataDir: value<string>('DATA_DIR'),
    databaseUrl: value<string | undefined>('DATABASE_URL'),
    databaseDirectUrl: value<string | undefined>('DATABASE_DIRECT_URL'),
    databaseOwnerUrl: value<string | undefined>('DATABASE_OWNER_URL'),
    databaseConnections: value<number>('DATABASE_CONNECTIONS'),
    secretKey: value<Buffer | undefined>('SECRET_KEY'),
    trustedProxies: value<string[]>('TRUSTED_PROXIES'),
    moduleNetworks: value<string[]>('MODULE_NETWORKS'),
    drainSeconds: value<number>('DRAIN_SECONDS'),
    metricsPort: value<number>('METRICS_PORT'),
    metricsHost: value<string>('METRICS_HOST'),
    hashConcurrency: value<number>('HASH_CONCURRENCY'),
    breachedPasswordsFile: value<string | undefined>('BREACHED_PASSWORDS_FILE'),
    smtpUrl: value<URL | undefined>('SMTP_URL'),
    mailFrom: value<Mailbox>('MAIL_FROM'),
    auditCheckpoints: value<CheckpointPlace | undefined>('AUDIT_CHECKPOINTS'),
    logLevel: value<LogLevel>('LOG_LEVEL'),
  })
}

function given({ name, secret }: Setting, env: NodeJS.ProcessEnv): string | undefined {
  const text = env[name] || undefined
  const path = env[`${name}_FILE`] || undefined
  if (!secret || path === undefined) return text
  if (text !== undefined) throw new Error(`is given twice, also as ${name}_FILE`)
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new Error(`the file that ${name}_FILE names cannot be read: ${(error as Error).message}`)
  }
}

/** A default that needs a setting which is itself wrong is left out: the fault is reported once, where it is. */
function defaultText(setting: Setting, values: ReadonlyMap<string, unknown>): string | undefined {
  if (typeof setting.default !== 'function') return setting.default
  return setting.default(values.has('PORT') ? values : new Map([...values, ['PORT', 8080]]))
}

function integer(text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most)) throw new Error(`must be a whole number from ${least} to ${most}, but is "${text}"`)
  return value
}

function port(text: string): number {
  return integer(text, 1, 65_535)
}

function address(text: string): string {
  if (isIP(text) === 0) throw new Error(`must be an IP address, but is "${text}"`)
  return text
}

function publicUrl(text: string): URL {
  if (!URL.canParse(text)) throw new Error(`must be an address such as https://acme.example.com, but is "${text}"`)
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error(`must begin with https:// or http://, but is "${text}"`)
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password)
    throw new Error(`must hold a scheme, a host and perhaps a port, and nothing else, but is "${text}"`)
  if (url.protocol === 'http:' && !isLocalhost(url.hostname))
    throw new Error(
      `must be https unless the host is localhost, because browsers keep the session cookie only there, but is "${text}"`,
    )
  return url
}

/** Whether browsers treat this host as their own machine, and so accept Secure cookies on http. */
export function isLocalhost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost')
}

function databaseUrl(text: string): string {
  // The text itself is not repeated: it holds a password.
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text))
    throw new Error('must begin with postgres:// and be a valid address')
  return text
}

function smtpUrl(text: string): URL {
  // The text itself is not repeated: it holds a password.
  const url = /^smtps?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '' || !/^\/?$/.test(url.pathname) || url.search || url.hash)
    throw new Error('must look like smtp://user:password@host:587 or smtps://user:password@host:465')
  try {
    decodeURIComponent(url.username + url.password)
  } catch {
    throw new Error('holds a % in its user or password that is not written as %25')
  }
  return url
}

/** Whether this host is the machine itself, so that what is sent there passes no network. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
}

function mailbox(text: string): Mailbox {
  const [, name = '', named, bare] = /^(?:([^<>]*?)\s*<([^<>]+)>|([^<>]+))$/.exec(text.trim()) ?? []
  const address = named ?? bare ?? ''
  if (!/^[^\s@<>"(),:;[\]\\]+@[a-z0-9.-]+$/i.test(address) || /\p{Cc}/u.test(text))
    throw new Error(`must look like Gatehouse <no-reply@example.com>, but is "${text}"`)
  return { name: name.replace(/^"(.*)"$/, '$1'), address }
}

function checkpointPlace(text: string): CheckpointPlace {
  if (text.startsWith('file:/')) return { kind: 'file', path: resolve(text.slice('file:'.length).replace(/^\/+/, '/')) }
  if (text.startsWith('mailto:')) return { kind: 'mail', to: mailbox(text.slice('mailto:'.length)) }
  const url = URL.parse(text)
  if (url?.protocol !== 'syslog:' || url.hostname === '')
    throw new Error(`must begin with file:/, syslog:// or mailto:, but is "${text}"`)
  return { kind: 'syslog', host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || 514) }
}

function secretKey(text: string): Buffer {
  if (!/^([0-9a-f]{2}){32,}$/i.test(text)) throw new Error('must be at least 64 hexadecimal digits')
  const key = Buffer.from(text, 'hex')
  if (new Set(key).size < 8) throw new Error('is not random: make one with `openssl rand -hex 32`')
  return key
}

function cidrList(text: string): string[] {
  const ranges = text
    .split(',')
    .map((range) => range.trim())
    .filter((range) => range !== '')
  for (const range of ranges) {
    const [ip = '', bits, ...rest] = range.split('/')
    const most = isIP(ip) === 6 ? 128 : 32
    if (isIP(ip) === 0 || rest.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)))
      throw new Error(`must be addresses or CIDR ranges such as 10.0.0.0/8, but holds "${range}"`)
    if (Number(bits) === 0) throw new Error(`must not trust everybody, as "${range}" does`)
  }
  return ranges
}

function oneOf<T extends string>(text: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === text)
  if (choice === undefined) throw new Error(`must be one of ${choices.join(', ')}, but is "${text}"`)
  return choice
}
