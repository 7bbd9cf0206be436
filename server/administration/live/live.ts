// Live: who is logged in, how the seats are used, and ending sessions. Owns no table.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { actingAccount } from '../../directory/accounts/accounts.ts'
import { callerOf } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import type { Notices } from '../../platform/notices.ts'
import { apiFor } from '../../platform/policy.ts'
import type { RuleBook } from '../../rules/rules.ts'
import { readSeatFigures, sessionOf } from '../../sessions/sessions.ts'
import { endAllSessions } from './end-all-sessions.ts'
import { endSessions } from './end-sessions.ts'
import {
  endAllSessionsRoute,
  endSessionsRoute,
  listSessionsOfRoute,
  listSessionsRoute,
  seatsRoute,
  seatsWeekAgoRoute,
} from './schemas.ts'
import { openSeatFigures } from './seat-figures.ts'
import { listSessions, listSessionsOf } from './store.ts'

export { readSeatsOfAll } from './seat-figures.ts'
export { watchSeats } from './seat-metrics.ts'

export type LiveNeeds = { database: Database; rules: RuleBook; notices: Notices }

export function live({ database, rules, notices }: LiveNeeds): FastifyPluginAsyncTypebox {
  const figures = openSeatFigures(database)
  notices.subscribe((notice) => {
    if (notice.about === 'sessions' || notice.about === 'ended') figures.age({ id: notice.instance })
  })
  // Screens that keep themselves up to date ask by themselves.
  const config = apiFor('sessions.view', { automatic: true })

  return async (app) => {
    app.get('/api/sessions', { schema: listSessionsRoute, config }, async (request) => {
      const { sort = 'startedAt', direction, page = '1', size = '50', ...filter } = request.query
      const limits = await rules.of(request.instance)
      const order = { sort, descending: direction === 'desc', limit: Number(size), offset: (Number(page) - 1) * Number(size) }
      return database.in(request.instance, async (tx) => {
        const acting = await actingAccount(tx, sessionOf(request).accountId, 'sessions.view')
        const { sessions, total, teams } = await listSessions(tx, acting, limits, filter, order)
        return {
          sessions: sessions.map(({ startedAt, lastSeenAt, ...session }) => ({
            ...session,
            startedAt: startedAt.toISOString(),
            lastSeenAt: lastSeenAt.toISOString(),
          })),
          total,
          teams,
          reachesAllTeams: acting.teams === 'all',
        }
      })
    })

    app.get('/api/accounts/:id/sessions', { schema: listSessionsOfRoute, config }, async (request) =>
      database.in(request.instance, async (tx) => {
        const acting = await actingAccount(tx, sessionOf(request).accountId, 'sessions.view')
        const sessions = await listSessionsOf(tx, acting, request.params.id, 50)
        return {
          sessions: sessions.map(({ startedAt, endedAt, ...session }) => ({
            ...session,
            startedAt: startedAt.toISOString(),
            endedAt: endedAt?.toISOString() ?? null,
          })),
        }
      }),
    )

    app.get('/api/seats', { schema: seatsRoute, config }, async (request) => {
      const { quarters, ...rest } = await figures.of(request.instance)
      return { ...rest, quarters: quarters.map(({ from, ...quarter }) => ({ ...quarter, from: from.toISOString() })) }
    })

    app.get('/api/seats/week-ago', { schema: seatsWeekAgoRoute, config }, async (request) => {
      const limits = await rules.of(request.instance)
      const { quarters } = await database.in(request.instance, (tx) => readSeatFigures(tx, limits, 7))
      return { quarters: quarters.map(({ from, peak }) => ({ from: from.toISOString(), peak })) }
    })

    app.post('/api/sessions/end', { schema: endSessionsRoute, config: apiFor('sessions.end') }, (request) => {
      const { accountIds, reason } = request.body
      return endSessions({ database }, request.instance, sessionOf(request).accountId, accountIds, reason, callerOf(request))
    })

    app.post('/api/sessions/end-all', { schema: endAllSessionsRoute, config: apiFor('sessions.end') }, async (request) => {
      const { accountId } = sessionOf(request)
      return {
        done: await endAllSessions({ database }, request.instance, accountId, request.body.reason, callerOf(request)),
      }
    })
  }
}
