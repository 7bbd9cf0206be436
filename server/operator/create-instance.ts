import { randomUUID } from 'node:crypto'
import { record } from '../audit/audit.ts'
import { giveInitialPassword } from '../credentials/credentials.ts'
import { insertAccount, usernameFault, usernameKey } from '../directory/accounts/accounts.ts'
import { insertBuiltInProfiles } from '../directory/profiles/profiles.ts'
import { findInstance, findInstanceByName, insertInstance } from '../instances/instances.ts'
import type { Database } from '../platform/database.ts'
import type { Keys } from '../platform/secret.ts'
import { changeInstance, isTaken, refuseBadFields } from './change-instance.ts'
import { OperatorError } from './problems.ts'

export type OperatorNeeds = { database: Database; keys: Keys }

export type NewInstance = {
  name: string
  hostname: string
  seats?: number | undefined
  language?: string | undefined
  timeZone?: string | undefined
  admin?: string | undefined
  adminEmail?: string | undefined
}

export type CreatedInstance = {
  id: string
  name: string
  hostname: string
  username: string
  initialPassword: string
  expiresAt: Date
}

const actor = { kind: 'operator' } as const

/**
 * Creates an instance with its built-in profiles and its first administrator, all or nothing.
 * @throws OperatorError when the name or the host name is taken or cannot be one
 */
export async function createInstance(
  { database, keys }: OperatorNeeds,
  { name, seats, admin = 'admin', adminEmail, ...fields }: NewInstance,
): Promise<CreatedInstance> {
  const hostname = fields.hostname.toLowerCase()
  const defaults = {
    ...(fields.language !== undefined && { language: fields.language }),
    ...(fields.timeZone !== undefined && { timeZone: fields.timeZone }),
  }
  refuseBadNames(name, admin)
  refuseBadFields({ hostname, ...defaults })
  const id = randomUUID()
  return database.asOperator({ id }, async (tx) => {
    try {
      await insertInstance(tx, { id, name, hostname, seats: seats ?? null, ...defaults })
    } catch (error) {
      throw isTaken(error)
        ? new OperatorError(`The name "${name}" or the host name "${hostname}" is taken by another instance.`)
        : error
    }
    const profiles = await insertBuiltInProfiles(tx)
    const accountId = await insertAccount(tx, {
      username: admin,
      usernameKey: usernameKey(admin)!,
      fullName: 'Administrator',
      email: adminEmail ?? null,
      profileId: profiles.get('Administrator')!,
    })
    await record(
      tx,
      { event: 'instance_created', actor, detail: { name, hostname, seats: seats ?? null, ...defaults } },
      { event: 'account_created', actor, accountId, detail: { username: admin, profile: 'Administrator' } },
    )
    const { initialPassword, expiresAt } = await giveInitialPassword(tx, { keys }, accountId!, actor, undefined, { told: false })
    return { id, name, hostname, username: admin, initialPassword, expiresAt }
  })
}

/**
 * Creates the instance `main` at the first start, and moves it to the host of PUBLIC_URL at later ones.
 * Any number of nodes may do it at once: one creates it.
 */
export async function ensureMain(needs: OperatorNeeds, hostname: string): Promise<CreatedInstance | undefined> {
  const main = await needs.database.asOperator(undefined, (tx) => findInstanceByName(tx, 'main'))
  if (main === undefined) {
    try {
      return await createInstance(needs, { name: 'main', hostname })
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error
      // Another node was faster, or another instance has the host; the next lines tell which.
    }
  }
  const atHost = await needs.database.call((db) => findInstance(db, hostname, undefined))
  if (atHost !== undefined && atHost.name !== 'main')
    throw new OperatorError(
      `PUBLIC_URL names the host ${hostname}, which belongs to the instance "${atHost.name}". Choose another host for "main".`,
    )
  if (main !== undefined && main.hostname !== hostname) await changeInstance(needs, main, { hostname })
  return undefined
}

function refuseBadNames(name: string, admin: string): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    throw new OperatorError(`An instance's name has lower-case letters, digits and dashes only, but is "${name}".`)
  const fault = usernameFault(admin)
  if (fault !== undefined) throw new OperatorError(`"${admin}" cannot be a username (${fault.replaceAll('_', ' ')}).`)
}
