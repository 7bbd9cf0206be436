import { sql } from 'kysely'
import { inOrder, type Transaction } from '../../platform/database.ts'
import type { ActingAccount } from '../accounts/accounts.ts'

export type ListedSupervisor = {
  id: string
  username: string
  fullName: string
  /** What decides who may act on the account. */
  teamId: string | null
  permissions: string[]
}

export type ListedTeam = { id: string; name: string; version: number; members: number; supervisors: ListedSupervisor[] }

/** The teams within reach, with how many accounts are in each and who supervises it. */
export async function listTeams(tx: Transaction, { teams }: ActingAccount): Promise<ListedTeam[]> {
  const reach = teams === 'all' ? sql`true` : sql`t.id = any (${teams as string[]}::uuid[])`
  const { rows } = await sql<ListedTeam>`
    select t.id, t.name, t.version, coalesce(m.members, 0) as members, coalesce(s.supervisors, '[]') as supervisors
    from team t
    left join (select team_id, count(*)::int as members from account group by team_id) m on m.team_id = t.id
    left join (
      select ts.team_id, jsonb_agg(jsonb_build_object('id', a.id, 'username', a.username, 'fullName', a.full_name,
        'teamId', a.team_id, 'permissions', p.permissions) order by a.sort_name, a.id) as supervisors
      from team_supervisor ts join account a on a.id = ts.account_id join profile p on p.id = a.profile_id group by ts.team_id
    ) s on s.team_id = t.id
    where ${reach} order by ${inOrder('t.name')}`.execute(tx)
  return rows
}

/** A team, and the accounts that supervise it, as one statement sees them. */
export async function findTeam(
  tx: Transaction,
  teamId: string,
): Promise<{ name: string; version: number; supervisors: string[] } | undefined> {
  const { rows } = await sql<{ name: string; version: number; supervisors: string[] }>`
    select name, version, array(select account_id from team_supervisor where team_id = team.id) as supervisors
    from team where id = ${teamId}`.execute(tx)
  return rows[0]
}

export async function countMembers(tx: Transaction, teamId: string): Promise<number> {
  const { members } = await tx
    .selectFrom('account')
    .select(sql<number>`count(*)::int`.as('members'))
    .where('teamId', '=', teamId)
    .executeTakeFirstOrThrow()
  return members
}

/** Adds a team and returns its id; undefined when the name is taken. */
export async function insertTeam(tx: Transaction, name: string): Promise<string | undefined> {
  const row = await tx
    .insertInto('team')
    .values({ name })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

/** Renames a team; false when it is no longer of this version. Every change of its supervisors goes with this. */
export async function updateTeam(tx: Transaction, teamId: string, version: number, name: string): Promise<boolean> {
  const row = await tx
    .updateTable('team')
    .set({ name, version: sql`version + 1` })
    .where('id', '=', teamId)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function deleteTeam(tx: Transaction, teamId: string): Promise<boolean> {
  return (await tx.deleteFrom('team').where('id', '=', teamId).returning('id').executeTakeFirst()) !== undefined
}

export async function insertSupervisors(tx: Transaction, teamId: string, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length === 0) return
  await tx
    .insertInto('teamSupervisor')
    .values(accountIds.map((accountId) => ({ teamId, accountId })))
    .execute()
}

export async function deleteSupervisors(tx: Transaction, teamId: string, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length === 0) return
  await tx.deleteFrom('teamSupervisor').where('teamId', '=', teamId).where('accountId', 'in', accountIds).execute()
}

/** Those of the team's supervisors whose profile lacks a permission. */
export async function supervisorsWithout(tx: Transaction, teamId: string, permission: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('teamSupervisor')
    .innerJoin('account', 'account.id', 'teamSupervisor.accountId')
    .innerJoin('profile', 'profile.id', 'account.profileId')
    .select('account.id')
    .where('teamSupervisor.teamId', '=', teamId)
    .where(sql<boolean>`not ${permission} = any (profile.permissions)`)
    .orderBy('account.sortName')
    .execute()
  return rows.map(({ id }) => id)
}
