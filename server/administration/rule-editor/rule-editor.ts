// The rule editor: where the Administrator sees the rules, tries them and changes them.
// Owns no table: what holds, and what can be set, is in rules/.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Rules, ruleNames } from '../../../contracts/rules.ts'
import { type JudgePasswordNeeds, judgePassword } from '../../authenticators/passwords/passwords.ts'
import { callerOf } from '../../platform/caller.ts'
import { apiFor } from '../../platform/policy.ts'
import { fieldsRefused } from '../../platform/problem.ts'
import { findStoredRules, ruleOf, valueFaults } from '../../rules/rules.ts'
import { sessionOf } from '../../sessions/sessions.ts'
import { askForNewPasswords, changeRules } from './change-rules.ts'
import { changeRulesRoute, expirePasswordsRoute, getRulesRoute, previewRulesRoute } from './schemas.ts'

export function ruleEditor(needs: JudgePasswordNeeds): FastifyPluginAsyncTypebox {
  const { database, breached } = needs
  return async (app) => {
    app.get('/api/rules', { schema: getRulesRoute, config: apiFor('rules.view') }, async (request) => {
      const { version, rules, reasons, passwordsChosenAfter } = await database.in(request.instance, findStoredRules)
      return {
        version,
        values: rules,
        reasons,
        catalogue: ruleNames.map((name) => ({ name, ...ruleOf(name) })),
        passwordsChosenAfter: passwordsChosenAfter?.toISOString() ?? null,
        refusesBreachedPasswords: breached !== undefined,
      }
    })

    app.put('/api/rules', { schema: changeRulesRoute, config: apiFor('rules.manage') }, async (request) => {
      const { instance, body } = request
      const version = await changeRules(needs, instance, sessionOf(request).accountId, body, callerOf(request))
      needs.rules.forget(instance)
      return { version }
    })

    app.post('/api/rules/preview', { schema: previewRulesRoute, config: apiFor('rules.view') }, async (request) => {
      const { values, password } = request.body
      const wrong = valueFaults({ area: 'passwords', values })
      if (wrong.length > 0) throw fieldsRefused(wrong)
      const { username, fullName, accountId } = sessionOf(request)
      const owner = { username, fullName, instanceName: request.instance.name }
      const faults = await judgePassword(needs, values as Rules, owner, password, accountId)
      return { accepted: faults.length === 0, faults }
    })

    app.post(
      '/api/rules/expire-passwords',
      { schema: expirePasswordsRoute, config: apiFor('rules.manage') },
      async (request, reply) => {
        await askForNewPasswords(needs, request.instance, sessionOf(request).accountId, callerOf(request))
        needs.rules.forget(request.instance)
        return reply.code(204).send(null)
      },
    )
  }
}
