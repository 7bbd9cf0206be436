import type { AccountFields } from '../../../contracts/account-fields.ts'
import { record } from '../../audit/audit.ts'
import { type GivenInitialPassword, giveInitialPassword } from '../../credentials/credentials.ts'
import {
  type ActingAccount,
  accountFaults,
  actingAccount,
  insertAccount,
  mayGiveProfile,
  reachesTeam,
  tidyFields,
  usernameKey,
} from '../../directory/accounts/accounts.ts'
import { enqueueMessage } from '../../outward/messages/messages.ts'
import type { Caller } from '../../platform/caller.ts'
import type { Transaction } from '../../platform/database.ts'
import { type Fault, fieldsRefused } from '../../platform/problem.ts'
import { addSheets } from './add-sheets.ts'
import type { AdministrationNeeds } from './make-slips.ts'
import { teamExists } from './store.ts'

export type NewAccount = AccountFields & { username: string; enabled: boolean; credentials: 'slip' | 'message' | 'none' }

/**
 * Creates an account with its first credentials, all or nothing: a slip, or a message that waits for its way out.
 * @throws fields_refused, not_permitted, beyond_your_permissions
 */
export async function createAccount(
  needs: AdministrationNeeds,
  instance: { id: string },
  actorId: string,
  { username: typed, enabled, credentials, ...said }: NewAccount,
  caller: Caller,
): Promise<{ id: string; slip: GivenInitialPassword | null }> {
  const username = typed.trim()
  const fields = tidyFields(said)
  const { database, keys } = needs
  const { id, slip } = await database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, actorId, 'accounts.create')
    const faults = [...accountFaults({ username, ...fields }), ...(await placeFaults(tx, acting, fields))]
    if (credentials === 'message' && fields.email === null) faults.push({ field: 'email', code: 'required' })
    if (credentials === 'message' && !enabled) faults.push({ field: 'credentials', code: 'account_is_disabled' })
    if (faults.length > 0) throw fieldsRefused(faults)
    const id = await insertAccount(tx, { ...fields, username, usernameKey: usernameKey(username)!, enabled })
    if (id === undefined) throw fieldsRefused([{ field: 'username', code: 'username_taken' }])
    const actor = { kind: 'account', accountId: actorId } as const
    await record(tx, {
      event: 'account_created',
      actor,
      accountId: id,
      caller,
      detail: { username, enabled, ...fields },
    })
    if (credentials === 'message') await enqueueMessage(tx, { kind: 'initial_password', accountId: id, requestedBy: actorId })
    if (credentials !== 'slip') return { id, slip: null }
    return { id, slip: await giveInitialPassword(tx, { keys }, id, actor, caller, { told: false }) }
  })
  if (slip === null) return { id, slip }
  const [withSheet] = await addSheets(needs, instance, actorId, [slip], caller)
  return { id, slip: withSheet! }
}

/**
 * What is wrong with the profile and the team that an account shall have.
 * @throws beyond_your_permissions
 */
export async function placeFaults(
  tx: Transaction,
  acting: ActingAccount,
  { profileId, teamId }: Pick<AccountFields, 'profileId' | 'teamId'>,
): Promise<Fault[]> {
  const faults: Fault[] = []
  if (!(await mayGiveProfile(tx, acting, profileId))) faults.push({ field: 'profileId', code: 'profile_unknown' })
  if (teamId === null ? acting.teams !== 'all' : !reachesTeam(acting, teamId) || !(await teamExists(tx, teamId)))
    faults.push({ field: 'teamId', code: teamId === null ? 'required' : 'team_unknown' })
  return faults
}
