// Creating, changing and removing teams. Supervising a team is reach, so whoever gives it must reach the team and the account.

import { type AuditEvent, record } from '../../audit/audit.ts'
import type { Caller } from '../../platform/caller.ts'
import { brokenConstraint, type Database, type Transaction } from '../../platform/database.ts'
import { nameFault, tidyName } from '../../platform/name.ts'
import { changedMeanwhile, type Fault, fieldsRefused, Problem } from '../../platform/problem.ts'
import { type ActingAccount, actingAccount, lockReachableAccount, reachesTeam } from '../accounts/accounts.ts'
import { teamNotEmpty, teamNotFound } from './problems.ts'
import {
  countMembers,
  deleteSupervisors,
  deleteTeam,
  findTeam,
  insertSupervisors,
  insertTeam,
  supervisorsWithout,
  updateTeam,
} from './store.ts'

/** `supervisors` are accounts, by id. */
export type TeamFields = { name: string; supervisors: readonly string[] }

/** What was done all the same, and that somebody should know. */
export type Warning = { accountId: string; code: 'supervisor_without_view' }

const nameTaken = () => fieldsRefused([{ field: 'name', code: 'name_taken' }])

/**
 * Creates a team. Who does not reach every team must be one of its supervisors, or it would be out of their own reach.
 * @throws fields_refused, not_permitted, beyond_your_permissions
 */
export async function createTeam(
  database: Database,
  instance: { id: string },
  actorId: string,
  { name: typed, supervisors }: TeamFields,
  caller: Caller,
): Promise<{ id: string; warnings: Warning[] }> {
  const name = tidyName(typed)
  return database.in(instance, async (tx) => {
    const acting = await actingAccount(tx, actorId, 'teams.manage')
    await refuseFaults(tx, acting, name, { added: [...supervisors], removed: [], after: supervisors })
    const id = await insertTeam(tx, name)
    if (id === undefined) throw nameTaken()
    await insertSupervisors(tx, id, supervisors)
    await recordTeam(tx, 'team_created', acting, { id, name }, caller)
    await recordSupervisors(tx, 'team_supervisor_added', acting, { id, name }, supervisors, caller)
    return { id, warnings: await warningsOf(tx, id) }
  })
}

/**
 * Gives a team another name or other supervisors.
 * @param version of the team that the change was made on
 * @throws team_not_found, fields_refused, beyond_your_permissions, changed_meanwhile, not_permitted
 */
export async function changeTeam(
  database: Database,
  instance: { id: string },
  actorId: string,
  id: string,
  { name: typed, supervisors, version }: TeamFields & { version: number },
  caller: Caller,
): Promise<{ warnings: Warning[] }> {
  const name = tidyName(typed)
  try {
    return await database.in(instance, async (tx) => {
      const acting = await actingAccount(tx, actorId, 'teams.manage')
      const before = reachesTeam(acting, id) ? await findTeam(tx, id) : undefined
      if (before === undefined) throw teamNotFound()
      if (before.version !== version) throw changedMeanwhile()
      const added = supervisors.filter((each) => !before.supervisors.includes(each))
      const removed = before.supervisors.filter((each) => !supervisors.includes(each))
      // Accounts are locked before the team, as everywhere; the version tells of whoever was faster.
      await refuseFaults(tx, acting, name, { added, removed, after: supervisors })
      if (!(await updateTeam(tx, id, version, name))) throw changedMeanwhile()
      await deleteSupervisors(tx, id, removed)
      await insertSupervisors(tx, id, added)
      const renamed = before.name !== name && { was: before.name }
      await recordTeam(tx, 'team_changed', acting, { id, name, ...renamed }, caller)
      await recordSupervisors(tx, 'team_supervisor_removed', acting, { id, name }, removed, caller)
      await recordSupervisors(tx, 'team_supervisor_added', acting, { id, name }, added, caller)
      return { warnings: await warningsOf(tx, id) }
    })
  } catch (error) {
    throw brokenConstraint(error) === 'unique' ? nameTaken() : error
  }
}

/**
 * Removes a team that nobody is in.
 * @throws team_not_found, team_not_empty, not_permitted
 */
export async function removeTeam(
  database: Database,
  instance: { id: string },
  actorId: string,
  id: string,
  caller: Caller,
): Promise<void> {
  try {
    await database.in(instance, async (tx) => {
      const acting = await actingAccount(tx, actorId, 'teams.manage')
      const before = reachesTeam(acting, id) ? await findTeam(tx, id) : undefined
      if (before === undefined || !(await deleteTeam(tx, id))) throw teamNotFound()
      await recordSupervisors(tx, 'team_supervisor_removed', acting, { id, name: before.name }, before.supervisors, caller)
      await recordTeam(tx, 'team_removed', acting, { id, name: before.name }, caller)
    })
  } catch (error) {
    // The foreign key decides: somebody can be put into the team between any look and the removal.
    if (brokenConstraint(error) !== 'foreign_key') throw error
    throw teamNotEmpty(await database.in(instance, (tx) => countMembers(tx, id)))
  }
}

/** @throws fields_refused, beyond_your_permissions */
async function refuseFaults(
  tx: Transaction,
  acting: ActingAccount,
  name: string,
  { added, removed, after }: { added: readonly string[]; removed: readonly string[]; after: readonly string[] },
): Promise<void> {
  const faults: Fault[] = []
  const fault = nameFault(name)
  if (fault !== undefined) faults.push({ field: 'name', code: fault })
  let code = acting.teams === 'all' || after.includes(acting.accountId) ? undefined : 'yourself_missing'
  // In one order for everybody, so that nobody waits for each other. The own account needs no reach: the team is within it.
  for (const accountId of [...added, ...removed].filter((each) => each !== acting.accountId).sort()) {
    try {
      await lockReachableAccount(tx, acting, accountId)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'account_not_found') throw error
      code ??= added.includes(accountId) ? 'supervisor_unknown' : 'supervisor_out_of_reach'
    }
  }
  if (code !== undefined) faults.push({ field: 'supervisors', code })
  if (faults.length > 0) throw fieldsRefused(faults)
}

async function warningsOf(tx: Transaction, teamId: string): Promise<Warning[]> {
  const blind = await supervisorsWithout(tx, teamId, 'accounts.view')
  return blind.map((accountId) => ({ accountId, code: 'supervisor_without_view' }))
}

type Team = { id: string; name: string; was?: string }

function recordTeam(tx: Transaction, event: AuditEvent, acting: ActingAccount, team: Team, caller: Caller): Promise<void> {
  const { id, ...said } = team
  return record(tx, {
    event,
    actor: { kind: 'account', accountId: acting.accountId },
    caller,
    detail: { teamId: id, ...said },
  })
}

/** One line for each account that gains or loses the reach of the team. */
async function recordSupervisors(
  tx: Transaction,
  event: AuditEvent,
  acting: ActingAccount,
  { id, name }: Team,
  accountIds: readonly string[],
  caller: Caller,
): Promise<void> {
  if (accountIds.length === 0) return
  const actor = { kind: 'account', accountId: acting.accountId } as const
  await record(tx, ...accountIds.map((accountId) => ({ event, actor, accountId, caller, detail: { teamId: id, name } })))
}
