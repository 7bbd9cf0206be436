// The operator's commands: what `gatehouse …` can do, apart from serving. Each works beside a running server.

import { makeBreachedPasswords } from '../authenticators/passwords/passwords.ts'
import { instanceUrl, listInstances } from '../instances/instances.ts'
import { findRules } from '../rules/rules.ts'
import { listLiveSessions } from '../sessions/sessions.ts'
import { accountCommands } from './account-commands.ts'
import { auditCommands, verifyCommand } from './audit-commands.ts'
import { changeCommand, defaultsOptions } from './change-command.ts'
import { type Command, type CommandAlone, instanceNamed, seatNumber } from './command.ts'
import { complianceCommand } from './compliance-command.ts'
import { createInstance } from './create-instance.ts'
import { diagnose } from './diagnose.ts'
import { endAccountSession } from './end-account-session.ts'
import { epochCommand } from './epoch-command.ts'
import { factorCommands } from './factor-commands.ts'
import { giveNewPassword } from './give-new-password.ts'
import { moduleCommands } from './module-commands.ts'
import { personCommands } from './person-commands.ts'
import { OperatorError } from './problems.ts'
import { seatsCommand } from './seats-command.ts'
import { setEnabled } from './set-enabled.ts'

const instanceOption = { instance: 'The name of the instance.' }

export type { Command, CommandAlone, Context, Result } from './command.ts'

export const commands: readonly Command[] = [
  {
    words: 'instance create',
    usage: 'NAME --hostname HOST [--seats N] [--language LANGUAGE] [--time-zone ZONE] [--admin USERNAME] [--admin-email EMAIL]',
    means: 'Creates an instance and its first administrator, and prints the initial password.',
    values: ['NAME'],
    options: {
      hostname: 'The host name at which it answers, such as acme.example.com.',
      seats: 'How many sessions may live at once; no limit when it is left out.',
      ...defaultsOptions,
      admin: 'The username of the first administrator; admin when it is left out.',
      'admin-email':
        "The administrator's email address, for later messages. The initial password is printed and not sent: either would void the other.",
    },
    required: ['hostname'],
    async run({ system, config }, [name], options) {
      const seats = options.seats === undefined ? undefined : seatNumber(options.seats)
      const created = await createInstance(system, {
        name: name!,
        hostname: options.hostname!,
        seats,
        language: options.language,
        timeZone: options['time-zone'],
        admin: options.admin,
        adminEmail: options['admin-email'],
      })
      const url = instanceUrl(config.publicUrl, created)
      const { id, hostname, username, initialPassword, expiresAt } = created
      return {
        json: { id, name, hostname, url, seats: seats ?? null, username, initialPassword, expiresAt },
        text: `The instance ${name} is at ${url}\n${credentials(username, initialPassword, expiresAt)}`,
      }
    },
  },
  {
    words: 'instance list',
    usage: '',
    means: 'Lists the instances.',
    values: [],
    options: {},
    async run({ system, config }) {
      const instances = await system.database.asOperator(undefined, listInstances)
      const rows = instances.map(({ id, name, hostname, language, timeZone, seats }) => ({
        id,
        name,
        hostname,
        url: instanceUrl(config.publicUrl, { hostname }),
        language,
        timeZone,
        seats,
      }))
      return {
        json: { instances: rows },
        text: table(
          ['NAME', 'ADDRESS', 'LANGUAGE', 'TIME ZONE', 'SEATS'],
          rows.map(({ name, url, language, timeZone, seats }) => [
            name,
            url,
            language,
            timeZone,
            seats === null ? 'no limit' : String(seats),
          ]),
        ),
      }
    },
  },
  changeCommand,
  seatsCommand,
  {
    words: 'account new-password',
    usage: 'USERNAME --instance NAME',
    means: 'Gives an account a new initial password, which voids the old one and ends its session.',
    values: ['USERNAME'],
    options: instanceOption,
    required: ['instance'],
    async run({ system, config }, [username], { instance: name }) {
      const instance = await instanceNamed(system, name!)
      const given = await giveNewPassword(system, instance, username!)
      const url = instanceUrl(config.publicUrl, instance)
      return {
        json: { instance: name, url, ...given },
        text: `${url}\n${credentials(given.username, given.initialPassword, given.expiresAt)}`,
      }
    },
  },
  ...(['disable', 'enable'] as const).map(
    (verb): Command => ({
      words: `account ${verb}`,
      usage: `USERNAME --instance NAME${verb === 'disable' ? ' [--reason TEXT]' : ''}`,
      means: verb === 'disable' ? 'Disables an account and ends its session.' : 'Enables an account again.',
      values: ['USERNAME'],
      options: verb === 'disable' ? { ...instanceOption, reason: 'Why, for those who look the account up.' } : instanceOption,
      required: ['instance'],
      async run({ system }, [username], { instance: name, reason }) {
        const instance = await instanceNamed(system, name!)
        const done = await setEnabled(system, instance, username!, verb === 'enable', reason)
        return { json: { instance: name, ...done }, text: `${done.username} is ${verb}d.\n` }
      },
    }),
  ),
  ...accountCommands,
  ...factorCommands,
  ...personCommands,
  ...auditCommands,
  {
    words: 'session list',
    usage: '--instance NAME',
    means: 'Lists who is logged in.',
    values: [],
    options: instanceOption,
    required: ['instance'],
    async run({ system }, _values, { instance: name }) {
      const instance = await instanceNamed(system, name!)
      const sessions = await system.database.in(instance, async (tx) => listLiveSessions(tx, await findRules(tx)))
      return {
        json: { instance: name, sessions },
        text: table(
          ['USERNAME', 'NAME', 'PROFILE', 'SINCE', 'LAST SIGN OF LIFE', 'DEVICE', 'ADDRESS'],
          sessions.map((each) => [
            each.username,
            each.fullName,
            each.profile,
            moment(each.startedAt),
            moment(each.lastSeenAt),
            each.device,
            each.address,
          ]),
        ),
      }
    },
  },
  {
    words: 'session end',
    usage: 'USERNAME --instance NAME',
    means: "Ends an account's session.",
    values: ['USERNAME'],
    options: instanceOption,
    required: ['instance'],
    async run({ system }, [username], { instance: name }) {
      const instance = await instanceNamed(system, name!)
      const ended = await endAccountSession(system, instance, username!)
      return { json: { instance: name, ...ended, ended: true }, text: `${ended.username} is logged out.\n` }
    },
  },
  ...moduleCommands,
  epochCommand,
  complianceCommand,
  {
    words: 'migrate',
    usage: '',
    means: 'Brings the database up to this version. `serve` does it by itself.',
    values: [],
    options: {},
    async run({ system: { migrated } }) {
      return {
        json: { migrated },
        text:
          migrated.length === 0 ? 'The database is up to date.\n' : `Applied:\n${migrated.map((name) => `  ${name}\n`).join('')}`,
      }
    },
  },
  {
    words: 'doctor',
    usage: '[--mail ADDRESS]',
    means: 'Checks that this node can serve, and says what is wrong.',
    values: [],
    options: { mail: 'Also sends a test message to this address, and repeats what the mail server says.' },
    async run({ system, config }, _values, { mail }) {
      const findings = await diagnose(system, config, mail)
      const well = findings.every(({ ok }) => ok)
      return {
        json: { ok: well, checks: findings },
        text: findings.map(({ ok, check, says }) => `${ok ? 'ok  ' : 'BAD '} ${check}: ${says}\n`).join(''),
        failed: !well,
      }
    },
  },
]

/** The commands that work where there is no database. */
export const commandsAlone: readonly CommandAlone[] = [
  verifyCommand,
  {
    words: 'breached-passwords make',
    usage: 'SOURCE TARGET',
    means:
      'Makes the file for BREACHED_PASSWORDS_FILE. SOURCE has one password a line: its SHA-1 as Have I Been Pwned hands it out ' +
      '(HASH:COUNT), or the password itself. Takes 2 bytes of memory and of TARGET for each; about one good password in a thousand is refused by mistake.',
    values: ['SOURCE', 'TARGET'],
    options: {},
    async runAlone([source, target]) {
      const made = await makeBreachedPasswords(source!, target!).catch((error: Error) => {
        throw new OperatorError(`The file cannot be made: ${error.message}`)
      })
      return {
        json: { target, ...made },
        text: `${target} holds ${made.entries} passwords in ${made.bytes} bytes. Set BREACHED_PASSWORDS_FILE to its path and restart the nodes.\n`,
      }
    },
  },
]

/** What a new administrator needs to log in, as the terminal shows it. */
export function credentials(username: string, initialPassword: string, expiresAt: Date): string {
  return `  Username          ${username}\n  Initial password  ${initialPassword}   (until ${moment(expiresAt)}; you choose your own at the first login)\n`
}

function moment(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)))
  return [head, ...rows]
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
