import { allLanguages } from '../../contracts/languages.ts'
import { record } from '../audit/audit.ts'
import { isTimeZone } from '../directory/accounts/accounts.ts'
import { type Instance, type InstanceFields, updateInstance } from '../instances/instances.ts'
import type { Database } from '../platform/database.ts'
import { isLanguage } from '../platform/text.ts'
import { OperatorError } from './problems.ts'

/**
 * Changes an instance: where it answers, and the language and time zone of those who have none of their own.
 * @throws OperatorError when another instance has the host name, or a value cannot be one
 */
export async function changeInstance(
  { database }: { database: Database },
  { id }: Pick<Instance, 'id'>,
  fields: Partial<InstanceFields>,
): Promise<void> {
  refuseBadFields(fields)
  await database.asOperator({ id }, async (tx) => {
    const changes = await updateInstance(tx, id, fields).catch((error) => {
      throw isTaken(error) ? new OperatorError(`The host name "${fields.hostname}" is taken by another instance.`) : error
    })
    if (Object.keys(changes).length > 0)
      await record(tx, { event: 'instance_changed', actor: { kind: 'operator' }, detail: { changes } })
  })
}

/** @throws OperatorError that says which value cannot be one, and how one looks */
export function refuseBadFields({ hostname, language, timeZone }: Partial<InstanceFields>): void {
  const isHostname =
    hostname === undefined ||
    (hostname.length <= 253 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(hostname))
  if (!isHostname)
    throw new OperatorError(`A host name looks like acme.example.com, without a scheme or a port, but is "${hostname}".`)
  if (language !== undefined && !isLanguage(language))
    throw new OperatorError(`A language is one of ${allLanguages.join(', ')}, but is "${language}".`)
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new OperatorError(`A time zone looks like America/Montevideo, but is "${timeZone}".`)
}

/** Whether another instance has what this one should have. */
export function isTaken(error: unknown): boolean {
  return (error as { code?: string }).code === '23505'
}
