import { listInstances } from '../instances/instances.ts'
import { beginEpoch } from './begin-epoch.ts'
import { type Command, instanceNamed } from './command.ts'
import { OperatorError } from './problems.ts'

/** For after a restore, or a failover that lost something. */
export const epochCommand: Command = {
  words: 'epoch',
  usage: '--instance NAME | --all',
  means:
    'Voids every session, recovery link, unfinished login and initial password. For after a restore, or a failover that lost something: what had ended or changed since would live again. Lasting passwords stay; initial ones must be given anew.',
  values: [],
  options: { instance: 'The name of the instance.', all: 'Every instance.' },
  flags: ['all'],
  async run({ system }, _values, { instance: name, all }) {
    if ((name === undefined) === (all === undefined)) throw new OperatorError('Say which: --instance NAME, or --all.')
    const chosen =
      name === undefined ? await system.database.asOperator(undefined, listInstances) : [await instanceNamed(system, name)]
    const done = []
    for (const instance of chosen) done.push({ instance: instance.name, ...(await beginEpoch(system, instance)) })
    return {
      json: { instances: done },
      text: done
        .map(
          ({ instance, sessions, links, signIns, initialPasswords }) =>
            `${instance}: voided ${sessions} sessions, ${links} recovery links, ${signIns} unfinished logins and ${initialPasswords} initial passwords.\n`,
        )
        .join(''),
    }
  },
}
