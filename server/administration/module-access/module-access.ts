// Who gets into a module, and what it hears of them: explained for one person, without signing anybody in. Owns no table.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { apiFor } from '../../platform/policy.ts'
import { sessionOf } from '../../sessions/sessions.ts'
import { type ExplainNeeds, explainAccess, previewClaims } from './explain-access.ts'
import { explainModuleAccessRoute, previewModuleClaimsRoute } from './schemas.ts'

export function moduleAccess(needs: ExplainNeeds): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/api/accounts/:id/modules',
      { schema: explainModuleAccessRoute, config: apiFor('accounts.view', { automatic: true }) },
      async (request) => ({
        modules: await explainAccess(needs, request.instance, sessionOf(request).accountId, request.params.id),
      }),
    )

    app.get(
      '/api/modules/:id/people/:accountId',
      { schema: previewModuleClaimsRoute, config: apiFor('modules.manage') },
      (request) => previewClaims(needs, request.instance, sessionOf(request).accountId, request.params),
    )
  }
}
