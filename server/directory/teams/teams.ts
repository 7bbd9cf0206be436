// Teams: groups of accounts with supervisors. Owns team and team_supervisor. Knows accounts, whose reach its supervisors make.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { callerOf } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { apiFor } from '../../platform/policy.ts'
import { sessionOf } from '../../sessions/sessions.ts'
import { type ActingAccount, actingAccount, hasAll, reachesTeam } from '../accounts/accounts.ts'
import { changeTeam, createTeam, removeTeam } from './manage-teams.ts'
import { changeTeamRoute, createTeamRoute, listTeamsRoute, removeTeamRoute } from './schemas.ts'
import { type ListedSupervisor, listTeams } from './store.ts'

export function teams({ database }: { database: Database }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/api/teams', { schema: listTeamsRoute, config: apiFor('teams.view') }, (request) =>
      database.in(request.instance, async (tx) => {
        const { accountId } = sessionOf(request)
        const acting = await actingAccount(tx, accountId, 'teams.view')
        const listed = await listTeams(tx, acting)
        return {
          teams: listed.map((team) => ({ ...team, supervisors: team.supervisors.map((each) => shown(acting, each)) })),
          mayManage: acting.permissions.includes('teams.manage'),
          self: { id: accountId, mustSupervise: acting.teams !== 'all' },
        }
      }),
    )

    app.post('/api/teams', { schema: createTeamRoute, config: apiFor('teams.manage') }, async (request, reply) => {
      const { accountId } = sessionOf(request)
      return reply.code(201).send(await createTeam(database, request.instance, accountId, request.body, callerOf(request)))
    })

    app.put('/api/teams/:id', { schema: changeTeamRoute, config: apiFor('teams.manage') }, (request) =>
      changeTeam(database, request.instance, sessionOf(request).accountId, request.params.id, request.body, callerOf(request)),
    )

    app.delete('/api/teams/:id', { schema: removeTeamRoute, config: apiFor('teams.manage') }, async (request, reply) => {
      await removeTeam(database, request.instance, sessionOf(request).accountId, request.params.id, callerOf(request))
      return reply.code(204).send(null)
    })
  }
}

function shown(acting: ActingAccount, { id, username, fullName, teamId, permissions }: ListedSupervisor) {
  const mayChange = id === acting.accountId || (reachesTeam(acting, teamId) && hasAll(acting, permissions))
  return { id, username, fullName, mayChange, mayView: permissions.includes('accounts.view') }
}
