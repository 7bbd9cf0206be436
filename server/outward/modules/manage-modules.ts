// Registering, changing and removing modules, and their secrets. Whoever manages a module decides where people's sign-ins are sent: it is
// worth what those people can do there, so it takes the reach of every team.
import { randomBytes } from 'node:crypto'
import { type ModuleKind, moduleKinds } from '../../../contracts/modules.ts'
import { type Actor, type AuditEvent, record } from '../../audit/audit.ts'
import { actingAccount } from '../../directory/accounts/accounts.ts'
import type { Caller } from '../../platform/caller.ts'
import { brokenConstraint, type Transaction } from '../../platform/database.ts'
import { nameFault, tidyName } from '../../platform/name.ts'
import { changedMeanwhile, type Fault, fieldsRefused, notPermitted } from '../../platform/problem.ts'
import { hashToken, newToken } from '../../platform/secret.ts'
import { hostFault, pageFault, redirectFault } from './addresses.ts'
import { moduleKeepsNoSecret, moduleNotFound, tooManySecrets } from './problems.ts'
import { closeGrantsOf } from './session-store.ts'
import {
  deleteModule,
  deleteSecret,
  insertModule,
  insertSecret,
  isHostFree,
  knownUsers,
  listModules,
  lockModule,
  type Module,
  type ModuleFields,
  replaceUsers,
  updateModule,
} from './store.ts'

/** What a module is when nothing more is said of it. */
export const plainModule: Omit<ModuleFields, 'name'> = {
  enabled: true,
  address: null,
  onHome: true,
  redirectAddresses: [],
  afterLogoutAddresses: [],
  logoutAddress: null,
  signing: 'ES256',
  withoutPkce: false,
  profiles: [],
  teams: [],
  landing: [],
}

/**
 * Who manages modules, read anew: it takes the permission and the reach of every team.
 * @throws not_permitted
 */
export async function managesModules(tx: Transaction, accountId: string): Promise<Actor> {
  const acting = await actingAccount(tx, accountId, 'modules.manage')
  if (acting.teams !== 'all') throw notPermitted()
  return { kind: 'account', accountId }
}

/**
 * Registers a module.
 * @returns its id, what it is called in the protocol, and its secret, which is shown this once, where it keeps one
 * @throws fields_refused
 */
export async function createModule(
  tx: Transaction,
  actor: Actor,
  kind: ModuleKind,
  said: ModuleFields,
  caller?: Caller,
): Promise<{ id: string; clientId: string; secret: string | undefined }> {
  const fields = await checked(tx, kind, said)
  const clientId = `m-${randomBytes(8).toString('hex')}`
  const id = await insertModule(tx, clientId, kind, fields)
  if (id === undefined) throw nameTaken()
  const elsewhere = await give(tx, id, fields)
  await recordModule(tx, 'module_created', actor, { id, clientId, kind, ...fields }, caller)
  await recordLandings(tx, actor, elsewhere, caller)
  const secret = moduleKinds[kind].keepsSecret ? await addSecret(tx, id) : undefined
  return { id, clientId, secret }
}

/**
 * Changes a module. Whoever may no longer use it loses what was handed out, at once.
 * @param version of the module that the change was made on
 * @throws module_not_found, changed_meanwhile, fields_refused
 */
export async function changeModule(
  tx: Transaction,
  actor: Actor,
  id: string,
  { version, ...said }: ModuleFields & { version: number },
  caller?: Caller,
): Promise<void> {
  const before = await known(tx, id)
  if (before.version !== version) throw changedMeanwhile()
  const fields = await checked(tx, before.kind, said, id)
  try {
    await updateModule(tx, id, fields)
  } catch (error) {
    throw brokenConstraint(error) === 'unique' ? nameTaken() : error
  }
  const elsewhere = await give(tx, id, fields)
  const changed = Object.fromEntries(
    Object.entries(fields).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as keyof Module])),
  )
  await recordModule(tx, 'module_changed', actor, { id, name: before.name, changed }, caller)
  await recordLandings(tx, actor, elsewhere, caller)
}

/** Removes a module with all that was handed out to it. @throws module_not_found */
export async function removeModule(tx: Transaction, actor: Actor, id: string, caller?: Caller): Promise<void> {
  const { name, clientId } = await known(tx, id)
  await deleteModule(tx, id)
  await recordModule(tx, 'module_removed', actor, { id, name, clientId }, caller)
}

/**
 * Gives a module another secret, which is valid beside the one that it has, so that it can be exchanged without a pause.
 * @returns the secret; it is never shown again
 * @throws module_not_found, module_keeps_no_secret, too_many_secrets
 */
export async function giveSecret(tx: Transaction, actor: Actor, id: string, caller?: Caller): Promise<string> {
  const { kind, secrets, name } = await known(tx, id)
  if (!moduleKinds[kind].keepsSecret) throw moduleKeepsNoSecret()
  if (secrets.length >= 2) throw tooManySecrets()
  const secret = await addSecret(tx, id)
  await recordModule(tx, 'module_secret_given', actor, { id, name, hint: hintOf(secret) }, caller)
  return secret
}

/** Takes a secret back, and with it all that was handed out to the module. @throws module_not_found */
export async function takeSecretBack(
  tx: Transaction,
  actor: Actor,
  id: string,
  secretId: string,
  caller?: Caller,
): Promise<void> {
  const { name, secrets } = await known(tx, id)
  const hint = secrets.find((secret) => secret.id === secretId)?.hint
  if (!(await deleteSecret(tx, id, secretId))) throw moduleNotFound()
  await closeGrantsOf(tx, id)
  await recordModule(tx, 'module_secret_taken_back', actor, { id, name, hint }, caller)
}

async function known(tx: Transaction, id: string): Promise<Module> {
  const module = await lockModule(tx, id)
  if (module === undefined) throw moduleNotFound()
  return module
}

async function addSecret(tx: Transaction, id: string): Promise<string> {
  const secret = newToken()
  await insertSecret(tx, id, hashToken(secret), hintOf(secret))
  return secret
}

/** Records that nobody of some profiles lands at these modules any more. */
async function recordLandings(tx: Transaction, actor: Actor, ids: readonly string[], caller: Caller | undefined): Promise<void> {
  const others = ids.length === 0 ? [] : (await listModules(tx)).filter(({ id }) => ids.includes(id))
  for (const { id, name, landing } of others)
    await recordModule(tx, 'module_changed', actor, { id, name, changed: { landing } }, caller)
}

/**
 * Returns the other modules at which somebody lands no more.
 * @throws changed_meanwhile when somebody else has a profile land elsewhere at the same moment
 */
async function give(tx: Transaction, id: string, fields: ModuleFields): Promise<string[]> {
  try {
    return await replaceUsers(tx, id, fields)
  } catch (error) {
    throw brokenConstraint(error) === 'unique' ? changedMeanwhile() : error
  }
}

const hintOf = (secret: string) => secret.slice(0, 4)

const nameTaken = () => fieldsRefused([{ field: 'name', code: 'name_taken' }])

/** @param id of the module that is changed; undefined for one that is new */
async function checked(tx: Transaction, kind: ModuleKind, said: ModuleFields, id?: string): Promise<ModuleFields> {
  const name = tidyName(said.name)
  const faults: Fault[] = []
  const look = (field: keyof ModuleFields, code: string | undefined) => {
    if (code !== undefined && !faults.some((fault) => fault.field === field)) faults.push({ field, code })
  }
  look('name', nameFault(name))
  const comesBack = moduleKinds[kind].grants.some((grant) => grant === 'authorization_code')
  if (comesBack && said.redirectAddresses.length === 0) look('redirectAddresses', 'required')
  if (!comesBack && said.redirectAddresses.length > 0) look('redirectAddresses', 'not_of_this_kind')
  for (const each of said.redirectAddresses) look('redirectAddresses', redirectFault(each, kind))
  for (const each of said.afterLogoutAddresses) look('afterLogoutAddresses', redirectFault(each, kind))
  if (kind === 'proxy') {
    look('address', said.address === null ? 'required' : hostFault(said.address))
    const isFree = said.address === null || faults.length > 0 || (await isHostFree(tx, new URL(said.address).host, id))
    if (!isFree) look('address', 'address_taken')
  } else if (said.address !== null) look('address', pageFault(said.address))
  if (said.logoutAddress !== null) look('logoutAddress', pageFault(said.logoutAddress))
  if (said.withoutPkce && !moduleKinds[kind].keepsSecret) look('withoutPkce', 'not_of_this_kind')
  const there = await knownUsers(tx, said.profiles, said.teams)
  if (said.profiles.some((id) => !there.profiles.has(id))) look('profiles', 'profile_unknown')
  if (said.teams.some((id) => !there.teams.has(id))) look('teams', 'team_unknown')
  if (said.landing.some((id) => !said.profiles.includes(id))) look('landing', 'landing_not_given')
  if (said.landing.length > 0 && said.address === null) look('address', 'required')
  if (faults.length > 0) throw fieldsRefused(faults)
  return {
    ...said,
    name,
    profiles: [...new Set(said.profiles)].sort(),
    teams: [...new Set(said.teams)].sort(),
    landing: [...new Set(said.landing)].sort(),
  }
}

async function recordModule(
  tx: Transaction,
  event: AuditEvent,
  actor: Actor,
  { id: moduleId, ...detail }: Record<string, unknown> & { id: string },
  caller: Caller | undefined,
): Promise<void> {
  await record(tx, { event, actor, ...(caller && { caller }), detail: { moduleId, ...detail } })
}
