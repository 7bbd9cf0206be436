// Second factors in the console: helping somebody whose factor does not work, and what is demanded of each profile.
// Owns no table: it asks, and writes through, the features that do.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { callerOf } from '../../platform/caller.ts'
import { apiFor } from '../../platform/policy.ts'
import { sessionOf } from '../../sessions/sessions.ts'
import { changeFactorRule, seeFactorRules, seeWithoutFactor } from './factor-rules.ts'
import { type FactorHelpNeeds, makeCodeSheet, resetFactorsOf, vouchFor } from './help-with-factor.ts'
import {
  changeFactorRuleRoute,
  listFactorRulesRoute,
  listFactorsRoute,
  listWithoutFactorRoute,
  makeCodeSheetRoute,
  resetFactorsRoute,
  vouchRoute,
} from './schemas.ts'
import { seeFactors } from './see-factors.ts'

export function factorHelp(needs: FactorHelpNeeds): FastifyPluginAsyncTypebox {
  const help = apiFor('accounts.second-factor')

  return async (app) => {
    // The screen keeps itself up to date.
    const read = apiFor('accounts.view', { automatic: true })
    app.get('/api/accounts/:id/factors', { schema: listFactorsRoute, config: read }, async (request) => {
      const { accountId } = sessionOf(request)
      const { factors, waiting, wait, vouching } = await seeFactors(needs, request.instance, accountId, request.params.id)
      return {
        factors: factors.map(({ madeAt, lastUsedAt, disabledAt, state, madeDevice: _, ...factor }) => ({
          ...factor,
          state: state as 'live' | 'disabled',
          madeAt: madeAt.toISOString(),
          lastUsedAt: moment(lastUsedAt),
          disabledAt: moment(disabledAt),
        })),
        waiting: waiting.map(({ id: _, askedAt, ...each }) => ({ ...each, askedAt: askedAt.toISOString() })),
        codesWait: wait === undefined ? null : { until: moment(wait.until) },
        vouching,
      }
    })

    app.post('/api/accounts/:id/vouch', { schema: vouchRoute, config: help }, (request) =>
      vouchFor(needs, request.instance, sessionOf(request), request.params.id, request.body.number, callerOf(request)),
    )

    app.post('/api/accounts/:id/code-sheet', { schema: makeCodeSheetRoute, config: help }, (request) =>
      makeCodeSheet(needs, request.instance, sessionOf(request), request.params.id, callerOf(request)),
    )

    app.post('/api/accounts/:id/reset-factors', { schema: resetFactorsRoute, config: help }, async (request, reply) => {
      await resetFactorsOf(needs, request.instance, sessionOf(request), request.params.id, callerOf(request))
      return reply.code(204).send(null)
    })

    app.get('/api/factor-rules', { schema: listFactorRulesRoute, config: apiFor('rules.view') }, async (request) => {
      const rules = await seeFactorRules(needs, request.instance, sessionOf(request).accountId)
      return { rules: rules.map((rule) => ({ ...rule, requiredFrom: moment(rule.requiredFrom) })) }
    })

    app.put('/api/factor-rules/:id', { schema: changeFactorRuleRoute, config: apiFor('rules.manage') }, async (request) => {
      const { requiredFrom, ...said } = request.body
      const rule = { ...said, requiredFrom: requiredFrom === null ? null : new Date(requiredFrom) }
      const { instance, params } = request
      return { version: await changeFactorRule(needs, instance, sessionOf(request), params.id, rule, callerOf(request)) }
    })

    app.get(
      '/api/factor-rules/:id/without-factor',
      { schema: listWithoutFactorRoute, config: apiFor('rules.view') },
      async (request) => ({
        accounts: await seeWithoutFactor(needs, request.instance, sessionOf(request).accountId, request.params.id),
      }),
    )
  }
}

function moment(at: Date | null): string | null {
  return at?.toISOString() ?? null
}
