// The floor: what somebody sees first in the console. Owns no table.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { firstDaySteps } from '../../../contracts/first-day.ts'
import { actingAccount } from '../../directory/accounts/accounts.ts'
import { callerOf } from '../../platform/caller.ts'
import type { Database } from '../../platform/database.ts'
import { apiFor } from '../../platform/policy.ts'
import { sessionOf } from '../../sessions/sessions.ts'
import { readFloor } from './read-floor.ts'
import { readFirstDayRoute, readFloorRoute, setUpInstanceRoute } from './schemas.ts'
import { setUpInstance } from './set-up-instance.ts'
import { findDone } from './store.ts'

export function floor({ database }: { database: Database }): FastifyPluginAsyncTypebox {
  // The screen keeps itself up to date.
  const config = apiFor('sessions.view', { automatic: true })

  return async (app) => {
    app.get('/api/floor', { schema: readFloorRoute, config }, async (request) => {
      const { shiftStart, ...rest } = await readFloor(database, request.instance, sessionOf(request).accountId)
      return { ...rest, shiftStart: shiftStart ? { ...shiftStart, from: shiftStart.from.toISOString() } : null }
    })

    const setUp = apiFor('rules.manage', { automatic: true })
    app.get('/api/first-day', { schema: readFirstDayRoute, config: setUp }, (request) =>
      database.in(request.instance, async (tx) => {
        await actingAccount(tx, sessionOf(request).accountId, 'rules.manage')
        const done = await findDone(tx)
        return { steps: firstDaySteps.map((step) => ({ step, done: done.has(step) })), hasSupervisor: done.has('has_supervisor') }
      }),
    )

    app.put('/api/instance', { schema: setUpInstanceRoute, config: apiFor('rules.manage') }, async (request, reply) => {
      await setUpInstance({ database }, request.instance, sessionOf(request).accountId, request.body, callerOf(request))
      return reply.code(204).send(null)
    })
  }
}
