// Backup and restore by the command line, with nothing but what is installed, for the embedded PostgreSQL as for one's own.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../config.ts'
import { listInstances } from '../../instances/instances.ts'
import { deriveKeys, keptSecretKey } from '../../platform/secret.ts'
import { openSystem } from '../../system.ts'
import { beginEpoch } from '../begin-epoch.ts'
import type { Command, CommandAlone } from '../command.ts'
import { OperatorError } from '../problems.ts'
import { openBackup } from './file.ts'
import { restoreBackup } from './restore-backup.ts'
import { writeBackup } from './write-backup.ts'

export const backupCommand: Command = {
  words: 'backup',
  usage: 'FILE',
  means:
    'Writes everything that the database holds into a new file, while everything runs. The secret key is not in it: keep that apart.',
  values: ['FILE'],
  options: {},
  async run({ system }, [path]) {
    try {
      const bytes = await writeBackup(system.address, system.keys.check, path!)
      return { json: { file: path, bytes }, text: `The backup is in ${path}, ${bytes} bytes. The secret key is not in it.\n` }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
      throw new OperatorError(`${path} cannot be written: ${(error as Error).message}`)
    }
  },
}

/** Opens the database itself, once it is clear that the secret key is that of the backup: a new database would keep another one. */
export const restoreCommand: CommandAlone = {
  words: 'restore',
  usage: 'FILE',
  means:
    'Fills an empty database from a backup, and begins a new epoch: everybody logs in again. The secret key of that time must be in place.',
  values: ['FILE'],
  options: {},
  async runAlone([path]) {
    const config = readConfig(process.env)
    const { head, parts } = await openBackup(path!).catch((error: Error) => {
      throw new OperatorError(error.message)
    })
    if (config.secretKey === undefined && !existsSync(join(config.dataDir, 'secret-key')))
      throw new OperatorError(
        `Put the secret key of that time in place first: SECRET_KEY, or ${join(config.dataDir, 'secret-key')}.`,
      )
    const keys = deriveKeys(config.secretKey ?? keptSecretKey(config.dataDir))
    if (keys.check.toString('hex') !== head.keyCheck)
      throw new OperatorError('The secret key here is not the one of the backup. Put that one in place first.')
    const system = await openSystem(config, (message) => void process.stderr.write(`${message}\n`))
    try {
      const { rows } = await restoreBackup(system.address, head, parts)
      const instances = await system.database.asOperator(undefined, listInstances)
      for (const instance of instances) await beginEpoch(system, instance)
      return {
        json: { file: path, madeAt: head.madeAt, rows, instances: instances.map(({ name }) => name) },
        text: `${rows} rows of ${head.madeAt} are back. Everybody logs in again, and initial passwords are given anew.\n`,
      }
    } finally {
      await system.close()
    }
  },
}
