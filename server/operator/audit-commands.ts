// The sealed audit by the command line: its key, its checkpoints, its export, and whether it is whole.
import { createWriteStream, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  type AuditFault,
  openAuditFile,
  readCheckpoints,
  readLines,
  readPassages,
  sealKey,
  type Verdict,
  verifyAudit,
  writeAudit,
} from '../audit/seals/seals.ts'
import { listInstances } from '../instances/instances.ts'
import { type Command, type CommandAlone, instanceNamed, type Result } from './command.ts'
import { OperatorError } from './problems.ts'

const instanceOption = { instance: 'The name of the instance.' }
const checkpointsOption = {
  checkpoints: 'A file that holds checkpoints, among whatever else: seals that were written down and must still be there.',
}

const keyCommand: Command = {
  words: 'audit key',
  usage: '',
  means: 'Prints the public key with which the audits of this database are verified. Keep it where others cannot change it.',
  values: [],
  options: {},
  async run({ system }) {
    const { publicKey } = sealKey(system.keys)
    return { json: { publicKey }, text: `${publicKey}\n` }
  },
}

const checkpointCommand: Command = {
  words: 'audit checkpoint',
  usage: '[--instance NAME]',
  means: 'Prints the last seal of an audit, or of all, to be written down or printed: a line each.',
  values: [],
  options: instanceOption,
  async run({ system }, _values, { instance: name }) {
    const instances =
      name === undefined ? await system.database.asOperator(undefined, listInstances) : [await instanceNamed(system, name)]
    const checkpoints = await readLines(system.database, instances)
    return { json: { checkpoints }, text: checkpoints.map((line) => `${line}\n`).join('') }
  },
}

const exportCommand: Command = {
  words: 'audit export',
  usage: '--instance NAME --to FILE',
  means: 'Writes the sealed audit of an instance into a file, with all that `audit verify` needs but the key.',
  values: [],
  options: { ...instanceOption, to: 'The file. It must not be there yet.' },
  required: ['instance', 'to'],
  async run({ system }, _values, { instance: name, to }) {
    const instance = await instanceNamed(system, name!)
    const head = {
      instanceId: instance.id,
      instance: instance.name,
      publicKey: sealKey(system.keys).publicKey,
      exportedAt: new Date().toISOString(),
    }
    const lines = writeAudit(head, readPassages(system.database, instance))
    try {
      await pipeline(Readable.from(lines), createWriteStream(to!, { flags: 'wx', mode: 0o600, flush: true }))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
      throw new OperatorError(`${to} cannot be written: ${(error as Error).message}`)
    }
    return { json: { ...head, file: to }, text: `The audit of ${instance.name} is in ${to}.\n` }
  },
}

const checkCommand: Command = {
  words: 'audit check',
  usage: '--instance NAME [--checkpoints FILE]',
  means: 'Finds out whether the audit in the database is as it was sealed: nothing changed, removed, added or moved.',
  values: [],
  options: { ...instanceOption, ...checkpointsOption },
  required: ['instance'],
  async run({ system }, _values, { instance: name, checkpoints }) {
    const instance = await instanceNamed(system, name!)
    const { publicKey } = sealKey(system.keys)
    const passages = readPassages(system.database, instance)
    return told(instance.name, await verifyAudit(instance.id, passages, publicKey, readKept(checkpoints)))
  },
}

/** Needs no database: the file can be verified anywhere. */
export const verifyCommand: CommandAlone = {
  words: 'audit verify',
  usage: 'FILE --key KEY [--checkpoints FILE]',
  means: 'Finds out whether an audit that `audit export` wrote is as it was sealed. Needs no database and no settings.',
  values: ['FILE'],
  options: { key: 'The public key, as `audit key` printed it when it could be trusted.', ...checkpointsOption },
  required: ['key'],
  async runAlone([path], { key, checkpoints }) {
    try {
      const { head, passages } = await openAuditFile(path!)
      return told(head.instance, await verifyAudit(head.instanceId, passages, key!, readKept(checkpoints)))
    } catch (error) {
      throw new OperatorError((error as Error).message)
    }
  },
}

export const auditCommands: readonly Command[] = [keyCommand, checkpointCommand, exportCommand, checkCommand]

function readKept(path: string | undefined) {
  if (path === undefined) return []
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new OperatorError(`--checkpoints cannot be read: ${(error as Error).message}`)
  }
  const checkpoints = readCheckpoints(text)
  if (checkpoints.length === 0) throw new OperatorError(`${path} holds no checkpoint.`)
  return checkpoints
}

const words: Record<AuditFault['kind'], string> = {
  changed: 'was changed',
  missing: 'is missing',
  added: 'was added',
  moved: 'is not where it was',
  seal: 'is not as it was signed, or does not follow the one before',
  lost: 'was written down elsewhere and is not here',
  checkpoint: 'was written down elsewhere, but not signed with this key',
}

function told(instance: string, verdict: Verdict): Result {
  const { entries, seals, removedUpTo, lastSealedAt, faults } = verdict
  const failed = faults.length > 0
  const lines = faults.map(
    ({ kind, seal, id }) => `  ${id === undefined ? `Seal ${seal}` : `Entry ${id}, of seal ${seal},`} ${words[kind]}.\n`,
  )
  const text =
    (failed ? `The audit of ${instance} is NOT as it was sealed:\n${lines.join('')}` : `The audit of ${instance} is whole.\n`) +
    `${entries} entries in ${seals} seals, the last of ${lastSealedAt ?? 'never'}.\n` +
    (removedUpTo === undefined
      ? ''
      : `What was in the seals up to ${removedUpTo.number} was removed after its time, at ${removedUpTo.at}.\n`)
  return { json: { instance, whole: !failed, ...verdict }, text, failed }
}
