import { allLanguages } from '../../contracts/languages.ts'
import { findInstanceByName } from '../instances/instances.ts'
import { changeInstance } from './change-instance.ts'
import { type Command, instanceNamed } from './command.ts'
import { OperatorError } from './problems.ts'

/** What an instance says where a person says nothing, as options of more than one command. */
export const defaultsOptions = {
  language: `For mails, slips and pages where neither the person nor the browser says one: ${allLanguages.join(', ')}; en at first.`,
  'time-zone':
    'In which days begin and times are shown for those who have no time zone of their own, such as America/Montevideo; UTC at first.',
}

/** Changes where an instance answers, and what it says where a person says nothing. */
export const changeCommand: Command = {
  words: 'instance change',
  usage: 'NAME [--hostname HOST] [--language LANGUAGE] [--time-zone ZONE]',
  means:
    'Changes the host name, the language or the time zone of an instance. With another host name, everybody logs in anew there, and links that were mailed stop working.',
  values: ['NAME'],
  options: { hostname: 'The host name at which it answers, such as acme.example.com.', ...defaultsOptions },
  async run({ system }, [name], { hostname, language, 'time-zone': timeZone }) {
    if (hostname === undefined && language === undefined && timeZone === undefined)
      throw new OperatorError('Say what to change: --hostname, --language or --time-zone.')
    if (name === 'main' && hostname !== undefined)
      throw new OperatorError('The instance "main" answers at the host of PUBLIC_URL. Set that, and start the nodes again.')
    const { id } = await instanceNamed(system, name!)
    await changeInstance(
      system,
      { id },
      {
        ...(hostname !== undefined && { hostname: hostname.toLowerCase() }),
        ...(language !== undefined && { language }),
        ...(timeZone !== undefined && { timeZone }),
      },
    )
    const after = (await system.database.asOperator(undefined, (tx) => findInstanceByName(tx, name!)))!
    const json = { id, name, hostname: after.hostname, language: after.language, timeZone: after.timeZone }
    return {
      json,
      text: `The instance ${name}:\n  Host name  ${json.hostname}\n  Language   ${json.language}\n  Time zone  ${json.timeZone}\n`,
    }
  },
}
