// The desk: a supervisor gets somebody back to work. Who it is, how they stand, why they can't log in, and what mends it.
// Owns no table: it asks, and writes through, the features that do.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { callerOf } from '../../platform/caller.ts'
import { apiFor } from '../../platform/policy.ts'
import { type SeenSession, sessionOf } from '../../sessions/sessions.ts'
import { extendAccount } from './extend-account.ts'
import { findPeople } from './find-people.ts'
import { type DeskNeeds, loginChecks } from './login-checks.ts'
import { extendAccountRoute, findPeopleRoute, loginChecksRoute, unlockAccountRoute } from './schemas.ts'
import { unlockAccount } from './unlock-account.ts'

export function desk(needs: DeskNeeds): FastifyPluginAsyncTypebox {
  // The screen keeps itself up to date.
  const read = apiFor('accounts.view', { automatic: true })

  return async (app) => {
    app.get('/api/desk', { schema: findPeopleRoute, config: read }, async (request) => {
      const { people, total } = await findPeople(needs, request.instance, sessionOf(request).accountId, request.query.search)
      return {
        total,
        people: people.map(({ states, session, ...person }) => ({
          ...person,
          states: states.map(({ state, at }) => ({ state, at: moment(at) })),
          session: session === undefined ? null : shownSession(session),
        })),
      }
    })

    app.post('/api/accounts/:id/login-checks', { schema: loginChecksRoute, config: read }, async (request) => {
      const { accountId } = sessionOf(request)
      const { checks, ...rest } = await loginChecks(needs, request.instance, accountId, request.params.id, callerOf(request))
      return { ...rest, checks: checks.map(({ at, ...check }) => ({ ...check, at: moment(at) })) }
    })

    app.post('/api/accounts/:id/unlock', { schema: unlockAccountRoute, config: apiFor('accounts.unlock') }, (request) =>
      unlockAccount(needs, request.instance, sessionOf(request).accountId, request.params.id, callerOf(request)),
    )

    app.post(
      '/api/accounts/:id/extend-validity',
      { schema: extendAccountRoute, config: apiFor('accounts.extend') },
      (request) => {
        const { accountId } = sessionOf(request)
        return extendAccount(needs, request.instance, accountId, request.params.id, request.body.days, callerOf(request))
      },
    )
  }
}

function shownSession({ startedAt, silentSeconds, silent, device, address }: SeenSession) {
  return { startedAt: startedAt.toISOString(), silentSeconds, silent, device, address }
}

function moment(at: Date | null): string | null {
  return at?.toISOString() ?? null
}
