// The end of a person: everything about them as a file, and gone.
import { writeFileSync } from 'node:fs'
import { forgetPerson } from '../administration/imports/imports.ts'
import { eraseFromAudit, record } from '../audit/audit.ts'
import { forgetAttempts } from '../authenticators/passwords/passwords.ts'
import { removeAccounts } from '../credentials/credentials.ts'
import { findAccountByKey, usernameKey } from '../directory/accounts/accounts.ts'
import type { Instance } from '../instances/instances.ts'
import type { System } from '../system.ts'
import { type Command, instanceNamed } from './command.ts'
import { findRemovedAccount, readPerson } from './person-store.ts'
import { accountUnknown, OperatorError } from './problems.ts'

const options = { instance: 'The name of the instance.' }
const operator = { kind: 'operator' } as const
/** So many entries of the audit at a time, so that nobody waits long. */
const atOnce = 500

/** An account that there is, or that there was. */
async function personNamed(
  { database }: System,
  instance: Instance,
  username: string,
): Promise<{ id: string; isThere: boolean }> {
  return database.asOperator(instance, async (tx) => {
    const account = await findAccountByKey(tx, usernameKey(username) ?? '')
    const id = account?.id ?? (await findRemovedAccount(tx, username))
    if (id === undefined) throw accountUnknown(username, instance.name)
    return { id, isThere: account !== undefined }
  })
}

const exportCommand: Command = {
  words: 'account export',
  usage: 'USERNAME --instance NAME [--to FILE]',
  means: 'Prints everything there is about a person as JSON, or writes it into a file: for whoever asks what is kept of them.',
  values: ['USERNAME'],
  options: { ...options, to: 'The file. It must not be there yet.' },
  required: ['instance'],
  async run({ system }, [username], { instance: name, to }) {
    const instance = await instanceNamed(system, name!)
    const { id } = await personNamed(system, instance, username!)
    const about = await system.database.asOperator(instance, async (tx) => {
      await record(tx, { event: 'person_exported', actor: operator, accountId: id })
      return readPerson(tx, id)
    })
    const json = { instance: instance.name, accountId: id, exportedAt: new Date().toISOString(), about }
    const text = `${JSON.stringify(json, null, 2)}\n`
    if (to === undefined) return { json, text }
    try {
      writeFileSync(to, text, { flag: 'wx', mode: 0o600, flush: true })
    } catch (error) {
      throw new OperatorError(`${to} cannot be written: ${(error as Error).message}`)
    }
    return { json: { instance: instance.name, accountId: id, file: to }, text: `What is kept of ${username} is in ${to}.\n` }
  },
}

const eraseCommand: Command = {
  words: 'account erase',
  usage: 'USERNAME --instance NAME --yes',
  means:
    'Removes an account, if it is there, and erases what is kept of its person: rows of imports, and, in the audit, names, addresses, devices and details. That something happened, and when, stays, and the audit is whole. Cannot be taken back.',
  values: ['USERNAME'],
  options: { ...options, yes: 'That it is meant.' },
  flags: ['yes'],
  required: ['instance'],
  async run({ system }, [username], { instance: name, yes }) {
    if (yes === undefined) throw new OperatorError('This cannot be taken back. Add --yes when it is meant.')
    const instance = await instanceNamed(system, name!)
    const { id, isThere } = await personNamed(system, instance, username!)
    const { database } = system
    await database.asOperator(instance, async (tx) => {
      if (isThere) await removeAccounts(tx, [id], operator, undefined)
      await forgetPerson(tx, id, username!)
      await forgetAttempts(tx, id)
      await record(tx, { event: 'person_erased', actor: operator, accountId: id })
    })
    // Cut short, it can be called again: the name of whoever was removed goes last.
    let entries = 0
    for (let changed = atOnce; changed > 0; entries += changed)
      changed = await database.asOperator(instance, (tx) => eraseFromAudit(tx, id, atOnce))
    return {
      json: { instance: instance.name, accountId: id, entries },
      text: `${username} is erased, also in ${entries} entries of the audit.\n`,
    }
  },
}

export const personCommands: readonly Command[] = [exportCommand, eraseCommand]
